//! One hash, asked of all others.

use super::super::Member;
use super::Stage;
use crate::collections::{BTreeMap, BTreeSet};
use crate::command::HashKvReply;
use crate::consensus::wire::{HashAnswer, HashOutcome, HashQuestion, WireBody, WireFrame};
use crate::corruption::{Answers, HashAt};
use crate::id::{MemberId, Revision};

/// What this member has, and what the others answer. Who does not answer is not waited for for
/// ever.
pub(super) struct Round {
    pub(super) own: HashAt,
    pub(super) answers: Answers,
    /// Those who have been asked and have not answered, by the question's number.
    asked: BTreeMap<u64, MemberId>,
    /// How long they are waited for.
    asked_until_ticks: u64,
    /// At the start: those whose connection has not come up yet.
    absent: BTreeSet<MemberId>,
    /// How long they are waited for.
    absent_until_ticks: u64,
}

impl Round {
    fn is_over(&self, now_ticks: u64) -> bool {
        (self.asked.is_empty() || self.asked_until_ticks <= now_ticks)
            && (self.absent.is_empty() || self.absent_until_ticks <= now_ticks)
    }
}

impl Member {
    /// Asks all others for the hash at the revision of this member's own. Those who are not
    /// connected are passed over, or waited for a little.
    pub(super) fn ask_others(&mut self, own: HashAt, wait_for_absent: bool) -> Round {
        let now_ticks = self.now_ticks;
        let mut round = Round {
            own,
            answers: Answers::new(),
            asked: BTreeMap::new(),
            asked_until_ticks: now_ticks + u64::from(self.config.request_timeout_ticks()),
            absent: BTreeSet::new(),
            absent_until_ticks: now_ticks + u64::from(self.config.election_ticks),
        };
        for peer in self.others() {
            round.answers.insert(peer, None);
            if self.peers.is_active(peer) {
                let number = self.ask_for_peers_hash(peer, own.hash.hash_revision);
                round.asked.insert(number, peer);
            } else if wait_for_absent {
                round.absent.insert(peer);
            }
        }
        round
    }

    pub(super) fn others(&self) -> Vec<MemberId> {
        let members = self.membership.members().map(|member| member.id);
        members.filter(|id| *id != self.config.id).collect()
    }

    fn ask_for_peers_hash(&mut self, peer: MemberId, revision: Revision) -> u64 {
        self.checks.next_number += 1;
        let number = self.checks.next_number;
        let body = WireBody::HashQuestion(HashQuestion {
            incarnation: self.config.incarnation.0,
            number,
            revision: revision.0,
        });
        let (from, to) = (self.config.id.0, peer.0);
        self.send_wire(WireFrame { from, to, body });
        number
    }

    /// A connection came up.
    pub(in crate::member) fn check_new_peer(&mut self, peer: MemberId) {
        let Some(round) = self.round() else { return };
        if !round.absent.remove(&peer) {
            return;
        }
        let revision = round.own.hash.hash_revision;
        let number = self.ask_for_peers_hash(peer, revision);
        let until_ticks = self.now_ticks + u64::from(self.config.request_timeout_ticks());
        if let Some(round) = self.round() {
            round.asked.insert(number, peer);
            round.asked_until_ticks = until_ticks;
        }
    }

    /// A connection was lost: that one does not answer any more.
    pub(in crate::member) fn check_lost_peer(&mut self, peer: MemberId) {
        if let Some(round) = self.round() {
            round.asked.retain(|_, asked| *asked != peer);
        }
        self.go_on_with_round();
    }

    pub(in crate::member) fn receive_hash_answer(&mut self, from: MemberId, answer: HashAnswer) {
        if answer.incarnation != self.config.incarnation.0 {
            return;
        }
        if let Some(round) = self.round()
            && round.asked.get(&answer.number) == Some(&from)
        {
            round.asked.remove(&answer.number);
            round.answers.insert(from, hash_of(answer.outcome));
        }
        self.go_on_with_round();
    }

    /// Ends the round when nobody is waited for any more.
    pub(super) fn go_on_with_round(&mut self) {
        let now_ticks = self.now_ticks;
        if self.round().is_some_and(|round| round.is_over(now_ticks)) {
            self.all_have_answered();
        }
    }

    fn round(&mut self) -> Option<&mut Round> {
        match &mut self.checks.running.as_mut()?.stage {
            Stage::Answers(round) => Some(round),
            _ => None,
        }
    }
}

fn hash_of(outcome: HashOutcome) -> Option<HashAt> {
    match outcome {
        HashOutcome::Hash {
            hash,
            compact_revision,
            hash_revision,
            revision,
        } => Some(HashAt {
            hash: HashKvReply {
                hash,
                compact_revision: Revision(compact_revision),
                hash_revision: Revision(hash_revision),
            },
            revision: Revision(revision),
        }),
        HashOutcome::Compacted | HashOutcome::FutureRevision | HashOutcome::Unavailable => None,
    }
}
