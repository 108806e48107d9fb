//! The types of Raft's messages, in etcd's names.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of message a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MessageKind {
    /// A forwarded proposal.
    Propose,
    /// Entries to append (AppendEntries).
    Append,
    /// Its answer.
    AppendResponse,
    /// A vote is asked for (RequestVote).
    Vote,
    /// Its answer.
    VoteResponse,
    /// Whether a vote would be given, thesis §9.6.
    PreVote,
    /// Its answer.
    PreVoteResponse,
    /// A snapshot (InstallSnapshot): its beginning.
    Snapshot,
    /// A chunk of a snapshot.
    SnapshotChunk,
    /// How far a snapshot has been received.
    SnapshotProgress,
    /// The leader is alive, and how far its follower may commit.
    Heartbeat,
    /// Its answer.
    HeartbeatResponse,
    /// Start an election now: a leader hands over.
    TimeoutNow,
    /// How far must one have applied to read.
    ReadIndex,
    /// Its answer.
    ReadIndexResponse,
    /// A question about a lease, passed on to the leader.
    LeaseQuestion,
    /// Its answer.
    LeaseAnswer,
    /// A change of the members, asked of the leader.
    ChangeQuestion,
    /// That it was not taken.
    ChangeAnswer,
    /// That a member is removed.
    Removal,
    /// Whether the sender is still a member.
    StandingQuestion,
    /// A question for the hash of a store.
    HashQuestion,
    /// Its answer.
    HashAnswer,
}

impl MessageKind {
    /// All kinds, in the order in which they stand above.
    pub const ALL: [MessageKind; 23] = [
        MessageKind::Propose,
        MessageKind::Append,
        MessageKind::AppendResponse,
        MessageKind::Vote,
        MessageKind::VoteResponse,
        MessageKind::PreVote,
        MessageKind::PreVoteResponse,
        MessageKind::Snapshot,
        MessageKind::SnapshotChunk,
        MessageKind::SnapshotProgress,
        MessageKind::Heartbeat,
        MessageKind::HeartbeatResponse,
        MessageKind::TimeoutNow,
        MessageKind::ReadIndex,
        MessageKind::ReadIndexResponse,
        MessageKind::LeaseQuestion,
        MessageKind::LeaseAnswer,
        MessageKind::ChangeQuestion,
        MessageKind::ChangeAnswer,
        MessageKind::Removal,
        MessageKind::StandingQuestion,
        MessageKind::HashQuestion,
        MessageKind::HashAnswer,
    ];

    /// Whether it answers another message.
    pub fn is_response(self) -> bool {
        matches!(
            self,
            MessageKind::AppendResponse
                | MessageKind::VoteResponse
                | MessageKind::PreVoteResponse
                | MessageKind::HeartbeatResponse
                | MessageKind::ReadIndexResponse
                | MessageKind::LeaseAnswer
                | MessageKind::ChangeAnswer
                | MessageKind::HashAnswer
                | MessageKind::SnapshotProgress
        )
    }

    /// The name in etcd's log.
    pub fn name(self) -> &'static str {
        match self {
            MessageKind::Propose => "MsgProp",
            MessageKind::Append => "MsgApp",
            MessageKind::AppendResponse => "MsgAppResp",
            MessageKind::Vote => "MsgVote",
            MessageKind::VoteResponse => "MsgVoteResp",
            MessageKind::PreVote => "MsgPreVote",
            MessageKind::PreVoteResponse => "MsgPreVoteResp",
            MessageKind::Snapshot => "MsgSnap",
            MessageKind::SnapshotChunk => "MsgSnapChunk",
            MessageKind::SnapshotProgress => "MsgSnapProgress",
            MessageKind::Heartbeat => "MsgHeartbeat",
            MessageKind::HeartbeatResponse => "MsgHeartbeatResp",
            MessageKind::TimeoutNow => "MsgTimeoutNow",
            MessageKind::ReadIndex => "MsgReadIndex",
            MessageKind::ReadIndexResponse => "MsgReadIndexResp",
            MessageKind::LeaseQuestion => "LeaseRequest",
            MessageKind::LeaseAnswer => "LeaseResponse",
            MessageKind::ChangeQuestion => "MemberRequest",
            MessageKind::ChangeAnswer => "MemberResponse",
            MessageKind::Removal => "MemberRemoved",
            MessageKind::StandingQuestion => "MemberProbe",
            MessageKind::HashQuestion => "HashKVRequest",
            MessageKind::HashAnswer => "HashKVResponse",
        }
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_are_listed_once() {
        for (at, kind) in MessageKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, at, "{kind}");
        }
        // Whoever adds a kind has to name it, and the name has to be in the list.
        let source = include_str!("message_kind.rs");
        let named = source.matches("=> \"").count();
        assert_eq!(named, MessageKind::ALL.len());
    }
}
