//! `quorateutl`: what is done with a member's files while no member runs on them.
//!
//! One command, one file. Every byte is read and made by the core (`quorate_core::offline`).

mod defrag;
mod file;
mod hash_kv;
mod snapshot;
mod version;
mod wal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cobra;
use crate::ctl::completion::Completion;
use crate::ctl::failure::Failure;
use crate::ctl::print::Printer;

/// An administrative command line tool for Quorate's files
#[derive(Debug, Parser)]
#[command(
    name = "quorateutl",
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Commands may be shortened as long as they are not ambiguous."
)]
struct Arguments {
    /// Set the output format (fields, json, protobuf, simple, table)
    #[arg(short = 'w', long, global = true, default_value = "simple")]
    write_out: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Defrag(defrag::Defrag),
    Snapshot(snapshot::Snapshot),
    Hashkv(hash_kv::HashKv),
    Wal(wal::Wal),
    Version(version::Version),
    Completion(Completion),
}

/// Runs it with the arguments behind the program's name.
pub fn run(arguments: &[OsString]) -> ExitCode {
    match cobra::parse(arguments, None) {
        Ok(arguments) => Failure::exit_code(execute(arguments)),
        Err(code) => code,
    }
}

fn execute(arguments: Arguments) -> Result<(), Failure> {
    let printer = Printer::new(&arguments.write_out, false)?;
    match arguments.command {
        Command::Defrag(command) => command.run(),
        Command::Snapshot(command) => command.run(&printer),
        Command::Hashkv(command) => command.run(&printer),
        Command::Wal(command) => command.run(&printer),
        Command::Version(command) => command.run(),
        Command::Completion(command) => command.run::<Arguments>(),
    }
}
