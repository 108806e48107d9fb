//! `quorate-benchmark`: etcd's `tools/benchmark`, for any server that speaks etcd's protocol.
//!
//! Commands, flags and the summary are those of etcd's tool, so that figures can be laid side by
//! side; `--json` gives the same as one line for a program. A load is so many clients, each with
//! one request under way, over so many connections; a run is bounded by its count of requests.
//! Ctrl-C ends it early, and what was measured until then is printed.

mod connections;
mod keys;
mod lease_keepalive;
mod load;
mod put;
mod range;
mod report;
mod settings;
mod stm;
mod txn_mixed;
mod txn_put;
mod watch;
mod watch_get;
mod watch_latency;
mod watch_stream;
mod writes;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::load::Bench;
use self::settings::Settings;
use crate::cobra;
use crate::ctl::failure::{Exit, Failure};

/// A low-level benchmark tool for Quorate and etcd
#[derive(Debug, Parser)]
#[command(
    name = "quorate-benchmark",
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Put(put::Put),
    Range(range::Range),
    TxnPut(txn_put::TxnPut),
    TxnMixed(txn_mixed::TxnMixed),
    Stm(stm::Stm),
    Watch(watch::Watch),
    WatchGet(watch_get::WatchGet),
    WatchLatency(watch_latency::WatchLatency),
    LeaseKeepalive(lease_keepalive::LeaseKeepalive),
}

/// Runs it with the arguments behind the program's name.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let arguments: Arguments = match cobra::parse(arguments, None) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    Failure::exit_code(execute(arguments))
}

fn execute(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { settings, command } = arguments;
    settings.check()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Error, error))?;
    let result = runtime.block_on(async {
        let bench = Bench::new(settings).await?;
        dispatch(command, &bench).await?;
        bench.end()
    });
    runtime.shutdown_background();
    result
}

async fn dispatch(command: Command, bench: &Bench) -> Result<(), Failure> {
    match command {
        Command::Put(command) => command.run(bench).await,
        Command::Range(command) => command.run(bench).await,
        Command::TxnPut(command) => command.run(bench).await,
        Command::TxnMixed(command) => command.run(bench).await,
        Command::Stm(command) => command.run(bench).await,
        Command::Watch(command) => command.run(bench).await,
        Command::WatchGet(command) => command.run(bench).await,
        Command::WatchLatency(command) => command.run(bench).await,
        Command::LeaseKeepalive(command) => command.run(bench).await,
    }
}
