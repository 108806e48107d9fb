//! A world of members, a virtual clock, a network, disks, clients and faults, from one seed.

mod action;
mod config;
mod frame;

pub use action::{Action, Node};
pub use config::WorldConfig;
pub use frame::{
    EventCause, EventFrame, FileFrame, Frame, LossReason, LostMessage, MemberFrame, MessageFrame,
    OperationFrame, OperationOutcome,
};
