//! A world of members, a virtual clock, a network, disks, clients and faults, from one seed.
//!
//! # Why a world
//!
//! A cluster fails in ways that no test of one member shows: a vote is on its way while its
//! sender crashes, a link heals just as a leader gives up, a disk has written what it has not
//! synced. On real machines such a moment comes once a month and never when somebody looks. Here
//! the machines, the network and time itself are data, so any moment can be made, looked at from
//! all sides, and had again.
//!
//! The members in it are the very ones the native server runs ([`crate::Input`],
//! [`crate::Output`]): nothing is modelled twice, and what breaks here would break there.
//!
//! # Discrete events
//!
//! Nothing happens between two events, so the clock jumps from one to the next ([`World::step`]).
//! A queue holds what will happen, by virtual time; what falls on the same microsecond happens
//! in the order in which it was queued. Handling one event hands one input to one member and
//! queues what follows from its outputs:
//!
//! ```text
//!   queue: (time, sequence) -> event          outputs of the member
//!   120300  n1's clock ticks  ------------->  Send   -> a message arrives 8 to 24 ms later
//!   128411  a message reaches n2              Disk   -> a batch is written, then synced
//!   134002  n3's disk has synced              Reply  -> a client's operation ends
//!   ...                                       Trace  -> lines, and the trace's hash
//! ```
//!
//! Members' clocks run at one rate but not in step: each begins at a phase of its own.
//!
//! # Seeds, and why a replay works
//!
//! All chance (latency, loss, clock phases, what a crash leaves) comes from generators that the
//! seed determines, one per concern, so that a draw more for the network does not change what a
//! crash leaves. Members have none of their own; nothing iterates in the order of a hash or an
//! address; nothing reads a clock. So a world is a function of its settings and of the actions
//! taken in it, each at its place in the count of events: a [`History`]. The same history gives
//! the same [`Frame`] at every event, the same lines and the same hash ([`World::trace_hash`]),
//! today and tomorrow, natively and in wasm.
//!
//! A [`Timeline`] rests on that. It does not undo anything: going back is going again from an
//! earlier place, and acting in the past begins another branch.
//!
//! # What a crash leaves
//!
//! A process that is killed loses its memory; a machine that loses power loses what its disk had
//! not made durable, too. [`Action::Crash`] is the second, which contains the first. The disk
//! keeps what was synced, and of the rest what chance leaves: an arbitrary beginning of what was
//! appended, its last 512-byte sector perhaps garbage or zeros; any of the creations, renames
//! and removals in a directory that was not synced; any number of the operations of the batch
//! that was under way, in their order. That is as much as `crate::disk` allows and more than a
//! real file system does on a bad day: a member that survives here owes nothing to luck.
//! [`Action::Stop`] ends a process in order, so all that was written stays.
//!
//! # The network
//!
//! Two running members with a whole link connect after a moment, and both hear of it. Messages
//! take a drawn time each, in order or overtaking one another ([`WorldConfig::in_order`]); some
//! are lost by chance. A message outlives its sender: what a crashed member had sent still
//! arrives. It does not outlive its link or its receiver: a cut, or a crash of the receiver, ends
//! what is under way, as a broken connection does, and whoever still runs notices a little later.
//!
//! # Checks
//!
//! After every event the properties in `check` are looked at, one a file, each with its place in
//! the paper. A [`Violation`] is data, carries what is needed to have it again, and ends the
//! world. [`fault_plan`] makes histories that try to bring one about: first anything may break,
//! then all is made whole and the cluster must go on.
//!
//! What clients saw is looked at as a whole when a run ends ([`World::audit`]): `crate::audit`
//! finds an order of all their operations, and holds what watches and leases are promised against
//! it. What it finds is a violation like any other, at the event at which it could first be told.
//!
//! # What is left out
//!
//! A disk that loses what it had synced without a word (beyond what `Fault` does to a member that
//! is down), and a second copy of a forwarded proposal (streams do not deliver twice).

mod action;
mod check;
mod clients;
mod condition;
mod config;
mod disk;
mod disk_view;
mod fault;
mod frame;
mod futures;
mod halt;
mod history;
mod host;
mod lines;
mod machine;
mod network;
mod operation;
mod plan;
mod queue;
mod records;
mod rehearsal;
mod revision_choice;
mod roster;
mod scenario;
mod script;
mod simulation;
mod storm;
mod timeline;
mod violation;
mod world;

pub use action::{Action, Node};
pub use config::WorldConfig;
pub use disk_view::{DiskView, RecordView, SegmentView, SnapshotContents, SnapshotView};
pub use fault::{DamagedFile, DiskCall, Fault, Keeps};
pub use frame::{
    DiskFrame, EventCause, EventFrame, FileFrame, Frame, LatencyFrame, LossReason, LostMessage,
    MemberFrame, MessageFrame, OperationFrame, OperationOutcome, Standing,
};
pub use futures::Futures;
pub use halt::{Halt, WorldError};
pub use history::{History, PlannedAction};
pub use operation::{Operation, TxnCompare, TxnRelation, TxnSide, TxnStep};
pub use plan::fault_plan;
pub use revision_choice::RevisionChoice;
pub use scenario::{Expectation, Outcome, Report, Scenario, ScenarioError};
pub use simulation::{Simulation, Temper, simulation};
pub use timeline::{Branch, Timeline};
pub use violation::Violation;
pub use world::World;
