//! `quoratectl`: etcdctl's commands, with etcdctl 3.6's flags, outputs and exit codes.
//!
//! One command, one file: its flags, what it asks the server, how its answer looks.

mod alarm;
mod auth;
mod check;
pub(crate) mod client;
mod compaction;
pub(crate) mod completion;
mod context;
mod defrag;
mod del;
mod downgrade;
mod elect;
mod endpoint;
pub(crate) mod failure;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
pub(crate) mod get;
mod lease;
mod lock;
mod make_mirror;
mod member;
mod move_leader;
pub(crate) mod print;
mod put;
pub(crate) mod range;
mod role;
mod session;
mod settings;
mod snapshot;
mod txn;
mod user;
mod version;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::context::Context;
use self::failure::{Exit, Failure};
use self::settings::Settings;
use crate::cobra;

/// A command line client for Quorate and etcd
#[derive(Debug, Parser)]
#[command(
    name = "quoratectl",
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Flags may come from the environment, too: ETCDCTL_ENDPOINTS stands for \
                  --endpoints.\nCommands may be shortened as long as they are not ambiguous."
)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Get(get::Get),
    Put(put::Put),
    Del(del::Del),
    Txn(txn::TxnCommand),
    Compaction(compaction::Compaction),
    Alarm(alarm::Alarm),
    Defrag(defrag::Defrag),
    Endpoint(endpoint::Endpoint),
    MoveLeader(move_leader::MoveLeader),
    Watch(watch::WatchCommand),
    Version(version::Version),
    Lease(lease::Lease),
    Member(member::Member),
    Snapshot(snapshot::Snapshot),
    MakeMirror(make_mirror::MakeMirror),
    Lock(lock::Lock),
    Elect(elect::Elect),
    Auth(auth::Auth),
    User(user::User),
    Role(role::Role),
    Check(check::Check),
    Completion(completion::Completion),
    Downgrade(downgrade::Downgrade),
}

/// Runs it with the arguments behind the program's name.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let arguments: Arguments = match cobra::parse(arguments, Some("ETCDCTL")) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    Failure::exit_code(execute(arguments))
}

fn execute(arguments: Arguments) -> Result<(), Failure> {
    if std::env::var_os("ETCDCTL_API").is_some_and(|version| version == "2") {
        let text = "the v2 API is not offered: unset ETCDCTL_API, or set it to 3";
        return Err(Failure::new(Exit::BadFeature, text));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Error, error))?;
    let Arguments { settings, command } = arguments;
    match command {
        // These ask no server.
        Command::Version(command) => return command.run(),
        Command::Completion(command) => return command.run::<Arguments>(),
        _ => {}
    }
    let context = Context::new(settings)?;
    let result = runtime.block_on(dispatch(command, &context));
    // A thread that reads standard input would be waited for.
    runtime.shutdown_background();
    result
}

async fn dispatch(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::Get(command) => command.run(context).await,
        Command::Put(command) => command.run(context).await,
        Command::Del(command) => command.run(context).await,
        Command::Txn(command) => command.run(context).await,
        Command::Compaction(command) => command.run(context).await,
        Command::Alarm(command) => command.run(context).await,
        Command::Defrag(command) => command.run(context).await,
        Command::Endpoint(command) => command.run(context).await,
        Command::MoveLeader(command) => command.run(context).await,
        Command::Watch(command) => command.run(context).await,
        Command::Lease(command) => command.run(context).await,
        Command::Member(command) => command.run(context).await,
        Command::Snapshot(command) => command.run(context).await,
        Command::MakeMirror(command) => command.run(context).await,
        Command::Lock(command) => command.run(context).await,
        Command::Elect(command) => command.run(context).await,
        Command::Auth(command) => command.run(context).await,
        Command::User(command) => command.run(context).await,
        Command::Role(command) => command.run(context).await,
        Command::Check(command) => command.run(context).await,
        Command::Downgrade(command) => command.run(context).await,
        Command::Version(_) | Command::Completion(_) => Ok(()),
    }
}
