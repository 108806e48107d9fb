//! Alarms: what is wrong with a member, agreed on by all.
//!
//! A member that finds itself out of space, or the cluster in disagreement, proposes an alarm as
//! it would a write. From the entry that raises it on, every member refuses what the alarm
//! forbids, and so it stays, over restarts and snapshots, until somebody lowers it
//! (`server/etcdserver/api/v3alarm`, `apply.go`: `applierV3Capped`, `applierV3Corrupt`).
//!
//! * `NOSPACE`: nothing is added to the store. Reading, deleting, compacting and lowering alarms
//!   go on: they are the way out.
//! * `CORRUPT`: keys and leases are not served at all. What a member would answer may be wrong,
//!   and which member is right nobody knows. (etcd goes on to answer ranges.)

use crate::collections::BTreeSet;
use crate::command::{Alarm, AlarmMember, Command};
use crate::error::Error;
use crate::limits::ALARMS_MAX;
use crate::quota;

/// The alarms that are raised, the same on every member that has applied the same log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    raised: BTreeSet<AlarmMember>,
}

impl Alarms {
    /// Those of a snapshot.
    pub fn new(raised: impl IntoIterator<Item = AlarmMember>) -> Self {
        Self {
            raised: raised.into_iter().collect(),
        }
    }

    /// All of them, in ascending order of members.
    pub fn iter(&self) -> impl Iterator<Item = AlarmMember> + '_ {
        self.raised.iter().copied()
    }

    /// Raises an alarm; false when it was raised already.
    ///
    /// # Errors
    /// [`Error::TooManyRequests`] when there are [`ALARMS_MAX`] already: a client may name any
    /// member in an alarm, and all of them go into a snapshot's header.
    pub fn raise(&mut self, alarm: AlarmMember) -> Result<bool, Error> {
        if self.raised.len() >= ALARMS_MAX && !self.is_raised(alarm) {
            return Err(Error::TooManyRequests);
        }
        Ok(self.raised.insert(alarm))
    }

    /// Lowers an alarm; false when it was not raised.
    pub fn lower(&mut self, alarm: AlarmMember) -> bool {
        self.raised.remove(&alarm)
    }

    /// Whether a member has this alarm.
    pub fn is_raised(&self, alarm: AlarmMember) -> bool {
        self.raised.contains(&alarm)
    }

    /// Whether any member has such an alarm.
    pub fn has(&self, alarm: Alarm) -> bool {
        self.raised.iter().any(|raised| raised.alarm == alarm)
    }

    /// Why a command is not carried out; nothing when it is.
    pub fn refusal(&self, command: &Command) -> Option<Error> {
        if self.raised.is_empty() {
            return None;
        }
        if self.has(Alarm::Corrupt) && touches_data(command) {
            return Some(Error::Corrupt);
        }
        if self.has(Alarm::NoSpace) && quota::cost_bytes(command) > 0 {
            return Some(Error::NoSpace);
        }
        None
    }
}

impl Alarm {
    /// All of them.
    pub const ALL: [Alarm; 2] = [Alarm::NoSpace, Alarm::Corrupt];

    /// Its name, as etcd's protobuf has it.
    pub fn name(self) -> &'static str {
        match self {
            Alarm::NoSpace => "NOSPACE",
            Alarm::Corrupt => "CORRUPT",
        }
    }

    /// The alarm of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alarm| alarm.name() == name)
    }
}

/// Whether a command reads or changes keys or leases.
fn touches_data(command: &Command) -> bool {
    match command {
        Command::Range(_)
        | Command::Put(_)
        | Command::DeleteRange(_)
        | Command::Txn(_)
        | Command::Compact(_)
        | Command::LeaseGrant(_)
        | Command::LeaseRevoke(_)
        | Command::LeaseKeepAlive(_)
        | Command::LeaseTimeToLive(_)
        | Command::LeaseList
        | Command::LeaseExpire(_) => true,
        // What is left of leases is no answer to anybody.
        Command::LeaseCheckpoint(_)
        | Command::HashKv(_)
        | Command::Status
        | Command::MemberList(_)
        | Command::AlarmList
        | Command::AlarmRaise(_)
        | Command::AlarmLower(_)
        | Command::PublishAttributes(_)
        | Command::Publish(_)
        | Command::MemberAdd(_)
        | Command::MemberRemove(_)
        | Command::MemberUpdate(_)
        | Command::MemberPromote(_)
        | Command::MoveLeader(_)
        | Command::DowngradeValidate(_)
        | Command::DowngradeEnable(_)
        | Command::DowngradeCancel
        | Command::Defragment => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{LeaseGrant, Put, RequestOp, Txn};
    use crate::id::{LeaseId, MemberId};

    fn alarm(member: u64, alarm: Alarm) -> AlarmMember {
        AlarmMember {
            member: MemberId(member),
            alarm,
        }
    }

    fn txn_of(operation: RequestOp) -> Command {
        Command::Txn(Txn {
            failure: vec![operation],
            ..Txn::default()
        })
    }

    #[test]
    fn no_space_forbids_what_adds_and_nothing_else() {
        let mut alarms = Alarms::default();
        let put = Command::Put(Put::default());
        assert_eq!(alarms.refusal(&put), None);
        assert_eq!(alarms.raise(alarm(2, Alarm::NoSpace)), Ok(true));
        assert_eq!(alarms.raise(alarm(2, Alarm::NoSpace)), Ok(false));
        let nested = txn_of(RequestOp::Txn(Txn {
            success: vec![RequestOp::Put(Put::default())],
            ..Txn::default()
        }));
        for adds in [put, nested, Command::LeaseGrant(LeaseGrant::default())] {
            assert_eq!(alarms.refusal(&adds), Some(Error::NoSpace), "{adds:?}");
        }
        for goes_on in [
            Command::Range(Default::default()),
            Command::DeleteRange(Default::default()),
            txn_of(RequestOp::DeleteRange(Default::default())),
            Command::Compact(Default::default()),
            Command::LeaseRevoke(LeaseId(1)),
            Command::AlarmLower(alarm(2, Alarm::NoSpace)),
        ] {
            assert_eq!(alarms.refusal(&goes_on), None, "{goes_on:?}");
        }
        assert!(alarms.lower(alarm(2, Alarm::NoSpace)));
        assert!(!alarms.lower(alarm(2, Alarm::NoSpace)));
        assert!(!alarms.has(Alarm::NoSpace));
    }

    #[test]
    fn corrupt_forbids_keys_and_leases() {
        let mut alarms = Alarms::default();
        assert_eq!(alarms.raise(alarm(0, Alarm::Corrupt)), Ok(true));
        assert_eq!(alarms.raise(alarm(1, Alarm::NoSpace)), Ok(true));
        for data in [
            Command::Range(Default::default()),
            Command::Put(Default::default()),
            Command::LeaseKeepAlive(LeaseId(1)),
        ] {
            assert_eq!(alarms.refusal(&data), Some(Error::Corrupt));
        }
        assert_eq!(alarms.refusal(&Command::MemberList(true)), None);
        assert_eq!(alarms.refusal(&Command::HashKv(Default::default())), None);
    }
}
