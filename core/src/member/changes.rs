//! Changes of the members (Raft thesis §4.1): one at a time, decided by the leader, carried out
//! by all when they are committed.
//!
//! 1. A client asks any member. One that does not lead passes the question on to the leader, once;
//!    again, and as another question, only when whoever was asked says that it does not lead.
//! 2. The leader waits until it has applied an entry of its own term: before that it may not know
//!    its predecessor's last change. What is asked meanwhile waits; of too many questions of other
//!    members it refuses the next one, as etcd does too many requests.
//! 3. It checks the change as etcd does: that it costs no majority (`--strict-reconfig-check`),
//!    that none is pending, that it makes sense. What it refuses it answers at once. (etcd drops
//!    a second change silently, and its caller waits in vain.)
//! 4. What it takes becomes an entry. When that is committed, every member changes its
//!    configuration, and the one that was asked answers.
//!
//! A question that is lost, or whose leader is deposed, ends by its time: as with a write, nobody
//! can say whether it will still happen.

mod desk;

pub(super) use desk::ChangeDesk;

use self::desk::{Asked, Asker};
use super::Member;
use super::view::Role;
use crate::Output;
use crate::command::{MemberAddReply, MemberInfo, Reply};
use crate::consensus::wire::{ChangeAnswer, ChangeQuestion, ChangeVerdict, WireBody, WireFrame};
use crate::consensus::{ConfigurationChange, MayChange};
use crate::error::Error;
use crate::id::{MemberId, RequestId};
use crate::known_bug::KnownBug;
use crate::membership::{Change, ChangeRecord, Connections, MembershipEntry};
use crate::trace::TraceKind;

/// What is asked, and by whom.
impl Member {
    /// A client asks for a change.
    pub(super) fn request_change(&mut self, id: RequestId, asked: Result<Change, Error>) {
        let change = match asked {
            Ok(change) => change,
            Err(error) => return self.reply(id, Err(error)),
        };
        let sequence = self.changes.open(id, self.now_ticks);
        let record = ChangeRecord {
            origin: self.config.id,
            incarnation: self.config.incarnation,
            sequence,
            change,
        };
        self.changes.ask(Asked {
            asker: Asker::Client(sequence),
            record,
            not_before_ticks: 0,
        });
    }

    /// Another member asks for a change, for a client of its own.
    pub(super) fn receive_change_question(&mut self, from: MemberId, question: &ChangeQuestion) {
        let (incarnation, number) = (question.incarnation, question.number);
        let record = match MembershipEntry::decode(&question.entry) {
            Ok(MembershipEntry::Change(record)) => *record,
            Ok(MembershipEntry::First(_)) => {
                return self.refuse(from, "a question about a first member".to_owned());
            }
            Err(reason) => return self.refuse(from, reason),
        };
        let is_its_own = record.origin == from
            && record.incarnation.0 == incarnation
            && record.sequence == number;
        if !is_its_own {
            return self.refuse(from, "a question in another's name".to_owned());
        }
        let asker = Asker::Peer {
            member: from,
            incarnation,
            number,
        };
        if !self.changes.is_new(asker) {
            return;
        }
        if self.consensus.role() != Role::Leader || self.is_stopping() {
            return self.answer_asker(asker, ChangeVerdict::NotLeader);
        }
        if !self.changes.has_room() {
            return self.answer_asker(asker, ChangeVerdict::Refused(Error::TooManyRequests));
        }
        self.changes.ask(Asked {
            asker,
            record,
            not_before_ticks: 0,
        });
    }

    /// The member that was asked says that it took nothing. Of what it takes, the log tells.
    ///
    /// Nobody else is heard, and no answer to an earlier try:
    ///
    /// 1. The old leader says that it does not lead any more; the answer comes twice.
    /// 2. After the first the new leader is asked, and takes the change.
    /// 3. Were it asked again after the second, it would say that a change is pending, and the
    ///    client would hear of a refusal of what happens.
    pub(super) fn receive_change_answer(&mut self, from: MemberId, answer: ChangeAnswer) {
        let is_mine = answer.incarnation == self.config.incarnation.0;
        if !is_mine || !self.changes.awaits(answer.number, from) {
            return;
        }
        match answer.verdict {
            // The next tick may know who leads.
            ChangeVerdict::NotLeader => self.changes.ask_again(answer.number, self.now_ticks + 1),
            ChangeVerdict::Refused(error) => {
                if let Some(id) = self.changes.take(answer.number) {
                    self.reply(id, Err(error));
                }
            }
        }
    }

    /// Ends the questions whose time has run out.
    pub(super) fn time_out_changes(&mut self, since_ticks: u64) {
        for (id, asked_at_ticks) in self.changes.take_older(since_ticks) {
            let error = self.timeout_error(asked_at_ticks);
            self.reply(id, Err(error));
        }
    }

    /// Passes on, or decides, whatever waits.
    pub(super) fn go_on_with_changes(&mut self) {
        if self.consensus.role() == Role::Leader {
            self.decide_changes();
            return;
        }
        for asker in self.changes.take_peers() {
            self.answer_asker(asker, ChangeVerdict::NotLeader);
        }
        let leader = self.consensus.leader();
        if !leader.is_some() || !self.reaches_leader() {
            return;
        }
        for asked in self.changes.take_due(self.now_ticks) {
            let (incarnation, number) = (asked.record.incarnation.0, asked.record.sequence);
            self.changes.sent(leader, asked.record.clone());
            let question = ChangeQuestion {
                incarnation,
                number,
                entry: MembershipEntry::Change(Box::new(asked.record)).encode(),
            };
            self.send_wire(WireFrame {
                from: self.config.id.0,
                to: leader.0,
                body: WireBody::ChangeQuestion(question),
            });
        }
    }

    fn answer_asker(&mut self, asker: Asker, verdict: ChangeVerdict) {
        match (asker, verdict) {
            (Asker::Client(sequence), ChangeVerdict::Refused(error)) => {
                if let Some(id) = self.changes.take(sequence) {
                    self.reply(id, Err(error));
                }
            }
            // It waits here until somebody leads.
            (Asker::Client(_), ChangeVerdict::NotLeader) => {}
            (
                Asker::Peer {
                    member,
                    incarnation,
                    number,
                },
                verdict,
            ) => self.send_wire(WireFrame {
                from: self.config.id.0,
                to: member.0,
                body: WireBody::ChangeAnswer(ChangeAnswer {
                    incarnation,
                    number,
                    verdict,
                }),
            }),
        }
    }
}

/// What the leader decides.
impl Member {
    fn decide_changes(&mut self) {
        while self.changes.has_asked() && self.consensus.may_change() != MayChange::NotYet {
            let Some(asked) = self.changes.next() else {
                return;
            };
            if let Err(error) = self.decide_change(&asked.record) {
                let error = self.refuse_change(&asked.record.change, error);
                self.answer_asker(asked.asker, ChangeVerdict::Refused(error));
            }
        }
    }

    /// In etcd's order: who asks for a change that cannot be hears of the majority first.
    fn decide_change(&mut self, record: &ChangeRecord) -> Result<(), Error> {
        let change = &record.change;
        if let Change::Promote(id) = change {
            self.check_in_sync(*id)?;
        }
        if self.config.strict_reconfig_check {
            self.membership.check_strictly(change, self)?;
        }
        if self.consensus.may_change() == MayChange::Pending {
            if self.config.has_bug(KnownBug::SecondChangeSwallowed) {
                return Ok(());
            }
            return Err(Error::ReconfigurationPending);
        }
        self.membership.check(change)?;
        let is_learner = matches!(change, Change::Add(member) if member.is_learner);
        if is_learner && self.membership.learner_count() >= self.config.learners_max {
            return Err(Error::TooManyLearners);
        }
        let entry = MembershipEntry::Change(Box::new(record.clone())).encode();
        if self.consensus.room() == 0 {
            return Err(Error::LogExhausted);
        }
        if !self.consensus.propose_change(entry) {
            return Err(Error::TooManyRequests);
        }
        Ok(())
    }

    /// A learner is promoted when it has at least nine tenths of what the leader has.
    fn check_in_sync(&self, id: MemberId) -> Result<(), Error> {
        let progress = self.consensus.progress();
        let matched = |id| {
            let found = progress.iter().find(|progress| progress.member == id);
            found.map(|progress| u128::from(progress.matched.0))
        };
        let (Some(own), Some(theirs)) = (matched(self.config.id), matched(id)) else {
            return Err(Error::MemberNotFound);
        };
        if theirs * 100 < own * LEARNER_READY_PERCENT {
            return Err(Error::LearnerNotReady);
        }
        Ok(())
    }
}

impl Connections for Member {
    fn is_connected(&self, member: MemberId) -> bool {
        member == self.config.id || self.peers.is_active(member)
    }

    fn is_healthy(&self, member: MemberId) -> bool {
        let interval_ticks = u64::from(HEALTH_INTERVAL_MS.div_ceil(self.config.tick_ms.max(1)));
        let is_old = |since: u64| self.now_ticks > since + interval_ticks;
        member == self.config.id || self.peers.active_since(member).is_some_and(is_old)
    }
}

/// What all members carry out.
impl Member {
    /// Carries out a committed entry about members.
    pub(super) fn apply_membership(&mut self, data: &[u8]) {
        match MembershipEntry::decode(data) {
            Ok(MembershipEntry::First(member)) => {
                let change = ConfigurationChange::AddVoter(member.id);
                if self.consensus.change(change) {
                    self.membership.begin_with(member);
                }
                self.tell_host_of_members();
            }
            Ok(MembershipEntry::Change(record)) => {
                let result = self.apply_change(&record.change);
                let is_mine = record.origin == self.config.id
                    && record.incarnation == self.config.incarnation;
                if is_mine && let Some(id) = self.changes.take(record.sequence) {
                    let reply = result.map(|()| self.change_reply(&record.change));
                    self.reply(id, reply);
                }
            }
            Err(reason) => self.refuse(self.consensus.leader(), reason),
        }
    }

    /// The leader has checked it, against the very members that stand here now; it is checked
    /// again because nothing that stands in a log may end a member.
    fn apply_change(&mut self, change: &Change) -> Result<(), Error> {
        if let Err(error) = self.membership.check(change) {
            return Err(self.refuse_change(change, error));
        }
        let configuration = match change {
            Change::Add(member) if member.is_learner => {
                Some(ConfigurationChange::AddLearner(member.id))
            }
            Change::Add(member) => Some(ConfigurationChange::AddVoter(member.id)),
            Change::Promote(id) => Some(ConfigurationChange::AddVoter(*id)),
            Change::Remove(id) => Some(ConfigurationChange::Remove(*id)),
            Change::Update(_) => None,
        };
        let leads = self.consensus.role() == Role::Leader;
        let led = leads.then(|| self.consensus.term());
        // Whoever is on the list and counts nowhere would end the cluster: raft first.
        if let Some(configuration) = configuration
            && !self.consensus.change(configuration)
        {
            return Err(self.refuse_change(change, Error::NotEnoughStartedMembers));
        }
        self.membership.apply(change);
        self.tell(told(change));
        if configuration.is_some() {
            self.tell_configuration();
        }
        if let Change::Remove(id) = change {
            self.forget_removed(*id, led);
        }
        self.decide_version();
        self.tell_host_of_members();
        Ok(())
    }

    fn refuse_change(&mut self, change: &Change, error: Error) -> Error {
        self.tell(TraceKind::ChangeRefused {
            change: change.describe(),
            reason: error.to_string(),
        });
        error
    }

    fn change_reply(&self, change: &Change) -> Reply {
        let members: Vec<MemberInfo> = self.membership.members().cloned().collect();
        match change {
            Change::Add(member) => Reply::MemberAdd(MemberAddReply {
                member: member.clone(),
                members,
            }),
            Change::Remove(_) => Reply::MemberRemove(members),
            Change::Update(_) => Reply::MemberUpdate(members),
            Change::Promote(_) => Reply::MemberPromote(members),
        }
    }

    fn tell_configuration(&mut self) {
        self.tell_consensus();
        let ids = |ids: &[u64]| ids.iter().copied().map(MemberId).collect();
        let configuration = self.consensus.configuration();
        let line = TraceKind::ConfigurationSwitched {
            voters: ids(configuration.get_voters()),
            learners: ids(configuration.get_learners()),
        };
        self.tell(line);
    }

    /// The host connects to whom it is told of, and to nobody else.
    pub(super) fn tell_host_of_members(&mut self) {
        self.members_changed += 1;
        self.outputs.push(Output::Members(self.membership.clone()));
    }
}

fn told(change: &Change) -> TraceKind {
    match change {
        Change::Add(member) => TraceKind::MemberAdded {
            id: member.id,
            peer_urls: member.peer_urls.clone(),
            is_learner: member.is_learner,
        },
        Change::Remove(id) => TraceKind::MemberRemoved { id: *id },
        Change::Update(update) => TraceKind::MemberUpdated {
            id: update.id,
            peer_urls: update.peer_urls.clone(),
        },
        Change::Promote(id) => TraceKind::MemberPromoted { id: *id },
    }
}

/// How long a member must have been connected to be counted on, etcd's `HealthInterval`.
const HEALTH_INTERVAL_MS: u32 = 5_000;
/// How much of the leader's log a learner must have, etcd's `readyPercentThreshold`.
const LEARNER_READY_PERCENT: u128 = 90;

#[cfg(test)]
mod tests;
