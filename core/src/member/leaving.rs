//! Leaving: what a removed member does, and what the others do with it.
//!
//! A change of the configuration counts for a member when it has applied it. So there is a moment
//! in which the one that was removed knows it, and others, who only have the entry, still count
//! on its vote. A member that went at once could leave them without a majority for good: of two
//! members, the leader is removed, and the other never hears that this is committed.
//!
//! 1. A member that has applied its own removal takes no more requests. It says goodbye: "I am
//!    removed, as of this commit", in every tick. Whoever has the entry learns from it that the
//!    entry is committed.
//! 2. Whoever has applied the removal answers "yes, you are", and to everything else that comes
//!    from it, too; it does not listen to it any more.
//! 3. If it led, it asks the first one that answers to stand for election, unless it has heard of
//!    a later term meanwhile: what it orders is granted in spite of what voters have promised, so
//!    only a leader of the term may order it. In a later one somebody else may lead.
//! 4. When a majority of the others has answered, or their time has run out, the member stops,
//!    in etcd's words. (etcd's stops after a second, whoever knows.)
//!
//! A member that was removed while it was away hears "you are removed" when it comes back, and
//! does the same. One without a vote, which never asks for anything, asks for that when it hears
//! no leader. And one that was removed before it had heard of anybody knows nobody to ask: whoever
//! is removed and stays connected is told once in an election timeout.

use super::Member;
use super::stop::Stop;
use crate::collections::BTreeSet;
use crate::consensus::wire::{RemovalNotice, StandingQuestion, WireBody, WireFrame, WireKind};
use crate::id::{Index, MemberId, Term};
use crate::known_bug::KnownBug;
use crate::trace::TraceKind;

impl Member {
    /// A member was removed: its own leaving begins, another's connection is forgotten.
    pub(super) fn forget_removed(&mut self, id: MemberId, led: Option<Term>) {
        if id == self.config.id {
            self.begin_leaving(led);
        } else {
            self.give_up_transfer(id);
        }
    }

    /// Says goodbye, and waits to hear that it is known. `led` is the term that it led until now.
    pub(super) fn begin_leaving(&mut self, led: Option<Term>) {
        if self.is_leaving() || self.is_stopped() {
            return;
        }
        self.tell(TraceKind::LeavingStarted);
        let until_ticks = self.now_ticks + u64::from(self.config.request_timeout_ticks());
        self.stop = Stop::Leaving {
            until_ticks,
            known_by: BTreeSet::new(),
            hands_over: led,
        };
        self.say_goodbye();
    }

    /// Whether it is removed and on its way out.
    pub(super) fn is_leaving(&self) -> bool {
        matches!(self.stop, Stop::Leaving { .. })
    }

    /// Tells all who may still count on this member.
    pub(super) fn say_goodbye(&mut self) {
        let Stop::Leaving { known_by, .. } = &self.stop else {
            return;
        };
        let others: Vec<MemberId> = self
            .voters_besides()
            .into_iter()
            .filter(|id| !known_by.contains(id))
            .collect();
        for to in others {
            self.send_removal(to, self.config.id);
        }
    }

    /// Whether a message is of a member that was removed: it is told so, and nothing else is
    /// done with what it says. What it says in leaving is heard.
    pub(super) fn turn_away(&mut self, from: MemberId, body: &WireBody) -> bool {
        let is_heard = match body {
            WireBody::Removal(_) => true,
            WireBody::Raft(message) => message.kind == WireKind::TimeoutNow,
            _ => false,
        };
        let is_turned_away = self.membership.is_removed(from)
            && !is_heard
            && !self.config.has_bug(KnownBug::RemovedMemberStillCounted);
        if is_turned_away {
            self.send_removal(from, from);
        }
        is_turned_away
    }

    /// A peer is there; one that is removed may not know it.
    pub(super) fn greet(&mut self, peer: MemberId) {
        if self.membership.is_removed(peer) {
            self.send_removal(peer, peer);
        }
    }

    /// Tells those who are removed and still connected: the others, who are not, hear it when they
    /// come back.
    pub(super) fn remind_removed(&mut self) {
        if !self
            .now_ticks
            .is_multiple_of(u64::from(self.config.election_ticks))
        {
            return;
        }
        for peer in self.peers.active() {
            self.greet(peer);
        }
    }

    /// A peer refuses this member's connection: it is removed.
    pub(super) fn turned_away(&mut self, by: MemberId) {
        self.begin_leaving(None);
        self.goodbye_heard(by);
    }

    /// One that never stands for election, and hears no leader, asks whether it is still a member.
    pub(super) fn ask_standing(&mut self) {
        let (elapsed_ticks, limit_ticks) = self.consensus.timer_ticks();
        let is_due = elapsed_ticks > limit_ticks && elapsed_ticks % limit_ticks.max(1) == 0;
        let own = self.config.id;
        if !is_due || self.consensus.may_lead() || self.is_stopping() {
            return;
        }
        let (commit, _) = self.consensus.commit_position();
        let others: Vec<MemberId> = self.membership.members().map(|member| member.id).collect();
        for to in others.into_iter().filter(|id| *id != own) {
            self.send_wire(WireFrame {
                from: own.0,
                to: to.0,
                body: WireBody::StandingQuestion(StandingQuestion { commit: commit.0 }),
            });
        }
    }

    /// Somebody says that a member is removed: of itself, or of this one.
    pub(super) fn receive_removal(&mut self, from: MemberId, notice: RemovalNotice) {
        self.consensus
            .learn_commit(Index(notice.commit), Term(notice.commit_term));
        if notice.member == self.config.id.0 {
            self.begin_leaving(None);
            self.goodbye_heard(from);
        } else if notice.member == from.0 && self.membership.is_removed(from) {
            self.send_removal(from, from);
        }
    }

    fn goodbye_heard(&mut self, by: MemberId) {
        let Stop::Leaving {
            known_by,
            hands_over,
            ..
        } = &mut self.stop
        else {
            return;
        };
        known_by.insert(by);
        // In a term that it led nobody else does.
        let is_its_own = |led: Term| {
            let knows_nobody = !self.consensus.leader().is_some();
            led == self.consensus.term()
                || (knows_nobody
                    && self
                        .config
                        .has_bug(KnownBug::RemovedLeaderOrdersLaterElection))
        };
        if hands_over.take().is_some_and(is_its_own) {
            self.consensus.ask_to_lead(by);
        }
    }

    /// Goes, once enough others know, or have had their time.
    pub(super) fn go_on_leaving(&mut self) {
        let Stop::Leaving {
            until_ticks,
            known_by,
            ..
        } = &self.stop
        else {
            return;
        };
        let others = self.voters_besides();
        let known = others.iter().filter(|id| known_by.contains(id)).count();
        if known > others.len() / 2 || self.now_ticks >= *until_ticks {
            self.stop_removed();
        }
    }

    /// Stops, in etcd's words.
    pub(super) fn stop_removed(&mut self) {
        self.tell(TraceKind::RemovedForGood);
        self.stop_now(Some(REMOVED.to_owned()));
    }

    fn voters_besides(&self) -> Vec<MemberId> {
        let voters = self.consensus.configuration().get_voters().iter();
        voters
            .copied()
            .map(MemberId)
            .filter(|id| *id != self.config.id)
            .collect()
    }

    fn send_removal(&mut self, to: MemberId, removed: MemberId) {
        let (commit, commit_term) = self.consensus.commit_position();
        self.send_wire(WireFrame {
            from: self.config.id.0,
            to: to.0,
            body: WireBody::Removal(RemovalNotice {
                member: removed.0,
                commit: commit.0,
                commit_term: commit_term.0,
            }),
        });
    }
}

/// Why a removed member stops, as etcd says it.
pub const REMOVED: &str = "the member has been permanently removed from the cluster";
