//! Reads: confirmed by a round with the leader, or answered from the store as it is.

use super::requests::Reader;
use super::{Member, Role};
use crate::command::{AlarmMember, Command, MemberListReply, Reply, StatusReply};
use crate::error::Error;
use crate::id::{Index, RequestId, Revision};
use crate::known_bug::KnownBug;
use crate::mvcc::Task;

impl Member {
    /// Asks the leader for all reads that wait, in one round.
    /// What is asked of leases waits for rounds too, on the leader.
    pub(super) fn begin_read_round(&mut self) {
        if !self.reaches_leader() || !self.consensus.may_confirm_reads() {
            return;
        }
        let retry_ticks = u64::from(READ_INDEX_RETRY_MS.div_ceil(self.config.tick_ms.max(1)));
        let others = self.consensus.role() == Role::Leader && self.leases.want_round();
        if let Some(round) = self.reads.begin_round(self.now_ticks, retry_ticks, others) {
            self.leases.round_begun(round, self.lease_clock_ticks());
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
                Reader::Client(id, command) => self.answer_read(id, command),
                Reader::Check => self.check_confirmed(),
            }
        }
    }

    /// Answers a read: at once, or where it is long, a step at a time.
    pub(super) fn answer_read(&mut self, id: RequestId, command: Command) {
        if let Some(probe) = &mut self.probe {
            probe.begins();
        }
        let refusal = self.alarms.refusal(&command);
        let task = match refusal {
            Some(_) => None,
            None => Task::read(&command, &self.store),
        };
        if let Some(task) = task {
            return self.begin_range(id, command, task);
        }
        let result = match refusal {
            Some(error) => Err(error),
            None => self.read(&command),
        };
        self.read_done(id, &command, None, result);
    }

    /// A read has an answer, of the state at a revision or of now.
    pub(super) fn read_done(
        &mut self,
        id: RequestId,
        command: &Command,
        revision: Option<Revision>,
        result: Result<Reply, Error>,
    ) {
        if let Some(probe) = &mut self.probe {
            probe.read(command, &result);
        }
        let revision = revision.unwrap_or(self.store.revision());
        self.reply_at(id, revision, result);
    }

    fn read(&self, command: &Command) -> Result<Reply, Error> {
        match command {
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
            Command::Range(_)
            | Command::Txn(_)
            | Command::Put(_)
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
}

/// Whether a read is answered from this member's store as it is.
pub(super) fn is_local(command: &Command) -> bool {
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
