//! What can be seen of a member's part in Raft.

use raft::eraftpb::{ConfState, Entry, Snapshot};
use raft::{ProgressState as RaftProgress, StateRole};

use super::Consensus;
use crate::collections::BTreeMap;
use crate::collections::InOrder;
use crate::id::{Index, MemberId, Term};
use crate::member::{ProgressState, ProgressView, Role};

impl Consensus {
    /// Its role.
    pub(crate) fn role(&self) -> Role {
        match self.node.raft.state {
            StateRole::Follower => Role::Follower,
            StateRole::PreCandidate => Role::PreCandidate,
            StateRole::Candidate => Role::Candidate,
            StateRole::Leader => Role::Leader,
        }
    }

    /// Whether it is the leader of a term.
    pub(crate) fn leads(&self, term: Term) -> bool {
        self.node.raft.state == StateRole::Leader && self.term() == term
    }

    /// Its term.
    pub(crate) fn term(&self) -> Term {
        Term(self.node.raft.term)
    }

    /// Whom it voted for in this term.
    pub(crate) fn vote(&self) -> MemberId {
        MemberId(self.node.raft.vote)
    }

    /// The leader it knows.
    pub(crate) fn leader(&self) -> MemberId {
        MemberId(self.node.raft.leader_id)
    }

    /// To whom it is handing over.
    pub(crate) fn transferee(&self) -> Option<MemberId> {
        self.node.raft.lead_transferee.map(MemberId)
    }

    /// Commit index.
    pub(crate) fn commit(&self) -> Index {
        Index(self.node.raft.raft_log.committed)
    }

    /// Up to here raft knows the log to be durable.
    pub(crate) fn synced(&self) -> Index {
        Index(self.node.raft.raft_log.persisted)
    }

    /// Last index of the log.
    pub(crate) fn last(&self) -> Index {
        Index(self.node.raft.raft_log.last_index())
    }

    /// The last index before the entries held.
    pub(crate) fn offset(&self) -> Index {
        Index(self.node.store().offset())
    }

    /// The entries held, those not yet handed out for writing included.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        let unstable = self.node.raft.raft_log.unstable_entries();
        let first = unstable.first().map_or(u64::MAX, |entry| entry.index);
        self.node
            .store()
            .entries()
            .filter(move |entry| entry.index < first)
            .chain(unstable)
    }

    /// As [`Consensus::entries`], from an index on.
    pub(crate) fn entries_from(&self, first: Index) -> impl Iterator<Item = &Entry> {
        let unstable = self.node.raft.raft_log.unstable_entries();
        let until = unstable.first().map_or(u64::MAX, |entry| entry.index);
        let is_wanted = move |entry: &&Entry| entry.index >= first.0;
        self.node
            .store()
            .entries_from(first.0)
            .take_while(move |entry| entry.index < until)
            .chain(unstable.iter().filter(is_wanted))
    }

    /// Where a snapshot of what is applied stands.
    pub(crate) fn applied_position(&self) -> &Snapshot {
        self.node.store().applied()
    }

    /// The configuration at the applied index.
    pub(crate) fn configuration(&self) -> &ConfState {
        &self.configuration
    }

    /// Ticks since its timer was set back, and the tick at which it runs out.
    pub(crate) fn timer_ticks(&self) -> (u32, u32) {
        let raft = &self.node.raft;
        let limit = match raft.state {
            StateRole::Leader => raft.election_timeout(),
            _ => raft.randomized_election_timeout(),
        };
        (raft.election_elapsed as u32, limit as u32)
    }

    /// A leader's ticks since its last heartbeats, and the tick at which the next ones leave.
    pub(crate) fn heartbeat_ticks(&self) -> (u32, u32) {
        let raft = &self.node.raft;
        (
            raft.heartbeat_elapsed() as u32,
            raft.heartbeat_timeout() as u32,
        )
    }

    /// The answers to its requests for votes.
    pub(crate) fn votes(&self) -> BTreeMap<MemberId, bool> {
        match self.node.raft.state {
            StateRole::PreCandidate | StateRole::Candidate => self.observer.votes().clone(),
            StateRole::Follower | StateRole::Leader => BTreeMap::new(),
        }
    }

    /// A leader's majority: what so many have on their disks; else 0.
    pub(crate) fn quorum_index(&self) -> Index {
        match self.node.raft.state {
            StateRole::Leader => {
                let mut notes = self.node.raft.prs().clone();
                Index(notes.maximal_committed_index().0)
            }
            _ => Index(0),
        }
    }

    /// A leader's notes on the members.
    pub(crate) fn progress(&self) -> Vec<ProgressView> {
        if self.node.raft.state != StateRole::Leader {
            return Vec::new();
        }
        let all = self.node.raft.prs();
        let mut ids: Vec<u64> = all.iter().map(|(id, _)| *id).collect();
        ids.order();
        ids.into_iter()
            .filter_map(|id| Some((id, all.get(id)?)))
            .map(|(id, progress)| ProgressView {
                member: MemberId(id),
                state: match progress.state {
                    RaftProgress::Probe => ProgressState::Probe,
                    RaftProgress::Replicate => ProgressState::Replicate,
                    RaftProgress::Snapshot => ProgressState::Snapshot,
                },
                matched: Index(progress.matched),
                next: Index(progress.next_idx),
                in_flight: progress.ins.count() as u32,
                recently_active: id == self.node.raft.id || progress.recent_active,
            })
            .collect()
    }
}
