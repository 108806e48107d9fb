//! Requests: taken in, sent their way, answered.

use super::hashes::HashAsker;
use super::leases::LeaseAsk;
use super::proposal::Proposal;
use super::requests::{Open, Read, Reader, Waiter};
use super::{FIRST_TERM, Member, view::Role};
use crate::command::{
    AlarmMember, Command, MemberAttributes, MemberListReply, Publication, Reply, StatusReply,
};
use crate::error::Error;
use crate::id::{Index, RequestId};
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
            return self.answer_read(id, &command);
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
        let aside = self.raising.count() + self.hashes.count();
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

    /// Proposes all that waits, in messages of a bounded size. Without a leader it goes on waiting, as in etcd; and
    /// beyond etcd, it also waits while the leader is known to be out of reach, where a proposal
    /// would be lost for certain and its caller would wait in vain.
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

    /// A member that knows a leader makes its name, client URLs and version known, until they
    /// are.
    pub(super) fn publish_attributes(&mut self) {
        let known = self
            .membership
            .member(self.config.id)
            .is_some_and(|member| {
                member.name == self.config.name && member.client_urls == self.config.client_urls
            })
            && self.versions.of(self.config.id) == Some(self.config.server_version);
        let waits = self.published_at_ticks.is_some_and(|since| {
            self.now_ticks < since + u64::from(self.config.request_timeout_ticks())
        });
        // Whoever tells its name has a term on its disk by which it can be known: a disk that
        // comes back without one was lost.
        let ready = self.consensus.leader().is_some()
            && self.membership.member(self.config.id).is_some()
            && !self.is_new();
        if known || waits || !ready || self.is_stopping() {
            return;
        }
        self.published_at_ticks = Some(self.now_ticks);
        let attributes = MemberAttributes {
            id: self.config.id,
            name: self.config.name.clone(),
            client_urls: self.config.client_urls.clone(),
        };
        let version = self.config.server_version;
        let publication = Publication {
            attributes,
            version,
        };
        self.propose(Waiter::Nobody, Command::Publish(publication));
    }

    /// Whether its disk knows of no term but the one that a cluster begins with.
    pub(super) fn is_new(&self) -> bool {
        self.log.durable_vote().0 <= FIRST_TERM
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

    /// Asks the leader for all reads that wait, in one round.
    /// What is asked of leases waits for rounds too, on the leader.
    pub(super) fn begin_read_round(&mut self) {
        if !self.reaches_leader() || !self.consensus.may_confirm_reads() {
            return;
        }
        let retry_ticks = u64::from(READ_INDEX_RETRY_MS.div_ceil(self.config.tick_ms.max(1)));
        let others = self.consensus.role() == Role::Leader && self.leases.want_round();
        if let Some(round) = self.reads.begin_round(self.now_ticks, retry_ticks, others) {
            self.leases.round_begun(round, self.now_ticks);
            self.consensus.read_index(self.read_context(round));
        }
    }

    /// A round came back.
    pub(super) fn confirm_read_round(&mut self, index: Index, context: &[u8]) {
        let round = context
            .last_chunk::<8>()
            .map_or(0, |bytes| u64::from_le_bytes(*bytes));
        if self.read_context(round) == context {
            let round = if self.config.has_bug(KnownBug::LateReadConfirmation) {
                self.reads.running()
            } else {
                round
            };
            self.reads.confirm(round, index);
            self.leases.round_confirmed(round, index);
        }
    }

    /// A round's name in the whole cluster: contexts of all members meet at the leader, and an
    /// earlier life's may still be under way.
    fn read_context(&self, round: u64) -> Vec<u8> {
        [self.config.id.0, self.config.incarnation.0, round]
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    }

    pub(super) fn serve_confirmed_reads(&mut self) {
        let applied = if self.config.has_bug(KnownBug::ReadBeforeApplied) {
            Index(u64::MAX)
        } else {
            self.applied
        };
        for read in self.reads.take_ready(applied) {
            match read.reader {
                Reader::Client(id, command) => {
                    self.answer_read(id, &command);
                }
                Reader::Check => self.check_confirmed(),
            }
        }
    }

    fn answer_read(&mut self, id: RequestId, command: &Command) {
        if let Some(probe) = &mut self.probe {
            probe.begins();
        }
        let result = self.read(command);
        if let Some(probe) = &mut self.probe {
            probe.read(command, &result);
        }
        self.reply(id, result);
    }

    fn read(&self, command: &Command) -> Result<Reply, Error> {
        if let Some(error) = self.alarms.refusal(command) {
            return Err(error);
        }
        match command {
            Command::Range(range) => self.store.range(range).map(Reply::Range),
            Command::Txn(txn) => self.store.txn_read(txn).map(Reply::Txn),
            Command::LeaseList => Ok(Reply::LeaseList(
                self.store.leases().iter().map(|(id, _)| id).collect(),
            )),
            Command::Status => Ok(Reply::Status(self.status())),
            Command::MemberList(_) => Ok(Reply::MemberList(MemberListReply {
                members: self.membership.members().cloned().collect(),
            })),
            Command::AlarmList => Ok(Reply::AlarmList(self.alarms.iter().collect())),
            Command::DowngradeValidate(target) => {
                self.versions.check_downgrade(*target).map(Reply::Downgrade)
            }
            Command::Put(_)
            | Command::DeleteRange(_)
            | Command::Compact(_)
            | Command::PublishAttributes(_)
            | Command::Publish(_)
            | Command::AlarmRaise(_)
            | Command::AlarmLower(_)
            | Command::DowngradeEnable(_)
            | Command::DowngradeCancel
            | Command::Defragment
            | Command::HashKv(_)
            | Command::LeaseGrant(_)
            | Command::LeaseRevoke(_)
            | Command::LeaseKeepAlive(_)
            | Command::LeaseTimeToLive(_)
            | Command::LeaseCheckpoint(_)
            | Command::LeaseExpire(_)
            | Command::MemberAdd(_)
            | Command::MemberRemove(_)
            | Command::MemberUpdate(_)
            | Command::MemberPromote(_)
            | Command::MoveLeader(_) => Err(Error::NotSupported("reading by a write".to_owned())),
        }
    }

    fn status(&self) -> StatusReply {
        let leader = self.consensus.leader();
        let alarms: Vec<_> = self.alarms.iter().collect();
        let no_leader = (!leader.is_some()).then(|| Error::NoLeader.to_string());
        let errors = no_leader
            .into_iter()
            .chain(alarms.iter().map(AlarmMember::to_string));
        StatusReply {
            leader,
            committed: self.consensus.commit(),
            applied: self.applied,
            term: self.consensus.term(),
            is_learner: self.is_learner(),
            store_size_bytes: i64::try_from(self.store.size_bytes()).unwrap_or(i64::MAX),
            store_size_in_use_bytes: i64::try_from(self.store.size_in_use_bytes())
                .unwrap_or(i64::MAX),
            quota_bytes: self.config.quota().bytes(),
            cluster_version: self.versions.cluster(),
            downgrade: self.versions.downgrade(),
            errors: errors.collect(),
            alarms,
        }
    }

    /// Whether it follows without a vote.
    pub(super) fn is_learner(&self) -> bool {
        let configuration = self.consensus.configuration();
        configuration.get_learners().contains(&self.config.id.0)
    }

    /// Ends the requests whose time has run out, as etcd words it.
    pub(super) fn time_out_requests(&mut self) {
        let timeout_ticks = u64::from(self.config.request_timeout_ticks());
        let Some(since_ticks) = self.now_ticks.checked_sub(timeout_ticks) else {
            return;
        };
        for open in self.writes.take_older(since_ticks) {
            match open.waiter {
                Waiter::Client(id) => {
                    let error = self.timeout_error(open.since_ticks);
                    self.reply(id, Err(error));
                }
                Waiter::Alarm(alarm) => self.alarm_settled(alarm),
                Waiter::Compactor(revision) => {
                    let error = self.timeout_error(open.since_ticks);
                    self.has_compacted_by_itself(revision, Err(error));
                }
                Waiter::Nobody => {}
            }
        }
        for read in self.reads.take_older(since_ticks) {
            match read.reader {
                Reader::Client(id, _) => {
                    let error = self.timeout_error(read.since_ticks);
                    self.reply(id, Err(error));
                }
                Reader::Check => self.give_check_up(),
            }
        }
        self.time_out_lease_questions(since_ticks);
        self.time_out_changes(since_ticks);
        self.time_out_leader_moves(since_ticks);
    }

    pub(super) fn timeout_error(&self, since_ticks: u64) -> Error {
        let margin_ticks = u64::from(self.config.election_ticks) * 2;
        let lost = self
            .leader_lost_at_ticks
            .is_some_and(|lost_at_ticks| lost_at_ticks + margin_ticks >= since_ticks);
        let leader = self.consensus.leader();
        if lost && leader.is_some() {
            return Error::TimeoutLeaderFailure;
        }
        let leads = self.consensus.role() == Role::Leader;
        if leader.is_some() && !leads && !self.peers.is_active(leader) {
            return Error::TimeoutConnectionLost;
        }
        Error::Timeout
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

/// Whether a read is answered from this member's store as it is.
fn is_local(command: &Command) -> bool {
    match command {
        Command::Range(range) => range.serializable,
        Command::Txn(txn) => txn.is_serializable(),
        Command::MemberList(linearizable) => !linearizable,
        Command::Status => true,
        Command::AlarmList | Command::DowngradeValidate(_) => false,
        Command::Put(_)
        | Command::DeleteRange(_)
        | Command::Compact(_)
        | Command::PublishAttributes(_)
        | Command::Publish(_)
        | Command::AlarmRaise(_)
        | Command::AlarmLower(_)
        | Command::DowngradeEnable(_)
        | Command::DowngradeCancel
        | Command::Defragment
        | Command::HashKv(_)
        | Command::LeaseGrant(_)
        | Command::LeaseRevoke(_)
        | Command::LeaseKeepAlive(_)
        | Command::LeaseTimeToLive(_)
        | Command::LeaseList
        | Command::LeaseCheckpoint(_)
        | Command::LeaseExpire(_)
        | Command::MemberAdd(_)
        | Command::MemberRemove(_)
        | Command::MemberUpdate(_)
        | Command::MemberPromote(_)
        | Command::MoveLeader(_) => false,
    }
}

/// A read's round is asked for again after this long without an answer, as in etcd.
const READ_INDEX_RETRY_MS: u32 = 500;
