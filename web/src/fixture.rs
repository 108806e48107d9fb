//! Frames made by hand, for the tests of what is drawn from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use quorate_core::id::{Index, MemberId, Revision, Term};
use quorate_core::member::{EntryView, MemberView, ProgressState, ProgressView, Role};
use quorate_core::sim::{
    DiskFrame, EventCause, EventFrame, FileFrame, Frame, MemberFrame, MessageFrame, Node, Standing,
    WorldConfig,
};
use quorate_core::trace::{MessageKind, MessageSummary};

/// The id of a member of these frames.
pub(crate) fn id(node: u32) -> MemberId {
    MemberId(0xa0 + u64::from(node))
}

/// A quiet cluster: `n1` leads in term 2 and knows index 3 to be committed, the others index 2.
pub(crate) fn frame(members: u32) -> Frame {
    Frame {
        config: Arc::new(WorldConfig {
            members,
            ..WorldConfig::default()
        }),
        now_us: 1_000_000,
        event_count: 100,
        trace_hash: 0xfeed,
        members: (1..=members)
            .map(|node| Arc::new(quiet_member(node, members)))
            .collect(),
        messages: Vec::new(),
        first_sent: 1,
        answered: Vec::new(),
        lost: Vec::new(),
        cuts: Vec::new(),
        one_way_cuts: Vec::new(),
        held: Vec::new(),
        latencies: Vec::new(),
        holds: Vec::new(),
        operations: Arc::default(),
        heard: 0,
        last: Some(EventFrame {
            cause: EventCause::Ticked(Node(1)),
            trace: Vec::new(),
        }),
        violation: None,
    }
}

/// A member of a frame by its place, to be changed.
pub(crate) fn member(frame: &mut Frame, at: usize) -> &mut MemberFrame {
    Arc::make_mut(&mut frame.members[at])
}

/// The view of a member that is up, by its place, to be changed.
pub(crate) fn view(frame: &mut Frame, at: usize) -> &mut MemberView {
    member(frame, at).view.as_mut().expect("it is up")
}

/// A message of term 2, sent at the moment of the frame and under way for 10 ms.
pub(crate) fn message(id: u64, from: u32, to: u32, kind: MessageKind) -> MessageFrame {
    MessageFrame {
        id,
        from: Node(from),
        to: Node(to),
        sent_at_us: 1_000_000,
        arrives_at_us: 1_010_000,
        summary: MessageSummary {
            kind,
            term: Term(2),
            index: Index(3),
            log_term: Term(2),
            entries: 1,
            commit: Index(2),
            reject: false,
        },
    }
}

/// Gives every member so many entries.
pub(crate) fn fill_logs(frame: &mut Frame, entries: u64) {
    for member in &mut frame.members {
        if let Some(view) = &mut Arc::make_mut(member).view {
            view.log = (1..=entries).map(entry).collect();
        }
    }
}

fn quiet_member(node: u32, members: u32) -> MemberFrame {
    let leads = node == 1;
    let commit = if leads { Index(3) } else { Index(2) };
    let view = MemberView {
        id: id(node),
        role: if leads { Role::Leader } else { Role::Follower },
        term: Term(2),
        vote: id(1),
        leader: id(1),
        election_elapsed_ticks: 3,
        election_timeout_ticks: 10 + node,
        heartbeat_elapsed_ticks: 0,
        heartbeat_timeout_ticks: 1,
        local: Vec::new(),
        votes: BTreeMap::new(),
        voters: (1..=members).map(id).collect(),
        learners: Vec::new(),
        members: Vec::new(),
        removed: Vec::new(),
        is_leaving: false,
        progress: if leads {
            (1..=members).map(progress).collect()
        } else {
            Vec::new()
        },
        quorum_index: if leads { Index(4) } else { Index(0) },
        log: (1..=4).map(entry).collect(),
        log_offset: Index(0),
        synced: Index(4),
        handed: Index(4),
        batch: None,
        commit,
        applied: commit,
        snapshot: None,
        revision: Revision(2),
        compact_revision: Revision(-1),
        keys: Vec::new(),
        watches: Vec::new(),
        leases: Vec::new(),
        alarms: Vec::new(),
        size_bytes: 0,
        size_in_use_bytes: 0,
        stopped: false,
    };
    MemberFrame {
        node: Node(node),
        id: id(node),
        standing: Standing::Voter,
        view: Some(view),
        failure: None,
        written: Index(4),
        files: vec![FileFrame {
            path: "member/wal/0.wal".to_owned(),
            length_bytes: 400,
            durable_bytes: 300,
        }],
        is_paused: false,
        waiting_inputs: 0,
        clock_per_mille: 1_000,
        disk: DiskFrame::default(),
    }
}

fn progress(node: u32) -> ProgressView {
    ProgressView {
        member: id(node),
        state: ProgressState::Replicate,
        matched: Index(4),
        next: Index(5),
        in_flight: 0,
        recently_active: true,
    }
}

fn entry(index: u64) -> EntryView {
    EntryView {
        index: Index(index),
        term: Term(2),
        text: format!("put x={index}"),
    }
}
