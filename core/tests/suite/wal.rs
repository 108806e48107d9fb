//! The write-ahead log and the snapshot files: what crashes, damage and hostile bytes do to them.

mod behaviour;
mod crash;
mod damage;
pub(crate) mod disk_model;
mod golden;
mod log_model;
mod snapshot_file;
