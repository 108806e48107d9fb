//! The messages that a member's raft hands to itself. They cross no link.

/// A message that a member's raft hands to itself, by the name that etcd's raft has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LocalMessage {
    /// The election timer has run out: stand for election.
    Hup,
    /// The heartbeat timer has run out: a leader sends its heartbeats.
    Beat,
    /// Clients' entries: a leader appends them, a follower passes them on.
    Propose,
    /// A leader looks whether a majority was heard from (CheckQuorum).
    CheckQuorum,
    /// A peer cannot be reached: its leader sends one append at a time from now on.
    Unreachable,
    /// What became of a snapshot that was sent.
    SnapshotStatus,
    /// A leader is asked to hand over.
    TransferLeader,
}

impl LocalMessage {
    /// All of them, in the order in which they stand above.
    pub const ALL: [LocalMessage; 7] = [
        LocalMessage::Hup,
        LocalMessage::Beat,
        LocalMessage::Propose,
        LocalMessage::CheckQuorum,
        LocalMessage::Unreachable,
        LocalMessage::SnapshotStatus,
        LocalMessage::TransferLeader,
    ];

    /// Its name in etcd's raft.
    pub fn name(self) -> &'static str {
        match self {
            LocalMessage::Hup => "MsgHup",
            LocalMessage::Beat => "MsgBeat",
            LocalMessage::Propose => "MsgProp",
            LocalMessage::CheckQuorum => "MsgCheckQuorum",
            LocalMessage::Unreachable => "MsgUnreachable",
            LocalMessage::SnapshotStatus => "MsgSnapStatus",
            LocalMessage::TransferLeader => "MsgTransferLeader",
        }
    }
}

/// A set of them: a byte, so that noting one costs a server nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LocalMessages(u8);

impl LocalMessages {
    pub(crate) fn add(&mut self, message: LocalMessage) {
        self.0 |= 1 << message as u8;
    }

    pub(crate) fn to_vec(self) -> Vec<LocalMessage> {
        let is_in = |message: &LocalMessage| self.0 & (1 << *message as u8) != 0;
        LocalMessage::ALL.into_iter().filter(is_in).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_added_once_and_in_order() {
        let mut set = LocalMessages::default();
        for message in [
            LocalMessage::TransferLeader,
            LocalMessage::Hup,
            LocalMessage::Hup,
        ] {
            set.add(message);
        }
        assert_eq!(
            set.to_vec(),
            [LocalMessage::Hup, LocalMessage::TransferLeader]
        );
    }
}
