//! From a server's settings to a member that runs.

use std::panic;
use std::sync::Arc;
use std::time::Duration;

use quorate_core::disk::DiskImage;
use quorate_core::id::MemberId;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::bootstrap::Bootstrap;
use super::{Listeners, Running, ServerError, advice, failed, image, serving, start_line};
use crate::client::ClientServer;
use crate::disk::{DataDirectory, Disk, DiskSettings};
use crate::flags::Gate;
use crate::http_api::Context;
use crate::listen::Room;
use crate::log::Logger;
use crate::member_thread::{self, Hosts, WorkProbe};
use crate::metrics::{Facts, Metrics};
use crate::peer::{Peers, Reached};
use crate::settings::Settings;
use crate::threads::threads;

/// What a probe waits beyond the time that the member gives a request: what the member itself says
/// of it is told rather than that it says nothing.
const PROBE_SLACK: Duration = Duration::from_secs(2);

/// A server that was started; its clients are not served yet.
pub(super) struct Started {
    /// The member, and what it runs on.
    pub(super) running: Running,
    /// Where clients will be served.
    pub(super) listeners: Listeners,
    /// What it keeps to itself.
    pub(super) directory: DataDirectory,
    /// Who it is.
    pub(super) own: MemberId,
}

/// Starts a server. What reads much runs on a thread of its own, so that a signal is heard.
pub(super) async fn start(
    settings: &Settings,
    room: Room,
    logger: &Logger,
) -> Result<Started, ServerError> {
    // A port that is taken leaves no directory behind. Where there is one, another server in it is
    // told of before its ports are. They are listened on later: whoever connects before there is
    // somebody to answer would wait.
    if !settings.data_dir.exists() {
        drop(Listeners::bind(settings).await?);
    }
    let told = (settings.clone(), logger.clone());
    let (directory, image) = blocking(move || {
        let (settings, logger) = told;
        read_disk(&settings, &logger)
    })
    .await?;
    tell_local_address(settings, logger);
    let bootstrap = Bootstrap::of(settings, &image, logger).await?;
    let mut listeners = Listeners::bind(settings).await?;
    let own = bootstrap.identity.id;
    let disk = (&directory, image);
    let running = run_member(settings, room, logger, disk, bootstrap, &mut listeners).await?;
    Ok(Started {
        running,
        listeners,
        directory,
        own,
    })
}

fn read_disk(
    settings: &Settings,
    logger: &Logger,
) -> Result<(DataDirectory, DiskImage), ServerError> {
    let directory = DataDirectory::open_with_log(&settings.data_dir, settings.wal_dir.as_deref())?;
    start_line::write(settings, directory.has_member(), logger);
    advice::tell(settings, logger);
    if let Some(advice) = directory.permissions_advice() {
        logger.warn("check file permission", &[("error", json!(advice))]);
    }
    if settings.unsafe_no_fsync {
        let message = "--unsafe-no-fsync is set: a crash of the machine will lose data";
        logger.warn(message, &[("data-dir", json!(settings.data_dir))]);
    }
    let image = image::load(settings, &directory, logger)?;
    Ok((directory, image))
}

fn metrics(settings: &Settings, own: MemberId) -> Arc<Metrics> {
    Metrics::new(&Facts {
        member: own,
        server_version: settings.etcd_version.to_string(),
        features: settings.feature_gates.told(),
        is_extensive: settings.extensive_metrics,
        quota_backend_bytes: settings.upkeep.quota_backend_bytes,
    })
}

fn tell_ticks(settings: &Settings, logger: &Logger) {
    let advance = match settings.initial_election_tick_advance {
        true => "starting initial election tick advance",
        false => "skipping initial election tick advance",
    };
    logger.info(
        advance,
        &[("election-ticks", json!(settings.election_ticks()))],
    );
}

fn tell_local_address(settings: &Settings, logger: &Logger) {
    if !settings.feature_gates.is_enabled(Gate::SetMemberLocalAddr) {
        return;
    }
    let urls: Vec<_> = settings.advertise_peer.iter().map(|url| &url.url).collect();
    let urls = ("advertise-peer-urls", json!(urls));
    logger.info(
        "searching for a suitable member local address in AdvertisePeerURLs",
        std::slice::from_ref(&urls),
    );
    match settings.local_address() {
        Some(address) => logger.info(
            "setting member local address",
            &[("LocalAddr", json!(address.to_string()))],
        ),
        None => logger.warn(
            "unable to set a member local address due to lack of suitable local addresses",
            &[urls],
        ),
    }
}

/// Waits for what blocks its thread. It cannot be given up: whoever does not wait for it ends the
/// process.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServerError> + Send + 'static,
) -> Result<T, ServerError> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panicked) => panic::resume_unwind(panicked),
            // The runtime ends.
            Err(_) => std::future::pending().await,
        },
    }
}

async fn run_member(
    settings: &Settings,
    room: Room,
    logger: &Logger,
    (directory, image): (&DataDirectory, DiskImage),
    bootstrap: Bootstrap,
    listeners: &mut Listeners,
) -> Result<Running, ServerError> {
    let metrics = metrics(settings, bootstrap.identity.id);
    let (member, inbox) = member_thread::channel();
    let others = (bootstrap.peers, bootstrap.started);
    let peers = Peers::new(bootstrap.identity.id, others, &metrics);
    let (threads, panics) = threads();
    let disk_settings = DiskSettings {
        root: directory.path(),
        threads: &threads,
        is_unsafe: settings.unsafe_no_fsync,
        metrics: &metrics,
        logger,
    };
    let (disk, disk_sender) =
        Disk::start(&disk_settings, &member).map_err(failed("cannot start the disk's threads"))?;
    let probe = WorkProbe::new(settings.apply_expected, metrics.clone(), logger.clone());
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
    let config = bootstrap.config;
    let runtime = member_thread::runtime().map_err(failed("cannot start the member's runtime"))?;
    let beside_member = runtime.handle().clone();
    blocking(move || {
        let machine = member_thread::start_member(config, &image, probe)?;
        drop(image);
        member_thread::spawn(machine, inbox, hosts, runtime)
            .map_err(failed("cannot start the member"))
    })
    .await?;
    member_thread::spawn_clock(tick, member.clone(), &threads)
        .map_err(failed("cannot start the clock"))?;
    tell_ticks(settings, logger);
    let own = bootstrap.identity.id;
    let reached = Reached {
        own: bootstrap.identity,
        urls: settings.advertise_peer.clone(),
        local: settings.local_address(),
        listeners: std::mem::take(&mut listeners.peer),
        beside_member,
    };
    let peers = peers.start(reached, &member, logger);
    let context = Context {
        own,
        version: settings.etcd_version,
        probe_timeout: settings.request_timeout() + PROBE_SLACK,
        member: member.clone(),
        metrics,
        logger: logger.clone(),
    };
    let mut clients = ClientServer::new(room, logger);
    serving::serve_operators(&mut clients, settings, listeners, &context);
    Ok(Running {
        member,
        stopped,
        panics,
        disk,
        peers,
        context,
        clients,
    })
}
