//! Between raft's types and ours: log entries, hard states, messages.

use bytes::Bytes;
use raft::eraftpb::{ConfState, Entry, EntryType, Message, MessageType};

use super::wire::{WireBody, WireEntry, WireFrame, WireKind, WireMessage};
use crate::collections::InOrder;
use crate::id::{Index, MemberId, Term};
use crate::trace::MessageKind;

/// A message of raft as a frame's contents. `None` for a snapshot, which travels in chunks, and
/// for messages that never leave a member.
pub(crate) fn to_wire(message: Message) -> Option<WireFrame> {
    let kind = wire_kind(message.get_msg_type())?;
    Some(WireFrame {
        from: message.from,
        to: message.to,
        body: WireBody::Raft(WireMessage {
            kind,
            term: message.term,
            log_term: message.log_term,
            index: message.index,
            entries: message.entries.into_iter().map(to_wire_entry).collect(),
            commit: message.commit,
            commit_term: message.commit_term,
            reject: message.reject,
            reject_hint: message.reject_hint,
            context: from_raft(message.context),
        }),
    })
}

/// A frame's contents as a message of raft. Not validated yet.
pub(crate) fn from_wire(from: u64, to: u64, wire: WireMessage) -> Message {
    let mut message = Message::default();
    message.set_msg_type(raft_kind(wire.kind));
    message.from = from;
    message.to = to;
    message.term = wire.term;
    message.log_term = wire.log_term;
    message.index = wire.index;
    message.entries = wire
        .entries
        .into_iter()
        .map(from_wire_entry)
        .collect::<Vec<_>>()
        .into();
    message.commit = wire.commit;
    message.commit_term = wire.commit_term;
    message.reject = wire.reject;
    message.reject_hint = wire.reject_hint;
    message.context = to_raft(wire.context);
    message
}

/// The message by which raft hears of a snapshot that is on this member's disk.
pub(crate) fn snapshot_message(
    (from, to): (MemberId, MemberId),
    term: Term,
    position: (Index, Term),
    configuration: ConfState,
) -> Message {
    let mut message = Message::default();
    message.set_msg_type(MessageType::MsgSnapshot);
    message.from = from.0;
    message.to = to.0;
    message.term = term.0;
    let metadata = message.mut_snapshot().mut_metadata();
    metadata.index = position.0.0;
    metadata.term = position.1.0;
    metadata.set_conf_state(configuration);
    message
}

/// Raft's message type in trace's words; `None` for local ones.
pub(super) fn message_kind(kind: MessageType) -> Option<MessageKind> {
    match kind {
        MessageType::MsgSnapshot => Some(MessageKind::Snapshot),
        kind => wire_kind(kind).map(MessageKind::from),
    }
}

/// Raft's id in ours.
pub(super) fn member(id: u64) -> MemberId {
    MemberId(id)
}

fn to_wire_entry(entry: Entry) -> WireEntry {
    WireEntry {
        conf_change: entry.get_entry_type() != EntryType::EntryNormal,
        term: entry.term,
        index: entry.index,
        data: from_raft(entry.data),
    }
}

fn from_wire_entry(wire: WireEntry) -> Entry {
    new_entry(wire.conf_change, wire.term, wire.index, wire.data)
}

/// raft's messages come out of hash maps. Those to one member stay in order.
pub(super) fn by_receiver(mut messages: Vec<Message>) -> Vec<Message> {
    messages.order_by_key(|message| message.to);
    messages
}

/// Bytes in a message of raft: `Bytes` on a server, a vector on the page (see `Cargo.toml`).
pub(crate) fn from_raft(bytes: impl Into<Bytes>) -> Bytes {
    bytes.into()
}

/// And back.
pub(super) fn to_raft<T: From<Bytes>>(bytes: Bytes) -> T {
    bytes.into()
}

/// An entry of raft.
pub(crate) fn new_entry(conf_change: bool, term: u64, index: u64, data: Bytes) -> Entry {
    let mut entry = Entry::default();
    if conf_change {
        entry.set_entry_type(EntryType::EntryConfChange);
    }
    entry.term = term;
    entry.index = index;
    entry.data = to_raft(data);
    entry
}

fn wire_kind(kind: MessageType) -> Option<WireKind> {
    Some(match kind {
        MessageType::MsgPropose => WireKind::Propose,
        MessageType::MsgAppend => WireKind::Append,
        MessageType::MsgAppendResponse => WireKind::AppendResponse,
        MessageType::MsgRequestVote => WireKind::Vote,
        MessageType::MsgRequestVoteResponse => WireKind::VoteResponse,
        MessageType::MsgRequestPreVote => WireKind::PreVote,
        MessageType::MsgRequestPreVoteResponse => WireKind::PreVoteResponse,
        MessageType::MsgHeartbeat => WireKind::Heartbeat,
        MessageType::MsgHeartbeatResponse => WireKind::HeartbeatResponse,
        MessageType::MsgTimeoutNow => WireKind::TimeoutNow,
        MessageType::MsgReadIndex => WireKind::ReadIndex,
        MessageType::MsgReadIndexResp => WireKind::ReadIndexResponse,
        MessageType::MsgHup
        | MessageType::MsgBeat
        | MessageType::MsgSnapshot
        | MessageType::MsgUnreachable
        | MessageType::MsgSnapStatus
        | MessageType::MsgCheckQuorum
        | MessageType::MsgTransferLeader => return None,
    })
}

fn raft_kind(kind: WireKind) -> MessageType {
    match kind {
        WireKind::Propose => MessageType::MsgPropose,
        WireKind::Append => MessageType::MsgAppend,
        WireKind::AppendResponse => MessageType::MsgAppendResponse,
        WireKind::Vote => MessageType::MsgRequestVote,
        WireKind::VoteResponse => MessageType::MsgRequestVoteResponse,
        WireKind::PreVote => MessageType::MsgRequestPreVote,
        WireKind::PreVoteResponse => MessageType::MsgRequestPreVoteResponse,
        WireKind::Heartbeat => MessageType::MsgHeartbeat,
        WireKind::HeartbeatResponse => MessageType::MsgHeartbeatResponse,
        WireKind::TimeoutNow => MessageType::MsgTimeoutNow,
        WireKind::ReadIndex => MessageType::MsgReadIndex,
        WireKind::ReadIndexResponse => MessageType::MsgReadIndexResp,
    }
}
