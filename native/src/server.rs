//! One server: a member with its disk, its peers and its clients, from start to stop.

mod advice;
mod bootstrap;
mod image;
mod memory;
mod notify;
mod signal;
mod start_line;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use quorate_core::Input;
use quorate_core::command::{Command, Reply};
use quorate_core::disk::DiskImage;
use quorate_core::id::MemberId;
use quorate_core::member::{REMOVED, StartError};
use serde_json::json;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

pub(crate) use signal::StopSignal;

use crate::client::{ClientApi, ClientServer, ConnectionSettings};
use crate::disk::{DataDirectory, DirectoryError, Disk, DiskSettings};
use crate::flags::Endpoint;
use crate::gateway::Gateway;
use crate::grpc::{Api, Services};
use crate::http_api::{Access, Context, HttpApi};
use crate::listen;
use crate::log::Logger;
use crate::member_thread::{self, Hosts, MemberHandle, WorkProbe};
use crate::metrics::{Facts, Metrics};
use crate::peer::{Peers, Reached, RunningPeers};
use crate::settings::Settings;
use bootstrap::{Bootstrap, BootstrapError};
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
}

/// A member that runs, and what it runs on.
struct Running {
    member: MemberHandle,
    stopped: oneshot::Receiver<Option<String>>,
    disk: Disk,
    peers: RunningPeers,
    context: Context,
    clients: ClientServer,
}

/// The sockets that are listened on.
struct Listeners {
    peer: Vec<TcpListener>,
    client: Vec<TcpListener>,
    client_http: Vec<TcpListener>,
    metrics: Vec<TcpListener>,
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
pub(crate) async fn run(settings: &Settings, logger: &Logger) -> Result<End, ServerError> {
    if settings.locks_memory {
        memory::lock().map_err(failed("cannot lock the memory (--memory-mlock)"))?;
    }
    let mut signals = Signals::new().map_err(failed("cannot listen to signals"))?;
    let directory = DataDirectory::open_with_log(&settings.data_dir, settings.wal_dir.as_deref())?;
    start_line::write(settings, directory.has_member(), logger);
    advice::tell(settings, logger);
    if let Some(advice) = directory.permissions_advice() {
        logger.warn("check file permission", &[("error", json!(advice))]);
    }
    let image = image::load(settings, &directory, logger)?;
    let bootstrap = tokio::select! {
        bootstrap = Bootstrap::of(settings, &image, logger) => bootstrap?,
        // Whoever joins may wait long for the others' answers.
        signal = signals.next() => return Ok(End::Signal(signal)),
    };
    let mut listeners = Listeners::bind(settings).await?;
    let own = bootstrap.identity.id;
    let disk = (&directory, image);
    let mut running = start(settings, logger, disk, bootstrap, &mut listeners)?;
    let cause = match until_ready(&mut running, own, &mut signals).await {
        Some(cause) => cause,
        None => {
            serve_clients(&mut running, settings, listeners, logger);
            notify::ready(logger);
            ended(&mut running, &mut signals).await
        }
    };
    match cause {
        Cause::Signal(signal) => {
            logger.info(
                "received signal; shutting down",
                &[("signal", json!(signal.name()))],
            );
            signals.exit_at_the_next();
            stop(running, settings, logger).await?;
            Ok(End::Signal(signal))
        }
        Cause::Stopped(Some(failure)) if failure == REMOVED => {
            logger.warn(
                "data-dir used by this member must be removed",
                &[("data-dir", json!(settings.data_dir))],
            );
            let whole = start_line::identity_fields(settings);
            logger.info("closing etcd server", &whole);
            let_go(running).await;
            logger.info("closed etcd server", &whole);
            Ok(End::Removed)
        }
        Cause::Stopped(failure) => Err(gone(failure)),
        Cause::Refused(why) => {
            // Nobody may hear a promise of it any more.
            running.peers.cut_off();
            stop(running, settings, logger).await?;
            Err(ServerError::Failed(why))
        }
    }
}

/// Waits until a server that runs is to end.
async fn ended(running: &mut Running, signals: &mut Signals) -> Cause {
    tokio::select! {
        signal = signals.next() => Cause::Signal(signal),
        failure = &mut running.stopped => Cause::Stopped(failure.ok().flatten()),
        why = running.peers.failure() => Cause::Refused(why),
    }
}

fn start(
    settings: &Settings,
    logger: &Logger,
    (directory, image): (&DataDirectory, DiskImage),
    bootstrap: Bootstrap,
    listeners: &mut Listeners,
) -> Result<Running, ServerError> {
    if settings.unsafe_no_fsync {
        let message = "--unsafe-no-fsync is set: a crash of the machine will lose data";
        logger.warn(message, &[("data-dir", json!(settings.data_dir))]);
    }
    let metrics = Metrics::new(&Facts {
        member: bootstrap.identity.id,
        server_version: settings.etcd_version.to_string(),
        features: settings.feature_gates.told(),
        is_extensive: settings.extensive_metrics,
        quota_backend_bytes: settings.upkeep.quota_backend_bytes,
    });
    let (member, inbox) = member_thread::channel();
    let others = (bootstrap.peers, bootstrap.started);
    let peers = Peers::new(bootstrap.identity.id, others, &metrics);
    let disk_settings = DiskSettings {
        root: directory.path(),
        is_unsafe: settings.unsafe_no_fsync,
        metrics: &metrics,
        logger,
    };
    let (disk, disk_sender) =
        Disk::start(&disk_settings, &member).map_err(failed("cannot start the disk's threads"))?;
    let probe = WorkProbe::new(settings.apply_expected, metrics.clone(), logger.clone());
    let machine = member_thread::start_member(bootstrap.config, &image, probe)?;
    drop(image);
    let (stopped_sender, stopped) = oneshot::channel();
    let tick = Duration::from_millis(settings.heartbeat_ms.into());
    let hosts = Hosts {
        peers: peers.sender(),
        disk: disk_sender,
        logger: logger.clone(),
        metrics: metrics.clone(),
        tick,
        stopped: stopped_sender,
    };
    member_thread::spawn(machine, inbox, hosts).map_err(failed("cannot start the member"))?;
    member_thread::spawn_clock(tick, member.clone()).map_err(failed("cannot start the clock"))?;
    let advance = match settings.initial_election_tick_advance {
        true => "starting initial election tick advance",
        false => "skipping initial election tick advance",
    };
    logger.info(
        advance,
        &[("election-ticks", json!(settings.election_ticks()))],
    );
    let own = bootstrap.identity.id;
    let reached = Reached {
        own: bootstrap.identity,
        urls: settings.advertise_peer.clone(),
        listeners: std::mem::take(&mut listeners.peer),
    };
    let peers = peers.start(reached, &member, logger);
    let context = Context {
        own,
        version: settings.etcd_version,
        member: member.clone(),
        metrics,
        logger: logger.clone(),
    };
    let mut clients = ClientServer::new(logger);
    serve_operators(&mut clients, settings, listeners, &context);
    Ok(Running {
        member,
        stopped,
        disk,
        peers,
        context,
        clients,
    })
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

/// Before there is a leader, so that a member which waits for one can be asked why.
fn serve_operators(
    clients: &mut ClientServer,
    settings: &Settings,
    listeners: &mut Listeners,
    context: &Context,
) {
    let api = ClientApi {
        grpc: None,
        http: Some(HttpApi::of_operators(context)),
        metrics: context.metrics.clone(),
        connections: connection_settings(settings),
    };
    let logger = &context.logger;
    clients.serve(std::mem::take(&mut listeners.metrics), api, logger);
    for endpoint in &settings.listen_metrics {
        logger.info("serving metrics", &[("address", json!(endpoint.url))]);
    }
}

fn serve_clients(
    running: &mut Running,
    settings: &Settings,
    listeners: Listeners,
    logger: &Logger,
) {
    if settings.enable_pprof {
        logger.warn(
            "--enable-pprof has no effect: there are no Go profiles to serve",
            &[("path", json!("/debug/pprof/"))],
        );
    }
    let context = &running.context;
    let access = Access::new(settings.hosts.clone(), settings.origins.clone());
    let playground = settings.playground_dir.clone().map(Arc::from);
    let grpc = Services::new(&Api::new(
        running.member.clone(),
        settings,
        &context.logger,
        &context.metrics,
    ));
    let gateway = settings
        .grpc_gateway
        .then(|| Gateway::new(grpc.clone(), context.metrics.clone()));
    let http = HttpApi::of_clients(context, access, gateway, playground);
    let is_split = !settings.listen_client_http.is_empty();
    let api = |grpc: Option<Services>, http: Option<HttpApi>| ClientApi {
        grpc,
        http,
        metrics: context.metrics.clone(),
        connections: connection_settings(settings),
    };
    let both = api(Some(grpc), (!is_split).then(|| http.clone()));
    let traffic = if is_split { "grpc" } else { "grpc+http" };
    running.clients.serve(listeners.client, both, logger);
    running
        .clients
        .serve(listeners.client_http, api(None, Some(http)), logger);
    logger.info("ready to serve client requests", &[]);
    let ports = [
        (&settings.listen_client, traffic),
        (&settings.listen_client_http, "http"),
    ];
    for (endpoints, traffic) in ports {
        for endpoint in endpoints {
            let address = endpoint.url.trim_start_matches("http://");
            logger.info(
                "serving client traffic insecurely; this is strongly discouraged!",
                &[("traffic", json!(traffic)), ("address", json!(address))],
            );
        }
    }
}

fn connection_settings(settings: &Settings) -> ConnectionSettings {
    ConnectionSettings {
        concurrent_streams_max: settings.concurrent_streams_max,
        ping_interval: settings.ping_interval,
        ping_timeout: settings.ping_timeout,
    }
}

/// Hands leadership on, answers who still waits, and lets go of everything.
async fn stop(
    mut running: Running,
    settings: &Settings,
    logger: &Logger,
) -> Result<(), ServerError> {
    let whole = start_line::identity_fields(settings);
    logger.info("closing etcd server", &whole);
    let transfer = REQUEST_TIMEOUT_BASE + Duration::from_millis(settings.election_ms.into()) * 2;
    running.member.send(Input::Stop).await;
    let failure = match timeout(transfer + STOP_SLACK, &mut running.stopped).await {
        Ok(stopped) => stopped.ok().flatten(),
        Err(_) => Some("the member did not stop in time".to_owned()),
    };
    let_go(running).await;
    match failure {
        // One that was removed in this very moment has stopped as well.
        Some(failure) if failure != REMOVED => Err(ServerError::Failed(failure)),
        _ => {
            logger.info("closed etcd server", &whole);
            Ok(())
        }
    }
}

/// Lets go of all that a member had which has stopped.
async fn let_go(running: Running) {
    running.clients.stop().await;
    drop(running.peers);
    let disk = running.disk;
    // A disk that hangs must not keep the process: what it has not synced, nobody was promised.
    let finished = tokio::task::spawn_blocking(move || disk.finish());
    let _ = timeout(STOP_SLACK, finished).await;
}

fn gone(failure: Option<String>) -> ServerError {
    ServerError::Failed(failure.unwrap_or_else(|| "the member's thread ended".to_owned()))
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> ServerError {
    move |error| ServerError::Io { what, error }
}
