//! Changes of the configuration, as raft takes them.
//!
//! Raft reads the data of a proposed change with a library that must not see a peer's bytes, so
//! changes go into the log by its side door: as entries of raft's kind with data of ours. What
//! raft does beside that at a proposal is done here: one change at a time, and only by a leader
//! that knows all earlier ones.

use bytes::Bytes;
use raft::StateRole;
use raft::eraftpb::{ConfChange, ConfChangeType};

use super::{Consensus, sorted};
use crate::consensus::convert;
use crate::consensus::observe::Cause;
use crate::id::{Index, MemberId, Term};
use crate::trace::TraceKind;

/// Whether a leader may change the configuration now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MayChange {
    /// It may.
    Yes,
    /// It leads since a moment ago, or hands over: later, or somebody else.
    NotYet,
    /// An earlier change is not carried out yet.
    Pending,
}

/// What changes in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConfigurationChange {
    /// A member gets a vote, whether it was a learner or nobody.
    AddVoter(MemberId),
    /// A member follows without a vote.
    AddLearner(MemberId),
    /// A member goes.
    Remove(MemberId),
}

impl Consensus {
    /// Whether this member may change the configuration now. It may once it has carried out an
    /// entry of its own term: then all that its predecessors had changed is known to it.
    pub(crate) fn may_change(&self) -> MayChange {
        let raft = &self.node.raft;
        let applied_term = raft.raft_log.term(self.carried_out).unwrap_or(0);
        let leads = raft.state == StateRole::Leader && raft.lead_transferee.is_none();
        if !leads || applied_term != raft.term {
            MayChange::NotYet
        } else if raft.pending_conf_index > self.carried_out && !self.ignores_pending() {
            MayChange::Pending
        } else {
            MayChange::Yes
        }
    }

    #[cfg(feature = "modified-raft")]
    fn ignores_pending(&self) -> bool {
        self.modified.ignores_pending
    }

    #[cfg(not(feature = "modified-raft"))]
    const fn ignores_pending(&self) -> bool {
        false
    }

    /// Puts a change into the log. False when raft takes none now.
    pub(crate) fn propose_change(&mut self, data: Bytes) -> bool {
        if self.may_change() != MayChange::Yes || self.room() == 0 {
            return false;
        }
        let mut taken = false;
        self.call(Cause::Other, |node| {
            let raft = &mut node.raft;
            let entry = convert::new_entry(true, 0, 0, data);
            taken = raft.append_entry(&mut [entry]);
            if taken {
                raft.pending_conf_index = raft.raft_log.last_index();
                raft.bcast_append();
            }
        });
        taken
    }

    /// A committed entry changes the configuration. False when raft refuses it: it would leave
    /// nobody with a vote.
    pub(crate) fn change(&mut self, change: ConfigurationChange) -> bool {
        #[cfg(feature = "modified-raft")]
        if let ConfigurationChange::Remove(member) = change
            && self.modified.keeps_removed
            && member.0 != self.node.raft.id
        {
            let is_other = |id: &u64| *id != member.0;
            self.configuration.mut_voters().retain(is_other);
            self.configuration.mut_learners().retain(is_other);
            return true;
        }
        let (kind, member) = match change {
            ConfigurationChange::AddVoter(member) => (ConfChangeType::AddNode, member),
            ConfigurationChange::AddLearner(member) => (ConfChangeType::AddLearnerNode, member),
            ConfigurationChange::Remove(member) => (ConfChangeType::RemoveNode, member),
        };
        let mut change = ConfChange::default();
        change.set_change_type(kind);
        change.node_id = member.0;
        let mut state = None;
        self.call(Cause::Other, |node| {
            state = node.apply_conf_change(&change).ok();
        });
        let Some(state) = state else {
            return false;
        };
        self.configuration = sorted(state);
        self.step_down_if_removed();
        true
    }

    /// A leader that is no member any more steps down (thesis §4.2.2): raft has no notes on how far
    /// it is itself, and could not go on.
    fn step_down_if_removed(&mut self) {
        let raft = &self.node.raft;
        let is_voter = self.configuration.get_voters().contains(&raft.id);
        if raft.state == StateRole::Leader && !is_voter {
            self.call(Cause::Other, |node| {
                let term = node.raft.term;
                node.raft.become_follower(term, raft::INVALID_ID);
            });
        }
    }

    /// Asks a member to stand for election at once. For one that led this very term, and has
    /// stepped down.
    pub(crate) fn ask_to_lead(&mut self, to: MemberId) {
        self.observer.tell(TraceKind::TransferStarted {
            term: self.term(),
            to,
        });
        self.call(Cause::Other, |node| node.raft.send_timeout_now(to.0));
    }

    /// Another member has said that an entry is committed. If it stands in this log, so is all
    /// up to it: the same entry at the same place means the same log (§5.3).
    pub(crate) fn learn_commit(&mut self, index: Index, term: Term) {
        let log = &self.node.raft.raft_log;
        let is_news = index.0 > log.committed
            && index.0 <= log.last_index()
            && term.0 > 0
            && log.match_term(index.0, term.0);
        if self.node.raft.state == StateRole::Leader || !is_news {
            return;
        }
        self.call(Cause::Other, |node| {
            let raft = &mut node.raft;
            // The configuration that its election counts on may change by it.
            if raft.state != StateRole::Follower {
                let term = raft.term;
                raft.become_follower(term, raft::INVALID_ID);
            }
            raft.raft_log.maybe_commit(index.0, term.0);
        });
    }

    /// Whether it can stand for election: it has a vote.
    pub(crate) fn may_lead(&self) -> bool {
        self.node.raft.promotable()
    }

    /// The last committed entry this member has, and its term.
    pub(crate) fn commit_position(&self) -> (Index, Term) {
        let (index, term) = self.node.raft.raft_log.commit_info();
        (Index(index), Term(term))
    }
}
