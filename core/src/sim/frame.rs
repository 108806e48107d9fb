//! A picture of a world at one moment, as data: all that a page draws.
//!
//! A page computes no protocol fact; whatever it shows stands here. An event changes little, so a
//! picture shares with the one before it what both have in common.

use std::sync::Arc;

use super::action::Node;
use super::config::WorldConfig;
use super::fault::DiskCall;
use super::violation::Violation;
use crate::id::{Index, MemberId};
use crate::member::MemberView;
use crate::trace::{MessageSummary, TraceEvent};

/// A world at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The world's settings.
    pub config: Arc<WorldConfig>,
    /// Virtual time, in microseconds.
    pub now_us: u64,
    /// How many events have happened.
    pub event_count: u64,
    /// The hash of the trace so far.
    pub trace_hash: u64,
    /// The machines, `n1` first: those that the world began with, then those that were added.
    pub members: Vec<Arc<MemberFrame>>,
    /// Messages under way, in the order in which they will arrive.
    pub messages: Vec<MessageFrame>,
    /// The number of the first message that the event that just happened sent, if it sent any:
    /// messages from this one on are of that event.
    pub first_sent: u64,
    /// The operations that the event that just happened ended, by number.
    pub answered: Vec<u64>,
    /// Messages that were lost in the event that just happened, and why.
    pub lost: Vec<LostMessage>,
    /// Links that are cut, each once, the lower number first.
    pub cuts: Vec<(Node, Node)>,
    /// Directions of links that are cut: what the first sends to the second is lost.
    pub one_way_cuts: Vec<(Node, Node)>,
    /// Messages that are kept back, by number.
    pub held: Vec<MessageFrame>,
    /// The links that take another time than the others: least and most, in virtual microseconds.
    pub latencies: Vec<LatencyFrame>,
    /// Whose messages to whom are kept back; nobody for all.
    pub holds: Vec<(Option<Node>, Option<Node>)>,
    /// What clients asked, oldest first.
    pub operations: Arc<Vec<OperationFrame>>,
    /// At how many moments clients have heard something: while it stays the same, and nothing new
    /// is asked, so does [`World::verdict`](super::World::verdict).
    pub heard: u64,
    /// The event that just happened; nothing before the first.
    pub last: Option<EventFrame>,
    /// The property that was violated; the world ends with that event.
    pub violation: Option<Violation>,
}

impl Frame {
    /// A member; nothing when there is none of that number.
    pub fn member(&self, node: Node) -> Option<&MemberFrame> {
        let mut members = self.members.iter().map(AsRef::as_ref);
        members.find(|member: &&MemberFrame| member.node == node)
    }

    /// What can be seen of a member; nothing when it is down, or there is none.
    pub fn view(&self, node: Node) -> Option<&MemberView> {
        self.member(node)?.view.as_ref()
    }
}

/// One member in a [`Frame`].
#[derive(Clone, Debug, PartialEq)]
pub struct MemberFrame {
    /// Its number.
    pub node: Node,
    /// Its id.
    pub id: MemberId,
    /// How it stands to the cluster.
    pub standing: Standing,
    /// What can be seen of it; nothing while it is down.
    pub view: Option<MemberView>,
    /// Why it is down, if it stopped by itself.
    pub failure: Option<String>,
    /// Up to which index the log is written to files, synced or not; at least `view.synced`.
    pub written: Index,
    /// Its files.
    pub files: Vec<FileFrame>,
    /// Whether its process stands still.
    pub is_paused: bool,
    /// How much waits for a process that stands still.
    pub waiting_inputs: u64,
    /// How fast its clock runs; 1,000 is true.
    pub clock_per_mille: u32,
    /// What is unusual about its disk.
    pub disk: DiskFrame,
}

/// How a machine stands to the cluster, as whoever has applied most knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A member with a vote.
    Voter,
    /// A member without one.
    Learner,
    /// It was a member, and will never be one again.
    Removed,
    /// It was not added, or not yet.
    Stranger,
}

/// What is unusual about a member's disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskFrame {
    /// How much longer it takes for a batch, in virtual microseconds.
    pub extra_us: u64,
    /// Whether it holds its answers back.
    pub is_stalled: bool,
    /// Whether it is full.
    pub is_full: bool,
    /// What will fail next.
    pub fails_next: Option<DiskCall>,
    /// Whether it was damaged, emptied or set back: it may lack what was durable.
    pub is_damaged: bool,
    /// Whether a copy of it was put aside.
    pub is_saved: bool,
}

/// One file on a member's disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFrame {
    /// Path in the data directory.
    pub path: String,
    /// Length, in bytes.
    pub length_bytes: u64,
    /// How much of it is durable, in bytes.
    pub durable_bytes: u64,
}

/// One message under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFrame {
    /// Its number; never used twice in a world.
    pub id: u64,
    /// Who sent it.
    pub from: Node,
    /// To whom.
    pub to: Node,
    /// When it was sent, in virtual microseconds.
    pub sent_at_us: u64,
    /// When it will arrive.
    pub arrives_at_us: u64,
    /// What is in it.
    pub summary: MessageSummary,
}

/// A link whose messages take another time than those of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencyFrame {
    /// Its ends, the lower number first.
    pub link: (Node, Node),
    /// The least time, in virtual microseconds.
    pub min_us: u64,
    /// The most.
    pub max_us: u64,
}

/// A message that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostMessage {
    /// The message.
    pub message: MessageFrame,
    /// Why.
    pub reason: LossReason,
}

/// Why a message did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossReason {
    /// The link is cut.
    Cut,
    /// By chance.
    Chance,
    /// The receiver is down, or has started again since.
    Down,
    /// There is no connection yet.
    NotConnected,
    /// Somebody dropped it.
    Dropped,
}

/// What a client asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationFrame {
    /// Its number, from 1.
    pub number: u64,
    /// Whom it asked.
    pub node: Node,
    /// What it asked: `put x=1`, `get x`.
    pub text: String,
    /// When, in virtual microseconds.
    pub asked_at_us: u64,
    /// When it was answered; nothing while it waits.
    pub answered_at_us: Option<u64>,
    /// What came of it.
    pub outcome: OperationOutcome,
}

/// What came of a client's operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationOutcome {
    /// No answer yet.
    Waiting,
    /// Carried out; what a client would print (`OK`, `x = 1`, `1 deleted`).
    Done(String),
    /// Refused, with etcd's text. It has not happened.
    Failed(String),
    /// No answer will come: it may or may not have happened.
    Unknown(String),
}

/// An event that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct EventFrame {
    /// What it was.
    pub cause: EventCause,
    /// What the members traced while it was handled.
    pub trace: Vec<TraceEvent>,
}

/// What made an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventCause {
    /// The members started.
    Started,
    /// A member's clock ticked.
    Ticked(Node),
    /// A message arrived.
    Delivered(MessageFrame),
    /// A message did not arrive.
    Lost(MessageFrame, LossReason),
    /// A member's disk wrote a batch's bytes; they are not durable yet.
    Wrote(Node),
    /// A member's disk synced a batch: it is durable now.
    Synced(Node),
    /// A connection between two members came up.
    Connected(Node, Node),
    /// The first noticed that its connection to the second is gone.
    Disconnected(Node, Node),
    /// Somebody did something.
    Acted(super::action::Action),
    /// Something an action asked for was not possible; says why.
    Refused(super::action::Action, String),
}
