//! What an entry of the log says.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use crate::archive;
use crate::command::Command;
use crate::id::{Incarnation, MemberId};
use crate::membership::MembershipEntry;

/// A command on its way through the log, with the return address of whoever waits for it.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub(super) struct Proposal {
    /// The member that was asked, and that answers when it has carried the command out.
    pub(super) origin: MemberId,
    /// Its start: an earlier one's requests have nobody waiting.
    pub(super) incarnation: Incarnation,
    /// Its number for the request.
    pub(super) sequence: u64,
    /// The command.
    pub(super) command: Command,
}

impl Proposal {
    /// As an entry's data.
    pub(super) fn encode(&self) -> Bytes {
        Bytes::from(archive::encode(self).into_vec())
    }

    /// From an entry's data, which a peer may have made.
    pub(super) fn decode(data: &[u8]) -> Result<Self, String> {
        archive::decode(data)
    }
}

/// Who makes its name known by an entry, if that is what the entry says.
pub(crate) fn publisher(data: &[u8]) -> Option<MemberId> {
    match Proposal::decode(data).ok()?.command {
        Command::PublishAttributes(attributes) => Some(attributes.id),
        Command::Publish(publication) => Some(publication.attributes.id),
        _ => None,
    }
}

/// An entry of a member that tells its command, and waits for nothing.
#[cfg(test)]
pub(crate) fn entry_data(command: Command) -> Bytes {
    let proposal = Proposal {
        origin: MemberId(1),
        incarnation: Incarnation(1),
        sequence: 1,
        command,
    };
    proposal.encode()
}

/// What an entry says, for a person: at most a short line.
pub(crate) fn describe(is_conf_change: bool, data: &[u8]) -> String {
    if data.is_empty() {
        return "no-op".to_owned();
    }
    if is_conf_change {
        return match MembershipEntry::decode(data) {
            Ok(MembershipEntry::First(member)) => format!("add member {}", member.id),
            Ok(MembershipEntry::Change(record)) => record.change.describe(),
            Err(_) => "unreadable".to_owned(),
        };
    }
    match Proposal::decode(data) {
        Ok(proposal) => describe_command(&proposal.command),
        Err(_) => "unreadable".to_owned(),
    }
}

fn describe_command(command: &Command) -> String {
    match command {
        Command::Put(put) => format!("put {}={}", short(&put.key), short(&put.value)),
        Command::DeleteRange(delete) => format!("del {}", short(&delete.key)),
        Command::Txn(txn) => format!("txn of {}", txn.success.len().max(txn.failure.len())),
        Command::Compact(compact) => format!("compact {}", compact.revision),
        Command::PublishAttributes(attributes) => format!("name {}", attributes.name),
        Command::Publish(publication) => format!("name {}", publication.attributes.name),
        Command::AlarmRaise(alarm) => format!("raise {}", alarm.alarm.name()),
        Command::AlarmLower(alarm) => format!("lower {}", alarm.alarm.name()),
        Command::DowngradeEnable(target) => format!("downgrade to {}", target.cluster_text()),
        Command::DowngradeCancel => "cancel downgrade".to_owned(),
        Command::LeaseGrant(grant) => format!("grant {}", grant.id),
        Command::LeaseRevoke(id) => format!("revoke {id}"),
        Command::LeaseCheckpoint(leases) => format!("checkpoint {} leases", leases.len()),
        Command::LeaseExpire(expire) => format!("expire {} leases", expire.ids.len()),
        Command::MemberAdd(_)
        | Command::MemberRemove(_)
        | Command::MemberUpdate(_)
        | Command::MemberPromote(_) => "change of members".to_owned(),
        Command::LeaseKeepAlive(_)
        | Command::LeaseTimeToLive(_)
        | Command::LeaseList
        | Command::MoveLeader(_)
        | Command::Range(_)
        | Command::HashKv(_)
        | Command::Status
        | Command::MemberList(_)
        | Command::DowngradeValidate(_)
        | Command::Defragment
        | Command::AlarmList => "read".to_owned(),
    }
}

fn short(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.chars().count() <= SHORT_CHARS {
        return text.into_owned();
    }
    text.chars().take(SHORT_CHARS - 1).chain(['…']).collect()
}

/// Longest key or value in a description, in characters.
const SHORT_CHARS: usize = 12;
