//! What stands before raft: refuses every message that raft would panic on.
//!
//! raft 0.7 trusts its peers: it ends the process on a commit index beyond its log, on entries
//! with a gap, on a vote of term 0, on an empty proposal, and more. A member must survive any
//! bytes, so what raft takes for granted is checked here, and what fails is refused with a reason
//! that ends up in the trace. Each rule names what it protects.

use std::collections::VecDeque;

use raft::eraftpb::{EntryType, Message, MessageType, Snapshot};
use raft::{Raft, StateRole};

use super::log_store::LogStore;
use crate::collections::InOrder;
use crate::limits::TERM_OR_INDEX_MAX;

/// Messages that wait for the disk, by the number of their Ready.
pub(super) type Held = VecDeque<(u64, Vec<Message>)>;

/// Checks a message against a member's state, and what it has not sent yet.
///
/// # Errors
///
/// The rule that it breaks, in words.
pub(super) fn validate(
    raft: &Raft<LogStore>,
    held: &Held,
    message: &Message,
) -> Result<(), String> {
    parties(raft, message)?;
    numbers(message)?;
    term(message)?;
    match message.get_msg_type() {
        MessageType::MsgAppend => append(message),
        MessageType::MsgHeartbeat => heartbeat(raft, message),
        MessageType::MsgAppendResponse | MessageType::MsgHeartbeatResponse => {
            response(raft, message)
        }
        MessageType::MsgRequestVoteResponse => vote_response(raft, held, message),
        MessageType::MsgPropose => proposal(raft, message),
        MessageType::MsgReadIndex | MessageType::MsgReadIndexResp => one_entry(message),
        MessageType::MsgSnapshot => snapshot(message.get_snapshot()),
        MessageType::MsgTimeoutNow => election(raft),
        MessageType::MsgRequestVote
        | MessageType::MsgRequestPreVote
        | MessageType::MsgRequestPreVoteResponse => Ok(()),
        kind => Err(format!(
            "{kind:?} is local to a member and never crosses a link"
        )),
    }
}

fn parties(raft: &Raft<LogStore>, message: &Message) -> Result<(), String> {
    if message.from == 0 || message.from == raft.id {
        return Err(format!(
            "comes from {:x}, which is nobody else",
            message.from
        ));
    }
    if message.to != raft.id {
        return Err(format!("is for {:x}, not for this member", message.to));
    }
    Ok(())
}

/// Terms and indexes are added to; none may come near to wrapping.
fn numbers(message: &Message) -> Result<(), String> {
    let numbers = [
        ("term", message.term),
        ("log term", message.log_term),
        ("index", message.index),
        ("commit", message.commit),
        ("commit term", message.commit_term),
        ("reject hint", message.reject_hint),
        (
            "snapshot index",
            message.get_snapshot().get_metadata().index,
        ),
        ("snapshot term", message.get_snapshot().get_metadata().term),
    ];
    for (name, number) in numbers {
        if number > TERM_OR_INDEX_MAX {
            return Err(format!(
                "{name} {number} is above the limit of {TERM_OR_INDEX_MAX}"
            ));
        }
    }
    for entry in message.get_entries() {
        if entry.term > TERM_OR_INDEX_MAX || entry.index > TERM_OR_INDEX_MAX {
            return Err(format!(
                "entry {} of term {} is above the limit",
                entry.index, entry.term
            ));
        }
    }
    Ok(())
}

/// What is forwarded has no term of its own; all else has one.
fn term(message: &Message) -> Result<(), String> {
    let forwarded = matches!(
        message.get_msg_type(),
        MessageType::MsgPropose | MessageType::MsgReadIndex
    );
    match (forwarded, message.term) {
        (true, 0) => Ok(()),
        (true, term) => Err(format!("{:?} with a term ({term})", message.get_msg_type())),
        (false, 0) => Err(format!("{:?} without a term", message.get_msg_type())),
        (false, _) => Ok(()),
    }
}

/// Entries follow on `index` one by one, with terms that never fall and never pass the leader's.
fn append(message: &Message) -> Result<(), String> {
    // Raft takes term 0 for "no such entry" and would find it beyond the log's end.
    if message.log_term == 0 && message.index != 0 {
        return Err(format!(
            "follows on entry {} without its term",
            message.index
        ));
    }
    let mut term = message.log_term;
    for (position, entry) in message.get_entries().iter().enumerate() {
        let wanted = message.index + 1 + position as u64;
        if entry.index != wanted {
            return Err(format!(
                "entries with a gap: {} where {wanted} is due",
                entry.index
            ));
        }
        if entry.term < term || entry.term == 0 {
            return Err(format!(
                "entry {} of term {} after term {term}",
                entry.index, entry.term
            ));
        }
        term = entry.term;
    }
    if term > message.term {
        return Err(format!(
            "entries of term {term} from a leader of term {}",
            message.term
        ));
    }
    Ok(())
}

/// A heartbeat's commit is at most what the leader knows this member to have.
fn heartbeat(raft: &Raft<LogStore>, message: &Message) -> Result<(), String> {
    let last = raft.raft_log.last_index();
    // Of a stale term it is not looked at; and a log that a crash has cut short is a violation
    // of durability that raft must not commit over.
    if message.term >= raft.term && message.commit > last {
        return Err(format!(
            "heartbeat commits {}, this log ends at {last}",
            message.commit
        ));
    }
    Ok(())
}

/// What a heartbeat proves this member to have lost: a leader commits for a follower at most what
/// that has acknowledged in its term, so a log that ends before has lost entries, and with them
/// perhaps a vote. It can be neither asked nor told so in time: a new leader begins with what it
/// finds. (etcd ends its process there: "Was the raft log corrupted, truncated, or lost?")
pub(super) fn loss(raft: &Raft<LogStore>, message: &Message) -> Option<String> {
    let last = raft.raft_log.last_index();
    let is_leaders = message.get_msg_type() == MessageType::MsgHeartbeat
        && message.term >= raft.term
        && message.term <= TERM_OR_INDEX_MAX
        && message.commit <= TERM_OR_INDEX_MAX
        && message.from != raft.id
        // One that joins knows nobody yet, and of it the leader knows nothing: it commits 0.
        && (raft.prs().get(message.from).is_some() || raft.prs().iter().next().is_none());
    (is_leaders && message.commit > last).then(|| {
        format!(
            "the disk has lost entries that this member had acknowledged: its log ends at {last}, \
             and leader {:x} knows it to have {}; remove the member and add it anew",
            message.from, message.commit
        )
    })
}

/// Nobody can have what the leader does not have.
fn response(raft: &Raft<LogStore>, message: &Message) -> Result<(), String> {
    let last = raft.raft_log.last_index();
    let leads = raft.state == StateRole::Leader && message.term == raft.term;
    if leads && !message.reject && message.index > last {
        return Err(format!(
            "acknowledges {}, this log ends at {last}",
            message.index
        ));
    }
    Ok(())
}

/// How many entries a log takes before its indexes come to their limit.
pub(super) fn room(raft: &Raft<LogStore>) -> u64 {
    TERM_OR_INDEX_MAX.saturating_sub(raft.raft_log.last_index())
}

/// Why this member can never stand for election again; nothing when it can.
pub(super) fn exhausted(raft: &Raft<LogStore>) -> Option<String> {
    if raft.term >= TERM_OR_INDEX_MAX {
        return Some(format!(
            "an election beyond the last term, {TERM_OR_INDEX_MAX}"
        ));
    }
    // A leader begins its term with an entry.
    (room(raft) == 0).then(|| format!("an election beyond the last index, {TERM_OR_INDEX_MAX}"))
}

/// Checks whether raft can stand for election now.
///
/// # Errors
///
/// What it would panic on.
pub(super) fn election(raft: &Raft<LogStore>) -> Result<(), String> {
    let log = &raft.raft_log;
    if let Some(reason) = exhausted(raft) {
        return Err(reason);
    }
    // A cluster of one elects itself within the call, and raft counts on its log being durable
    // by then.
    if raft.prs().is_singleton() && log.persisted != log.last_index() {
        return Err("an election before this member's log is durable".to_owned());
    }
    // Raft looks for changes of the configuration in what is committed and not applied. Of a
    // snapshot that was handed out it has neither the entries any more, nor the word that it is
    // durable, and so applied.
    if log.unstable_snapshot().is_none() && log.applied + 1 < log.first_index() {
        return Err("an election before a snapshot is marked in the log".to_owned());
    }
    Ok(())
}

/// Raft counts on a candidate having on its disk what it asked votes with: an answer that comes
/// before the question was released is made up.
fn vote_response(raft: &Raft<LogStore>, held: &Held, message: &Message) -> Result<(), String> {
    let candidate = raft.state == StateRole::Candidate && message.term == raft.term;
    if !candidate {
        return Ok(());
    }
    let unsent = held
        .iter()
        .flat_map(|(_, messages)| messages)
        .chain(&raft.msgs)
        .any(|unsent| unsent.get_msg_type() == MessageType::MsgRequestVote);
    if unsent || raft.raft_log.persisted != raft.raft_log.last_index() {
        return Err("answers a vote that was not asked for yet".to_owned());
    }
    Ok(())
}

fn proposal(raft: &Raft<LogStore>, message: &Message) -> Result<(), String> {
    if message.get_entries().is_empty() {
        return Err("a proposal of nothing".to_owned());
    }
    let room = room(raft);
    if message.get_entries().len() as u64 > room {
        return Err(format!(
            "a proposal of {} entries, the log has room for {room} more",
            message.get_entries().len()
        ));
    }
    // Raft would parse such an entry with a library that must not see a peer's bytes.
    if message
        .get_entries()
        .iter()
        .any(|e| e.get_entry_type() != EntryType::EntryNormal)
    {
        return Err("a forwarded change of the configuration".to_owned());
    }
    Ok(())
}

fn one_entry(message: &Message) -> Result<(), String> {
    match message.get_entries().len() {
        1 => Ok(()),
        count => Err(format!("a read with {count} contexts, one is due")),
    }
}

/// A configuration has voters, each member once, and nobody in two roles.
fn snapshot(snapshot: &Snapshot) -> Result<(), String> {
    let metadata = snapshot.get_metadata();
    if metadata.index == 0 || metadata.term == 0 {
        return Err("a snapshot of nothing".to_owned());
    }
    configuration(metadata.get_conf_state())
}

/// Checks a configuration, wherever it comes from.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn configuration(state: &raft::eraftpb::ConfState) -> Result<(), String> {
    if state.get_voters().is_empty() {
        return Err("a configuration without voters".to_owned());
    }
    if !state.get_voters_outgoing().is_empty() || !state.get_learners_next().is_empty() {
        return Err("a joint configuration, which this version does not make".to_owned());
    }
    let mut ids: Vec<u64> = state
        .get_voters()
        .iter()
        .chain(state.get_learners())
        .copied()
        .collect();
    ids.order();
    if ids.first() == Some(&0) || ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("a configuration with a member twice, or with nobody".to_owned());
    }
    Ok(())
}
