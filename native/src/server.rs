//! One server: a member with its disk, its peers and its clients, from start to stop.

mod bootstrap;
mod signal;
mod start_line;

use std::io;
use std::time::Duration;

use quorate_core::Input;
use quorate_core::command::{Command, Reply};
use quorate_core::id::MemberId;
use quorate_core::member::StartError;
use serde_json::json;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub(crate) use signal::StopSignal;

use crate::client::{ClientApi, ClientServer};
use crate::disk::{DataDirectory, DirectoryError, Disk, load_image};
use crate::grpc::{Api, Services};
use crate::http_api::HttpApi;
use crate::listen;
use crate::log::Logger;
use crate::member_thread::{self, Hosts, MemberHandle};
use crate::peer::Peers;
use crate::settings::Settings;
use bootstrap::Bootstrap;
use signal::Signals;

/// The pause before a member that is not ready is asked again.
const READY_PAUSE: Duration = Duration::from_millis(20);
/// What a stop may take beyond the time the core gives a leadership transfer.
const STOP_SLACK: Duration = Duration::from_secs(2);
/// etcd's time for any request, before the election timeouts are added.
const REQUEST_TIMEOUT_BASE: Duration = Duration::from_secs(5);

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
    /// Members cannot be added yet, so there is nothing to join.
    #[error(
        "--initial-cluster-state is 'existing' but \"{0}\" holds no member: joining a running \
         cluster is not supported yet by quorate {version}",
        version = crate::version::QUORATE
    )]
    NothingToJoin(String),
    /// The member refused what is on its disk.
    #[error("cannot start the member: {0}")]
    Start(#[from] StartError),
    /// The member stopped by itself.
    #[error("{0}")]
    Failed(String),
}

/// A member that runs, and what it runs on.
struct Running {
    member: MemberHandle,
    stopped: oneshot::Receiver<Option<String>>,
    disk: Disk,
    peers: JoinSet<()>,
    clients: Option<ClientServer>,
}

/// Runs a server until it is told to stop, or fails.
pub(crate) async fn run(settings: &Settings, logger: &Logger) -> Result<StopSignal, ServerError> {
    let mut signals = Signals::new().map_err(failed("cannot listen to signals"))?;
    let directory = DataDirectory::open(&settings.data_dir)?;
    start_line::write(settings, directory.has_member(), logger);
    if !settings.is_new_cluster && !directory.has_member() {
        return Err(ServerError::NothingToJoin(
            settings.data_dir.display().to_string(),
        ));
    }
    let peer_listeners = listen::bind(&settings.listen_peer)
        .await
        .map_err(failed("cannot listen for peers"))?;
    let client_listeners = listen::bind(&settings.listen_client)
        .await
        .map_err(failed("cannot listen for clients"))?;
    let bootstrap = Bootstrap::new(settings);
    let own = bootstrap.identity.id;
    let mut running = start(settings, logger, &directory, bootstrap, peer_listeners)?;
    let signal = match until_ready(&mut running, own, &mut signals).await? {
        Some(signal) => signal,
        None => {
            let clients = serve_clients(settings, client_listeners, &running.member, logger);
            running.clients = Some(clients);
            tokio::select! {
                signal = signals.next() => signal,
                failure = &mut running.stopped => return Err(gone(failure.ok().flatten())),
            }
        }
    };
    logger.info(
        "received signal; shutting down",
        &[("signal", json!(signal.name()))],
    );
    signals.exit_at_the_next();
    stop(running, settings, logger).await?;
    Ok(signal)
}

fn start(
    settings: &Settings,
    logger: &Logger,
    directory: &DataDirectory,
    bootstrap: Bootstrap,
    peer_listeners: Vec<TcpListener>,
) -> Result<Running, ServerError> {
    let image = load_image(directory.path()).map_err(failed("cannot read the data directory"))?;
    let (member, inbox) = member_thread::channel();
    let peers = Peers::new(bootstrap.peers);
    let (disk, disk_sender) = Disk::start(directory.path(), &member)
        .map_err(failed("cannot start the disk's threads"))?;
    let machine = member_thread::start_member(bootstrap.config, &image)?;
    drop(image);
    let (stopped_sender, stopped) = oneshot::channel();
    let hosts = Hosts {
        peers: peers.sender(),
        disk: disk_sender,
        logger: logger.clone(),
        stopped: stopped_sender,
    };
    member_thread::spawn(machine, inbox, hosts).map_err(failed("cannot start the member"))?;
    let tick = Duration::from_millis(settings.heartbeat_ms.into());
    member_thread::spawn_clock(tick, member.clone()).map_err(failed("cannot start the clock"))?;
    if settings.initial_election_tick_advance {
        logger.info(
            "starting initial election tick advance",
            &[("election-ticks", json!(settings.election_ticks()))],
        );
    }
    let peers = peers.start(bootstrap.identity, peer_listeners, &member, logger);
    Ok(Running {
        member,
        stopped,
        disk,
        peers,
        clients: None,
    })
}

/// Waits until the cluster has a leader that knows this member by name, as etcd does before it
/// says that it is ready. A signal may come first.
async fn until_ready(
    running: &mut Running,
    own: MemberId,
    signals: &mut Signals,
) -> Result<Option<StopSignal>, ServerError> {
    tokio::select! {
        signal = signals.next() => Ok(Some(signal)),
        failure = &mut running.stopped => Err(gone(failure.ok().flatten())),
        () = is_known(&running.member, own) => Ok(None),
    }
}

/// Asks this member alone until it has a leader, and only then the cluster: a linearizable read
/// that finds no leader waits longer than an election takes.
async fn is_known(member: &MemberHandle, own: MemberId) {
    loop {
        if has_leader(member).await
            && let Ok(Reply::MemberList(list)) = member.ask(Command::MemberList(true)).await.1
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

fn serve_clients(
    settings: &Settings,
    listeners: Vec<TcpListener>,
    member: &MemberHandle,
    logger: &Logger,
) -> ClientServer {
    if settings.enable_pprof {
        logger.warn(
            "--enable-pprof has no effect: there are no Go profiles to serve",
            &[("path", json!("/debug/pprof/"))],
        );
    }
    let api = ClientApi {
        grpc: Services::new(&Api::new(member.clone(), settings)),
        http: HttpApi::new(member.clone(), settings.playground_dir.clone()),
        concurrent_streams_max: settings.concurrent_streams_max,
    };
    let server = ClientServer::start(listeners, api, logger);
    logger.info("ready to serve client requests", &[]);
    for endpoint in &settings.listen_client {
        let address = endpoint.url.trim_start_matches("http://");
        logger.info(
            "serving client traffic insecurely; this is strongly discouraged!",
            &[("traffic", json!("grpc+http")), ("address", json!(address))],
        );
    }
    server
}

/// Hands leadership on, answers who still waits, and lets go of everything.
async fn stop(running: Running, settings: &Settings, logger: &Logger) -> Result<(), ServerError> {
    let whole = start_line::identity_fields(settings);
    logger.info("closing etcd server", &whole);
    let transfer = REQUEST_TIMEOUT_BASE + Duration::from_millis(settings.election_ms.into()) * 2;
    running.member.send(Input::Stop).await;
    let failure = match timeout(transfer + STOP_SLACK, running.stopped).await {
        Ok(stopped) => stopped.ok().flatten(),
        Err(_) => Some("the member did not stop in time".to_owned()),
    };
    if let Some(clients) = running.clients {
        clients.stop().await;
    }
    drop(running.peers);
    let disk = running.disk;
    // A disk that hangs must not keep the process: what it has not synced, nobody was promised.
    let finished = tokio::task::spawn_blocking(move || disk.finish());
    let _ = timeout(STOP_SLACK, finished).await;
    match failure {
        Some(failure) => Err(ServerError::Failed(failure)),
        None => {
            logger.info("closed etcd server", &whole);
            Ok(())
        }
    }
}

fn gone(failure: Option<String>) -> ServerError {
    ServerError::Failed(failure.unwrap_or_else(|| "the member's thread ended".to_owned()))
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> ServerError {
    move |error| ServerError::Io { what, error }
}
