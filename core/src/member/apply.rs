//! Carrying out one entry that is committed.

use raft::eraftpb::{Entry, EntryType};

use super::Member;
use super::applying::{Unfinished, Work};
use super::proposal::Proposal;
use super::requests::Open;
use crate::command::{Command, MemberAttributes, Reply};
use crate::error::Error;
use crate::id::{Index, Term};
use crate::known_bug::KnownBug;
use crate::mvcc::Task;
use crate::trace::TraceKind;

impl Member {
    /// An entry begins to be carried out. Whatever is in it, the outcome depends on it and on the
    /// store alone. Nothing when it is done; else it is to be gone on with.
    pub(super) fn begin_entry(&mut self, entry: &Entry) -> Option<Unfinished> {
        self.snapshots.unsaved_size_bytes += entry.data.len() as u64;
        match entry.get_entry_type() {
            EntryType::EntryNormal => self.begin_normal(entry),
            EntryType::EntryConfChange | EntryType::EntryConfChangeV2 => {
                self.apply_membership(&entry.data);
                None
            }
        }
    }

    fn begin_normal(&mut self, entry: &Entry) -> Option<Unfinished> {
        // The entry that a leader begins its term with.
        if entry.data.is_empty() {
            return None;
        }
        let proposal = match Proposal::decode(&entry.data) {
            Ok(proposal) => proposal,
            Err(reason) => {
                self.refuse(self.consensus.leader(), reason);
                return None;
            }
        };
        let is_of_this_life = proposal.incarnation == self.config.incarnation
            || self.config.has_bug(KnownBug::AnswerOfAnotherLife);
        let mine = proposal.origin == self.config.id && is_of_this_life;
        let open = if mine {
            self.writes.take(proposal.sequence)
        } else {
            None
        };
        let term = Term(entry.term);
        #[cfg(feature = "known-bugs")]
        if self.applies_twice() {
            let _ = self.execute(term, &proposal.command);
        }
        #[cfg(feature = "known-bugs")]
        let proposal = self.without_reads(proposal, mine);
        let is_refused =
            self.config.has_bug(KnownBug::ApplyDependsOnMember) && !mine && self.writes.count() > 1;
        let fits = self.fits_quota(&proposal.command);
        if let Some(probe) = &mut self.probe {
            probe.begins();
        }
        let before = self.store.revision();
        let work = if is_refused {
            Work::Done(Err(Error::TooManyRequests))
        } else {
            self.begin_work(term, &proposal.command)
        };
        let mut unfinished = Unfinished {
            index: Index(entry.index),
            sequence: proposal.sequence,
            command: proposal.command,
            before,
            fits,
            work,
        };
        match self.step_work(&mut unfinished.work, true) {
            Some(result) => {
                self.end_entry(open, &unfinished, result);
                None
            }
            None => {
                // Its time may run out before it is done.
                if let Some(open) = open {
                    self.writes.put_back(unfinished.sequence, open);
                }
                if let Some(probe) = &mut self.probe {
                    probe.set_aside(None);
                }
                Some(unfinished)
            }
        }
    }

    /// A later step of an entry; true when it was the last.
    pub(super) fn go_on_with_entry(&mut self, unfinished: &mut Unfinished) -> bool {
        if let Some(probe) = &mut self.probe {
            probe.taken_up(None);
        }
        match self.step_work(&mut unfinished.work, false) {
            Some(result) => {
                let open = self.writes.take(unfinished.sequence);
                self.end_entry(open, unfinished, result);
                true
            }
            None => {
                if let Some(probe) = &mut self.probe {
                    probe.set_aside(None);
                }
                false
            }
        }
    }

    fn end_entry(
        &mut self,
        open: Option<Open>,
        unfinished: &Unfinished,
        result: Result<Reply, Error>,
    ) {
        self.note_writer(unfinished.before, &unfinished.command);
        if let Some(probe) = &mut self.probe {
            probe.applied(&unfinished.command, &result);
        }
        if !unfinished.fits && result.is_ok() {
            self.quota_exceeded();
        }
        if let Some(open) = open {
            self.write_done(open.waiter, &unfinished.command, result);
        }
    }

    #[cfg(feature = "known-bugs")]
    fn execute(&mut self, term: Term, command: &Command) -> Result<Reply, Error> {
        let mut work = self.begin_work(term, command);
        loop {
            if let Some(result) = self.step_work(&mut work, false) {
                return result;
            }
        }
    }

    /// `term` is the entry's. What is never long is done at once.
    fn begin_work(&mut self, term: Term, command: &Command) -> Work {
        if let Some(error) = self.alarms.refusal(command) {
            return Work::Done(self.refuse_for_alarm(command, error));
        }
        let result = match command {
            Command::PublishAttributes(attributes) => {
                self.apply_attributes(attributes);
                Ok(Reply::PublishAttributes)
            }
            Command::Publish(publication) => {
                self.apply_attributes(&publication.attributes);
                self.apply_version(publication.attributes.id, publication.version);
                Ok(Reply::PublishAttributes)
            }
            Command::AlarmRaise(alarm) => self.apply_alarm(*alarm, true),
            Command::AlarmLower(alarm) => self.apply_alarm(*alarm, false),
            Command::DowngradeEnable(_) | Command::DowngradeCancel => self.apply_downgrade(command),
            Command::LeaseGrant(_) | Command::LeaseCheckpoint(_) => self.apply_lease(command),
            Command::LeaseRevoke(id) => return Work::Revocation(self.begin_revocation(*id)),
            Command::LeaseExpire(expire) => return Work::Expiry(self.begin_expiry(term, expire)),
            command => match Task::write(command, &mut self.store) {
                Some(task) => return Work::Store(task),
                None => self.apply_to_store(command),
            },
        };
        Work::Done(result)
    }

    fn step_work(&mut self, work: &mut Work, is_first: bool) -> Option<Result<Reply, Error>> {
        match work {
            Work::Done(result) => Some(result.clone()),
            Work::Store(task) => {
                self.applying_step(is_first, |member, budget| member.store.step(task, budget))
            }
            Work::Revocation(revocation) => self.applying_step(is_first, |member, budget| {
                let result = member.go_on_revoking(revocation, false, budget)?;
                Some(result.map(|()| Reply::LeaseRevoke))
            }),
            Work::Expiry(leases) => self.applying_step(is_first, |member, budget| {
                member.go_on_expiring(leases, budget)?;
                Some(Ok(Reply::LeaseExpire))
            }),
        }
    }

    fn apply_to_store(&mut self, command: &Command) -> Result<Reply, Error> {
        let result = self.store.apply(command);
        if let (Command::Compact(compact), Ok(_)) = (command, &result) {
            self.tell(TraceKind::StoreCompacted {
                revision: compact.revision,
            });
        }
        result
    }

    fn apply_attributes(&mut self, attributes: &MemberAttributes) {
        if self.membership.publish(attributes) {
            self.tell_host_of_members();
            let (id, name) = (attributes.id, attributes.name.clone());
            self.tell(TraceKind::AttributesPublished { id, name });
        }
    }

    /// A tick's share of the same: where little else happens, ticks alone drive it.
    pub(super) fn compact_with_the_tick(&mut self) {
        if self.store.is_compacting() && !self.applying.is_under_way() {
            self.store.compact_step(COMPACTION_TICK_VERSIONS);
        }
    }

    /// Gives back what compaction has forgotten, a little at a time, and answers those who wait
    /// for it when all is given back.
    pub(super) fn go_on_compacting(&mut self) {
        if self.applying.is_under_way() {
            return;
        }
        if self.store.is_compacting() {
            self.store.compact_step(COMPACTION_STEP_VERSIONS);
        }
        if !self.store.is_compacting() {
            for id in std::mem::take(&mut self.compactions) {
                self.reply(id, Ok(Reply::Compact));
            }
        }
    }
}

/// Versions looked at between two rounds of inputs, well below a millisecond of work.
const COMPACTION_STEP_VERSIONS: usize = 200;
/// Versions looked at in a tick: a few milliseconds of a heartbeat interval.
const COMPACTION_TICK_VERSIONS: usize = 2_000;
