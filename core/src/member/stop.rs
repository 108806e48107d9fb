//! Stopping: a leader hands its leadership on first, so that nobody has to wait for an election.

use super::requests::{Reader, Waiter};
use super::{Member, view::Role};
use crate::Output;
use crate::collections::BTreeSet;
use crate::error::Error;
use crate::id::{MemberId, Term};
use crate::trace::TraceKind;

/// Whether the member is on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It is not.
    Running,
    /// It waits for another to lead.
    HandingOver {
        /// Whom it asked.
        to: MemberId,
        /// When it gives up.
        until_ticks: u64,
    },
    /// It is removed from the cluster, and says goodbye.
    Leaving {
        /// When it goes, whoever knows.
        until_ticks: u64,
        /// Who has said that it knows.
        known_by: BTreeSet<MemberId>,
        /// The term that it led until it was removed, while nobody has been asked to follow it.
        hands_over: Option<Term>,
    },
    /// It is done.
    Stopped,
}

impl Member {
    pub(super) fn is_stopping(&self) -> bool {
        self.stop != Stop::Running
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop == Stop::Stopped
    }

    /// As etcd: the transferee is the voter that has been connected longest, and a transfer that
    /// nobody answers is given up after the time that requests have, 7 s by default.
    pub(super) fn begin_stop(&mut self) {
        if self.is_leaving() {
            return self.stop_removed();
        }
        if self.is_stopping() {
            return;
        }
        if self.consensus.role() != Role::Leader {
            self.tell(TraceKind::TransferSkipped);
            return self.stop_now(None);
        }
        let own = self.config.id;
        let voters = self.consensus.configuration().get_voters();
        let others: Vec<MemberId> = voters
            .iter()
            .copied()
            .map(MemberId)
            .filter(|id| *id != own)
            .collect();
        if others.is_empty() {
            self.tell(TraceKind::TransferSkippedAlone);
            return self.stop_now(None);
        }
        let Some(to) = self.peers.longest_connected(&others) else {
            self.tell(TraceKind::TransferImpossible);
            return self.stop_now(None);
        };
        self.tell(TraceKind::TransferOnStop { to });
        let until_ticks = self.now_ticks + u64::from(self.config.request_timeout_ticks());
        self.stop = Stop::HandingOver { to, until_ticks };
        self.consensus.transfer_leader(to);
    }

    pub(super) fn go_on_stopping(&mut self) {
        if let Some(reason) = self.doomed.take().or_else(|| self.too_old()) {
            return self.stop_now(Some(reason));
        }
        self.go_on_leaving();
        let Stop::HandingOver { to, until_ticks } = self.stop else {
            return;
        };
        let leader = self.consensus.leader();
        if leader.is_some() && leader != self.config.id {
            self.tell(TraceKind::TransferFinished { to: leader });
            self.stop_now(None);
        } else if self.now_ticks >= until_ticks {
            self.tell(TraceKind::TransferFailed { to });
            self.stop_now(None);
        }
    }

    /// Ends everything: whoever still waits is told.
    pub(super) fn stop_now(&mut self, failure: Option<String>) {
        self.tell_consensus();
        self.stop = Stop::Stopped;
        let writes = self
            .writes
            .take_older(u64::MAX)
            .into_iter()
            .filter_map(|open| match open.waiter {
                Waiter::Client(id) => Some(id),
                Waiter::Nobody | Waiter::Alarm(_) | Waiter::Compactor(_) => None,
            });
        let refused = self.raising.take_all();
        let defragmenting = self.take_defragmenting();
        let hashes = self.take_hash_clients();
        let long_reads = self.take_long_reads();
        let reads = self
            .reads
            .take_older(u64::MAX)
            .into_iter()
            .filter_map(|read| match read.reader {
                Reader::Client(id, _) => Some(id),
                Reader::Check => None,
            });
        let compactions = std::mem::take(&mut self.compactions);
        let leases = self.leases.take_clients(u64::MAX);
        let changes = self.changes.take_older(u64::MAX).into_iter();
        let moves = std::mem::take(&mut self.leader_moves).into_iter();
        let waiting: Vec<_> = writes
            .chain(reads)
            .chain(compactions)
            .chain(leases)
            .chain(changes.map(|(id, _)| id))
            .chain(moves.map(|waiting| waiting.id))
            .chain(refused)
            .chain(defragmenting)
            .chain(hashes)
            .chain(long_reads)
            .collect();
        for id in waiting {
            self.reply(id, Err(Error::Stopped));
        }
        self.end_watches();
        self.end_saves();
        self.outputs.push(Output::Stopped { failure });
    }
}
