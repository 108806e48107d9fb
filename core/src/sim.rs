//! A world of members, a virtual clock, a network, disks, clients and faults, from one seed.

mod action;
mod check;
mod clients;
mod config;
mod disk;
mod frame;
mod halt;
mod history;
mod host;
mod lines;
mod machine;
mod network;
mod plan;
mod queue;
mod timeline;
mod violation;
mod world;

pub use action::{Action, Node};
pub use config::WorldConfig;
pub use frame::{
    EventCause, EventFrame, FileFrame, Frame, LossReason, LostMessage, MemberFrame, MessageFrame,
    OperationFrame, OperationOutcome,
};
pub use halt::{Halt, WorldError};
pub use history::{History, PlannedAction};
pub use plan::fault_plan;
pub use timeline::{Branch, Timeline};
pub use violation::Violation;
pub use world::World;
