//! The member: joins consensus, log, snapshots and store behind one state machine.

mod config;
mod view;

pub use config::MemberConfig;
pub use view::{EntryView, MemberView, ProgressState, ProgressView, Role};
