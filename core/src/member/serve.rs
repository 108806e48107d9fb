//! Requests: taken in, sent their way, answered.

use super::Member;
use super::hashes::HashAsker;
use super::leases::LeaseAsk;
use super::proposal::Proposal;
use super::reads::is_local;
use super::requests::{Open, Read, Reader, Waiter};
use crate::command::{Command, Reply};
use crate::error::Error;
use crate::id::RequestId;
use crate::known_bug::KnownBug;
use crate::limits;
use crate::membership::Change;
use crate::mvcc;

impl Member {
    pub(super) fn request(&mut self, id: RequestId, mut command: Command) {
        let checked = self.check(&command);
        if let Err(error) = checked {
            return self.reply(id, Err(error));
        }
        if let Some(asked) = Change::asked(&command) {
            return self.request_change(id, asked);
        }
        if let Command::MoveLeader(to) = command {
            return self.move_leader(id, to);
        }
        if let Some(asked) = LeaseAsk::of(&command) {
            if let Some(error) = self.alarms.refusal(&command) {
                return self.reply(id, Err(error));
            }
            return self.ask_of_lease(id, asked);
        }
        match command {
            Command::Defragment => return self.defragment(id),
            Command::HashKv(hash) => {
                return self.ask_for_hash(HashAsker::Client(id), hash.revision);
            }
            _ => {}
        }
        self.complete_grant(&mut command);
        if command.is_write() {
            return self.request_write(id, command);
        }
        if is_local(&command) || self.config.has_bug(KnownBug::LinearizableReadServedLocally) {
            return self.answer_read(id, command);
        }
        self.reads.add(Read {
            reader: Reader::Client(id, command),
            since_ticks: self.now_ticks,
        });
    }

    fn check(&self, command: &Command) -> Result<(), Error> {
        if self.is_stopping() {
            return Err(Error::Stopped);
        }
        let of_members_alone = match command {
            Command::PublishAttributes(_) | Command::Publish(_) => {
                Some("publishing another member's name")
            }
            Command::LeaseCheckpoint(_) => Some("a leader's checkpoint of leases"),
            Command::LeaseExpire(_) => Some("a leader's end of leases"),
            _ => None,
        };
        if let Some(what) = of_members_alone {
            return Err(Error::NotSupported(what.to_owned()));
        }
        if self.is_learner() && !is_for_learners(command) {
            return Err(Error::NotSupportedForLearner);
        }
        if let Command::LeaseGrant(grant) = command
            && grant.ttl_seconds > limits::LEASE_TTL_SECONDS_MAX
        {
            return Err(Error::LeaseTtlTooLarge);
        }
        let open = self.writes.count() + self.reads.count() + self.leases.count();
        let of_members = self.changes.count() + self.leader_moves.len();
        let aside = self.raising.count() + self.hashes.count() + self.long_reads.count();
        if open + of_members + aside >= limits::PENDING_REQUESTS_MAX {
            return Err(Error::TooManyRequests);
        }
        let limits = mvcc::Limits {
            txn_operations: self.config.txn_operations_max,
        };
        mvcc::validate(command, limits)
    }

    fn request_write(&mut self, id: RequestId, command: Command) {
        let gap = self.consensus.commit().0.saturating_sub(self.applied.0);
        if gap > limits::COMMIT_APPLY_GAP_MAX {
            return self.reply(id, Err(Error::TooManyRequests));
        }
        // Those that wait take the last indexes.
        if self.consensus.room() <= self.writes.count() as u64 {
            return self.reply(id, Err(Error::LogExhausted));
        }
        if !self.fits_quota(&command) {
            return self.refuse_for_space(id);
        }
        let too_large = self.propose(Waiter::Client(id), command);
        if too_large {
            self.reply(id, Err(Error::RequestTooLarge));
        }
    }

    /// Queues a command for the log. True when it is too large for it.
    pub(super) fn propose(&mut self, waiter: Waiter, command: Command) -> bool {
        let sequence = self.writes.next_sequence();
        let proposal = Proposal {
            origin: self.config.id,
            incarnation: self.config.incarnation,
            sequence,
            command,
        };
        let payload = proposal.encode();
        if payload.len() > self.config.request_size_bytes_max {
            return true;
        }
        let open = Open {
            waiter,
            since_ticks: self.now_ticks,
        };
        self.writes.add(sequence, open, payload);
        false
    }

    /// Proposes all that waits, in messages of a bounded size. Without a leader it goes on
    /// waiting, as in etcd; and beyond etcd, it also waits while the leader is known to be out of
    /// reach, where a proposal would be lost for certain and its caller would wait in vain.
    pub(super) fn propose_queued(&mut self) {
        if !self.reaches_leader() || self.consensus.transferee().is_some() {
            return;
        }
        loop {
            let queued = self.writes.queued(limits::APPEND_SIZE_BYTES_MAX);
            let count = queued.len();
            if self.config.has_bug(KnownBug::ForwardedWriteProposedTwice)
                && self.consensus.leader() != self.config.id
            {
                self.consensus.propose(queued.clone());
            }
            if count == 0 || !self.consensus.propose(queued) {
                return;
            }
            self.writes.proposed(count);
        }
    }

    pub(super) fn reaches_leader(&self) -> bool {
        let leader = self.consensus.leader();
        leader == self.config.id || (leader.is_some() && self.peers.is_active(leader))
    }

    /// A write was carried out: whoever waits for it is told.
    pub(super) fn write_done(
        &mut self,
        waiter: Waiter,
        command: &Command,
        result: Result<Reply, Error>,
    ) {
        match (waiter, command) {
            (Waiter::Client(id), Command::Compact(compact))
                if compact.physical && result.is_ok() =>
            {
                self.compactions.push(id);
            }
            (Waiter::Client(id), _) => self.reply(id, result),
            (Waiter::Alarm(alarm), _) => self.alarm_settled(alarm),
            (Waiter::Compactor(revision), _) => self.has_compacted_by_itself(revision, result),
            (Waiter::Nobody, _) => {}
        }
    }
}

/// What a learner answers, as etcd's `isRPCSupportedForLearner`.
fn is_for_learners(command: &Command) -> bool {
    match command {
        Command::Range(range) => range.serializable,
        // As it knows them itself: asked by others who join, on the port for peers.
        Command::MemberList(linearizable) => !linearizable,
        Command::Status => true,
        _ => false,
    }
}
