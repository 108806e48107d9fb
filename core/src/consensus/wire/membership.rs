//! What members say to one another about changes of their number. Of version 3 of the bodies.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use crate::error::Error;

/// A change that a client asked another member for, passed on to the leader.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ChangeQuestion {
    /// Which start of the sender this comes from.
    pub incarnation: u64,
    /// The sender's number for it. It is sent once to each leader, and to the next one only when
    /// the last has said that it took nothing.
    pub number: u64,
    /// The entry that it is to become.
    pub entry: Bytes,
}

/// That a change was not taken. One that is taken is not answered: the log tells of it.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ChangeAnswer {
    /// The question's.
    pub incarnation: u64,
    /// The question's.
    pub number: u64,
    /// Why it was not taken.
    pub verdict: ChangeVerdict,
}

/// Why a change was not taken.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum ChangeVerdict {
    /// The member that was asked does not lead.
    NotLeader,
    /// It is refused.
    Refused(Error),
}

/// Asked by one that has no vote and hears no leader: is it still a member? Answered when it is
/// not.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingQuestion {
    /// The sender's commit index, for a person to see.
    pub commit: u64,
}

/// That a member is removed: said by itself to those who may not know it, and by the others to
/// it.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovalNotice {
    /// Which member.
    pub member: u64,
    /// The sender's commit index, behind the removal.
    pub commit: u64,
    /// The term of the entry there.
    pub commit_term: u64,
}
