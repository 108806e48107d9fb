//! `snapshot`: looks into a snapshot, and founds a cluster on one.

mod dump;
mod restore;
mod status;

use clap::{Args, Subcommand};

use crate::ctl::failure::Failure;
use crate::ctl::print::Printer;

/// Manages snapshots
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(super) struct Snapshot {
    #[command(subcommand)]
    command: SnapshotCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum SnapshotCommand {
    Restore(restore::Restore),
    Status(status::Status),
    Dump(dump::Dump),
}

impl Snapshot {
    /// Runs the command.
    pub(super) fn run(self, printer: &Printer) -> Result<(), Failure> {
        match self.command {
            SnapshotCommand::Restore(command) => command.run(),
            SnapshotCommand::Status(command) => command.run(printer),
            SnapshotCommand::Dump(command) => command.run(printer),
        }
    }
}
