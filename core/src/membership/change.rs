//! Changes of the members, as entries of the log have them.
//!
//! These types are what the log holds: a golden test has their bytes.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use super::{member_id, urls};
use crate::archive;
use crate::command::{Command, MemberInfo, MemberUpdate};
use crate::error::Error;
use crate::id::{Incarnation, MemberId};

/// A change of one member.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A new member, with or without a vote.
    Add(MemberInfo),
    /// It goes, for good.
    Remove(MemberId),
    /// It is reached elsewhere.
    Update(MemberUpdate),
    /// A learner gets its vote.
    Promote(MemberId),
}

impl Change {
    /// What a client asks for; nothing when it asks for something else.
    ///
    /// # Errors
    ///
    /// [`Error::MemberUrlsInvalid`].
    pub(crate) fn asked(command: &Command) -> Option<Result<Self, Error>> {
        Some(match command {
            Command::MemberAdd(add) => urls::checked(&add.peer_urls).map(|peer_urls| {
                Change::Add(MemberInfo {
                    id: member_id(&peer_urls, "", Some(add.added_at_seconds)),
                    peer_urls,
                    is_learner: add.is_learner,
                    ..MemberInfo::default()
                })
            }),
            Command::MemberRemove(id) => Ok(Change::Remove(*id)),
            Command::MemberUpdate(update) => urls::checked(&update.peer_urls).map(|peer_urls| {
                Change::Update(MemberUpdate {
                    id: update.id,
                    peer_urls,
                })
            }),
            Command::MemberPromote(id) => Ok(Change::Promote(*id)),
            _ => return None,
        })
    }

    /// Whom it is about.
    pub(crate) fn member(&self) -> MemberId {
        match self {
            Change::Add(member) => member.id,
            Change::Update(update) => update.id,
            Change::Remove(id) | Change::Promote(id) => *id,
        }
    }

    /// In a few words.
    pub(crate) fn describe(&self) -> String {
        let id = self.member();
        match self {
            Change::Add(member) if member.is_learner => format!("add learner {id}"),
            Change::Add(_) => format!("add member {id}"),
            Change::Remove(_) => format!("remove member {id}"),
            Change::Update(_) => format!("update member {id}"),
            Change::Promote(_) => format!("promote member {id}"),
        }
    }
}

/// A change on its way through the log, with the return address of whoever waits for it.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangeRecord {
    /// The member that was asked, and that answers when it has carried the change out.
    pub(crate) origin: MemberId,
    /// Its start: an earlier one's requests have nobody waiting.
    pub(crate) incarnation: Incarnation,
    /// Its number for the request.
    pub(crate) sequence: u64,
    /// The change.
    pub(crate) change: Change,
}

/// What an entry about members says.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub(crate) enum MembershipEntry {
    /// A voter from the beginning.
    First(MemberInfo),
    /// A change. In a box, so that the bytes of `First` stay what they were without it.
    Change(Box<ChangeRecord>),
}

impl MembershipEntry {
    /// As an entry's data.
    pub(crate) fn encode(&self) -> Bytes {
        Bytes::from(archive::encode(self).into_vec())
    }

    /// From an entry's data.
    pub(crate) fn decode(data: &[u8]) -> Result<Self, String> {
        archive::decode(data)
    }
}
