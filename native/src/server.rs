//! One server: a member with its disk, its peers and its clients, from start to stop.

mod advice;
mod bootstrap;
mod image;
pub(crate) mod memory;
mod notify;
mod serving;
mod signal;
mod start;
mod start_line;
mod stop;

use std::io;
use std::time::Duration;

use quorate_core::command::{Command, Reply};
use quorate_core::id::MemberId;
use quorate_core::member::{REMOVED, StartError};
use serde_json::json;
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::sleep;

pub(crate) use signal::StopSignal;

use crate::client::ClientServer;
use crate::disk::{DirectoryError, Disk};
use crate::flags::Endpoint;
use crate::http_api::Context;
use crate::listen::{self, Listener, Room};
use crate::log::Logger;
use crate::member_thread::MemberHandle;
use crate::peer::RunningPeers;
use crate::settings::Settings;
use crate::threads::Panics;
use bootstrap::BootstrapError;
use signal::Signals;

/// The pause before a member that is not ready is asked again.
const READY_PAUSE: Duration = Duration::from_millis(20);

/// Why a server ended that should not have.
#[derive(Debug, Error)]
pub(crate) enum ServerError {
    /// The data directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A file, a socket or a thread.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        error: io::Error,
    },
    /// The cluster cannot be founded, or joined.
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    /// The member refused what is on its disk.
    #[error("cannot start the member: {0}")]
    Start(#[from] StartError),
    /// The member stopped by itself.
    #[error("{0}")]
    Failed(String),
}

/// How a server ends that ends as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It was told to.
    Signal(StopSignal),
    /// It is no member of its cluster any more.
    Removed,
}

/// What ends a server that runs.
enum Cause {
    Signal(StopSignal),
    /// The member has stopped by itself.
    Stopped(Option<String>),
    /// The others say that it must not go on.
    Refused(String),
    /// A thread that it cannot be without is gone.
    Panicked(String),
}

/// A member that runs, and what it runs on.
struct Running {
    member: MemberHandle,
    stopped: oneshot::Receiver<Option<String>>,
    panics: Panics,
    disk: Disk,
    peers: RunningPeers,
    context: Context,
    clients: ClientServer,
}

/// The sockets that are listened on.
struct Listeners {
    peer: Vec<Listener>,
    client: Vec<Listener>,
    client_http: Vec<Listener>,
    metrics: Vec<Listener>,
}

impl Listeners {
    async fn bind(settings: &Settings) -> Result<Self, ServerError> {
        let bind = async |endpoints: &[Endpoint], what| {
            let options = listen::Options {
                reuse_port: settings.reuse_port,
            };
            listen::bind(endpoints, options).await.map_err(failed(what))
        };
        Ok(Self {
            peer: bind(&settings.listen_peer, "cannot listen for peers").await?,
            client: bind(&settings.listen_client, "cannot listen for clients").await?,
            client_http: bind(&settings.listen_client_http, "cannot listen for clients").await?,
            metrics: bind(&settings.listen_metrics, "cannot listen for metrics").await?,
        })
    }
}

/// Runs a server until it is told to stop, is removed, or fails.
pub(crate) async fn run(
    settings: &Settings,
    room: Room,
    logger: &Logger,
) -> Result<End, ServerError> {
    if settings.locks_memory {
        memory::lock().map_err(failed("cannot lock the memory (--memory-mlock)"))?;
    }
    let mut signals = Signals::new().map_err(failed("cannot listen to signals"))?;
    let started = tokio::select! {
        started = start::start(settings, room, logger) => started?,
        // A large log is read for long, and whoever joins may wait long for the others' answers.
        signal = signals.next() => {
            told_to_stop(signal, logger);
            return Ok(End::Signal(signal));
        }
    };
    let (mut running, listeners) = (started.running, started.listeners);
    // Nobody else may use it before the end.
    let _directory = started.directory;
    let own = started.own;
    let cause = match until_ready(&mut running, own, &mut signals).await {
        Some(cause) => cause,
        None => {
            serving::serve_clients(&mut running, settings, listeners, logger);
            notify::ready(logger);
            ended(&mut running, &mut signals).await
        }
    };
    match cause {
        Cause::Signal(signal) => {
            told_to_stop(signal, logger);
            signals.exit_at_the_next();
            stop::stop(running, settings, logger).await?;
            Ok(End::Signal(signal))
        }
        Cause::Stopped(Some(failure)) if failure == REMOVED => {
            logger.warn(
                "data-dir used by this member must be removed",
                &[("data-dir", json!(settings.data_dir))],
            );
            let whole = start_line::identity_fields(settings);
            logger.info("closing etcd server", &whole);
            stop::let_go(running).await;
            logger.info("closed etcd server", &whole);
            Ok(End::Removed)
        }
        Cause::Stopped(failure) => Err(gone(failure)),
        Cause::Refused(why) => {
            // Nobody may hear a promise of it any more.
            running.peers.cut_off();
            stop::stop(running, settings, logger).await?;
            Err(ServerError::Failed(why))
        }
        // Without a clock or a disk there is no clean stop to wait for.
        Cause::Panicked(thread) => Err(ServerError::Failed(format!(
            "the thread \"{thread}\" panicked"
        ))),
    }
}

fn told_to_stop(signal: StopSignal, logger: &Logger) {
    logger.info(
        "received signal; shutting down",
        &[("signal", json!(signal.name()))],
    );
}

/// Waits until a server that runs is to end.
async fn ended(running: &mut Running, signals: &mut Signals) -> Cause {
    tokio::select! {
        signal = signals.next() => Cause::Signal(signal),
        failure = &mut running.stopped => Cause::Stopped(failure.ok().flatten()),
        why = running.peers.failure() => Cause::Refused(why),
        thread = running.panics.next() => Cause::Panicked(thread),
    }
}

/// Waits until the cluster has a leader that knows this member by name, as etcd does before it
/// says that it is ready. Something else may come first.
async fn until_ready(running: &mut Running, own: MemberId, signals: &mut Signals) -> Option<Cause> {
    let member = running.member.clone();
    tokio::select! {
        cause = ended(running, signals) => Some(cause),
        () = is_known(&member, own) => None,
    }
}

/// Asks this member alone until it has a leader, and only then the cluster: a linearizable read
/// that finds no leader waits longer than an election takes. A learner may ask nobody else.
async fn is_known(member: &MemberHandle, own: MemberId) {
    loop {
        let asked = Command::MemberList(!member.standing().is_learner);
        if has_leader(member).await
            && let Ok(Reply::MemberList(list)) = member.ask(asked).await.1
            && list
                .members
                .iter()
                .any(|member| member.id == own && !member.name.is_empty())
        {
            return;
        }
        sleep(READY_PAUSE).await;
    }
}

async fn has_leader(member: &MemberHandle) -> bool {
    let (_, result) = member.ask(Command::Status).await;
    matches!(result, Ok(Reply::Status(status)) if status.leader.is_some())
}

fn gone(failure: Option<String>) -> ServerError {
    ServerError::Failed(failure.unwrap_or_else(|| "the member's thread ended".to_owned()))
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> ServerError {
    move |error| ServerError::Io { what, error }
}
