//! Carrying out what is committed.

use raft::eraftpb::{Entry, EntryType};

use super::Member;
use super::proposal::Proposal;
use crate::command::{Command, MemberAttributes, Reply};
use crate::error::Error;
use crate::id::{Index, Term};
use crate::known_bug::KnownBug;
use crate::trace::TraceKind;

impl Member {
    /// Carries entries out, in order, on every member alike. Whatever is in an entry, the
    /// outcome depends on it and on the store alone.
    pub(super) fn apply(&mut self, entries: &[Entry]) {
        let Some(last) = entries.last() else { return };
        self.tell_commit();
        for entry in entries {
            self.applied = Index(entry.index);
            match entry.get_entry_type() {
                EntryType::EntryNormal => self.apply_normal(Term(entry.term), &entry.data),
                EntryType::EntryConfChange | EntryType::EntryConfChangeV2 => {
                    self.apply_membership(&entry.data);
                }
            }
        }
        let index = Index(last.index);
        self.consensus.applied(index);
        let revision = self.store.revision();
        self.tell(TraceKind::Applied { index, revision });
    }

    fn apply_normal(&mut self, term: Term, data: &[u8]) {
        // The entry that a leader begins its term with.
        if data.is_empty() {
            return;
        }
        let proposal = match Proposal::decode(data) {
            Ok(proposal) => proposal,
            Err(reason) => return self.refuse(self.consensus.leader(), reason),
        };
        let is_of_this_life = proposal.incarnation == self.config.incarnation
            || self.config.has_bug(KnownBug::AnswerOfAnotherLife);
        let mine = proposal.origin == self.config.id && is_of_this_life;
        let open = if mine {
            self.writes.take(proposal.sequence)
        } else {
            None
        };
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
        let result = if is_refused {
            Err(Error::TooManyRequests)
        } else {
            self.execute(term, &proposal.command)
        };
        self.note_writer(before, &proposal.command);
        if let Some(probe) = &mut self.probe {
            probe.applied(&proposal.command, &result);
        }
        if !fits && result.is_ok() {
            self.quota_exceeded();
        }
        if let Some(open) = open {
            self.write_done(open.waiter, &proposal.command, result);
        }
    }

    /// `term` is the entry's.
    fn execute(&mut self, term: Term, command: &Command) -> Result<Reply, Error> {
        if let Some(error) = self.alarms.refusal(command) {
            return self.refuse_for_alarm(command, error);
        }
        match command {
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
            Command::LeaseGrant(_)
            | Command::LeaseRevoke(_)
            | Command::LeaseCheckpoint(_)
            | Command::LeaseExpire(_) => self.apply_lease(term, command),
            command => {
                let result = self.store.apply(command);
                if let (Command::Compact(compact), Ok(_)) = (command, &result) {
                    self.tell(TraceKind::StoreCompacted {
                        revision: compact.revision,
                    });
                }
                result
            }
        }
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
        if self.store.is_compacting() {
            self.store.compact_step(COMPACTION_TICK_VERSIONS);
        }
    }

    /// Gives back what compaction has forgotten, a little at a time, and answers those who wait
    /// for it when all is given back.
    pub(super) fn go_on_compacting(&mut self) {
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
