//! Moving leadership on request, etcd's `MoveLeader`.
//!
//! The leader brings the transferee up to date and tells it to stand for election at once
//! (`MsgTimeoutNow`, thesis §3.10); meanwhile it takes no proposals. It is done when the
//! transferee leads. Raft gives up after an election timeout and goes on; who asked is told when
//! the time that requests have is over, as etcd tells it.

use super::{Member, view::Role};
use crate::command::Reply;
use crate::error::Error;
use crate::id::{MemberId, RequestId};
use crate::trace::TraceKind;

/// A move that somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LeaderMove {
    pub(super) id: RequestId,
    pub(super) to: MemberId,
    pub(super) since_ticks: u64,
}

impl Member {
    /// A client asks this member, which has to be the leader, to hand over.
    pub(super) fn move_leader(&mut self, id: RequestId, to: MemberId) {
        if self.consensus.role() != Role::Leader {
            return self.reply(id, Err(Error::NotLeader));
        }
        let is_voter = self
            .membership
            .member(to)
            .is_some_and(|member| !member.is_learner);
        if !is_voter {
            return self.reply(id, Err(Error::BadLeaderTransferee));
        }
        self.tell(TraceKind::TransferOnStop { to });
        self.consensus.transfer_leader(to);
        self.leader_moves.push(LeaderMove {
            id,
            to,
            since_ticks: self.now_ticks,
        });
    }

    /// Answers those whose transferee leads.
    pub(super) fn answer_leader_moves(&mut self) {
        let leader = self.consensus.leader();
        let is_done = |waiting: &LeaderMove| waiting.to == leader;
        let (done, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut self.leader_moves)
            .into_iter()
            .partition(is_done);
        self.leader_moves = waiting;
        for LeaderMove { id, to, .. } in done {
            self.tell(TraceKind::TransferFinished { to });
            self.reply(id, Ok(Reply::MoveLeader));
        }
    }

    /// Answers those who have waited too long.
    pub(super) fn time_out_leader_moves(&mut self, since_ticks: u64) {
        let is_old = |waiting: &LeaderMove| waiting.since_ticks <= since_ticks;
        let (old, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut self.leader_moves)
            .into_iter()
            .partition(is_old);
        self.leader_moves = waiting;
        for LeaderMove { id, to, .. } in old {
            self.tell(TraceKind::TransferFailed { to });
            self.reply(id, Err(Error::TimeoutLeaderTransfer));
        }
    }
}
