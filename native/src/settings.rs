//! What a server is told to do: the flags, typed and checked against one another.

mod bootstrap_check;
mod cluster;
mod defaults;
mod resolve;
mod upkeep;
mod verify;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use quorate_core::limits;
use quorate_core::version::ServerVersion;

pub(crate) use bootstrap_check::{check_bootstrap, check_joining};
pub(crate) use cluster::{InitialCluster, InitialMember};
pub(crate) use defaults::{default_host, warnings};
pub(crate) use resolve::same_places;
pub(crate) use upkeep::Upkeep;
pub(crate) use verify::SettingsError;

use crate::flags::{Endpoint, FeatureGates, Gate, Values};
use crate::http_api::AllowList;

/// A request's time, before the elections are added.
const REQUEST_TIMEOUT_BASE: Duration = Duration::from_secs(5);

/// The settings of one server.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// `--name`.
    pub(crate) name: String,
    /// `--data-dir`, or `${name}.etcd`.
    pub(crate) data_dir: PathBuf,
    /// `--wal-dir`.
    pub(crate) wal_dir: Option<PathBuf>,
    /// `--memory-mlock`.
    pub(crate) locks_memory: bool,
    /// `--force-new-cluster`.
    pub(crate) force_new_cluster: bool,
    /// `--snapshot-count`: entries between two snapshots.
    pub(crate) snapshot_count: u64,
    /// `--snapshot-catchup-entries`: entries kept behind a snapshot.
    pub(crate) snapshot_catch_up_entries: u64,
    /// `--heartbeat-interval`, which is the length of a tick.
    pub(crate) heartbeat_ms: u32,
    /// `--election-timeout`.
    pub(crate) election_ms: u32,
    /// `--initial-election-tick-advance`.
    pub(crate) initial_election_tick_advance: bool,
    /// `--pre-vote`.
    pub(crate) pre_vote: bool,
    /// `--max-txn-ops`.
    pub(crate) txn_operations_max: usize,
    /// `--max-request-bytes`.
    pub(crate) request_size_bytes_max: usize,
    /// `--max-concurrent-streams`, of one client connection.
    pub(crate) concurrent_streams_max: u32,
    /// `--grpc-keepalive-interval`; nothing for no pings.
    pub(crate) ping_interval: Option<Duration>,
    /// `--grpc-keepalive-timeout`.
    pub(crate) ping_timeout: Duration,
    /// `--warning-apply-duration`.
    pub(crate) apply_expected: Duration,
    /// `--warning-unary-request-duration`.
    pub(crate) call_expected: Duration,
    /// What it does to its store by itself.
    pub(crate) upkeep: Upkeep,
    /// `--unsafe-no-fsync`.
    pub(crate) unsafe_no_fsync: bool,
    /// `--enable-grpc-gateway`.
    pub(crate) grpc_gateway: bool,
    /// `--metrics=extensive`.
    pub(crate) extensive_metrics: bool,
    /// `--cors`.
    pub(crate) origins: AllowList,
    /// `--host-whitelist`.
    pub(crate) hosts: AllowList,
    /// `--listen-client-http-urls`.
    pub(crate) listen_client_http: Vec<Endpoint>,
    /// `--listen-metrics-urls`.
    pub(crate) listen_metrics: Vec<Endpoint>,
    /// `--listen-peer-urls`.
    pub(crate) listen_peer: Vec<Endpoint>,
    /// `--listen-client-urls`.
    pub(crate) listen_client: Vec<Endpoint>,
    /// `--initial-advertise-peer-urls`.
    pub(crate) advertise_peer: Vec<Endpoint>,
    /// `--advertise-client-urls`.
    pub(crate) advertise_client: Vec<Endpoint>,
    /// `--initial-cluster`.
    pub(crate) initial_cluster: InitialCluster,
    /// Whether `--initial-cluster-state` is `new`.
    pub(crate) is_new_cluster: bool,
    /// `--initial-cluster-token`.
    pub(crate) token: String,
    /// `--enable-pprof`.
    pub(crate) enable_pprof: bool,
    /// `--playground-dir`.
    pub(crate) playground_dir: Option<PathBuf>,
    /// `--etcd-version`: which etcd this server says it is.
    pub(crate) etcd_version: ServerVersion,
    /// `--feature-gates`.
    pub(crate) feature_gates: FeatureGates,
    /// `--compact-hash-check-time`.
    pub(crate) compact_hash_check_time: Duration,
    /// `--strict-reconfig-check`.
    pub(crate) strict_reconfig_check: bool,
    /// `--max-learners`.
    pub(crate) learners_max: usize,
    /// `--watch-progress-notify-interval`.
    pub(crate) watch_progress_notify_interval: Duration,
    /// `--socket-reuse-port`.
    pub(crate) reuse_port: bool,
    /// The machine's own address, where it is advertised because nothing else was asked for.
    pub(crate) default_host: Option<String>,
}

impl Settings {
    /// etcd's time for any request: a base, and two elections.
    pub(crate) fn request_timeout(&self) -> Duration {
        REQUEST_TIMEOUT_BASE + Duration::from_millis(self.election_ms.into()) * 2
    }

    /// Where peers are dialled from, by the feature gate `SetMemberLocalAddr`: the first address
    /// that is advertised to them and is none of the machine's own. Nothing without the gate, or
    /// where there is no such address.
    pub(crate) fn local_address(&self) -> Option<IpAddr> {
        if !self.feature_gates.is_enabled(Gate::SetMemberLocalAddr) {
            return None;
        }
        let hosts = self.advertise_peer.iter().map(|url| url.host.parse());
        hosts
            .filter_map(Result::ok)
            .find(|address: &IpAddr| !address.is_loopback() && !address.is_unspecified())
    }

    /// Types and checks the flags.
    pub(crate) fn new(values: &Values) -> Result<Self, SettingsError> {
        Self::on_host(values, None)
    }

    /// Types and checks the flags on a machine that others reach at this address, if at any.
    pub(crate) fn on_host(values: &Values, host: Option<&str>) -> Result<Self, SettingsError> {
        let name = values.text("name").to_owned();
        let advertise_peer = values.urls("initial-advertise-peer-urls");
        let initial_cluster = InitialCluster::parse(values.text("initial-cluster"))?;
        let data_dir = match values.text("data-dir") {
            "" => format!("{name}.etcd").into(),
            path => path.into(),
        };
        let mut settings = Self {
            data_dir,
            wal_dir: path(values, "wal-dir"),
            locks_memory: values.boolean("memory-mlock"),
            force_new_cluster: values.boolean("force-new-cluster"),
            snapshot_count: values.unsigned("snapshot-count"),
            snapshot_catch_up_entries: values.unsigned("snapshot-catchup-entries"),
            heartbeat_ms: saturated(values.unsigned("heartbeat-interval")),
            election_ms: saturated(values.unsigned("election-timeout")),
            initial_election_tick_advance: values.boolean("initial-election-tick-advance"),
            pre_vote: values.boolean("pre-vote"),
            txn_operations_max: saturated(values.unsigned("max-txn-ops")) as usize,
            request_size_bytes_max: saturated(values.unsigned("max-request-bytes")) as usize,
            concurrent_streams_max: saturated(values.unsigned("max-concurrent-streams")),
            ping_interval: Some(values.duration("grpc-keepalive-interval"))
                .filter(|interval| !interval.is_zero()),
            ping_timeout: values.duration("grpc-keepalive-timeout"),
            apply_expected: values.duration("warning-apply-duration"),
            call_expected: values.duration("warning-unary-request-duration"),
            upkeep: Upkeep::new(values)?,
            unsafe_no_fsync: values.boolean("unsafe-no-fsync"),
            grpc_gateway: values.boolean("enable-grpc-gateway"),
            extensive_metrics: values.text("metrics") == "extensive",
            origins: AllowList::new(values.text("cors").split(',')),
            hosts: AllowList::new(values.text("host-whitelist").split(',')),
            listen_client_http: values.urls("listen-client-http-urls"),
            listen_metrics: values.urls("listen-metrics-urls"),
            listen_peer: values.urls("listen-peer-urls"),
            listen_client: values.urls("listen-client-urls"),
            advertise_client: values.urls("advertise-client-urls"),
            is_new_cluster: values.text("initial-cluster-state") == "new",
            token: values.text("initial-cluster-token").to_owned(),
            enable_pprof: values.boolean("enable-pprof"),
            playground_dir: path(values, "playground-dir"),
            etcd_version: values.version("etcd-version"),
            feature_gates: values.feature_gates(),
            compact_hash_check_time: values.duration("compact-hash-check-time"),
            strict_reconfig_check: values.boolean("strict-reconfig-check"),
            learners_max: saturated(values.unsigned("max-learners")) as usize,
            watch_progress_notify_interval: values.duration("watch-progress-notify-interval"),
            reuse_port: values.boolean("socket-reuse-port"),
            default_host: None,
            name,
            advertise_peer,
            initial_cluster,
        };
        verify::verify(&settings, values)?;
        defaults::follow(&mut settings, host);
        Ok(settings)
    }

    /// Time between two comparisons of the members' compactions; 0 for none, which is the default
    /// of the feature gate.
    pub(crate) fn compact_hash_check_interval_ms(&self) -> u64 {
        let is_on = self.feature_gates.is_enabled(Gate::CompactHashCheck);
        let interval = self.compact_hash_check_time.as_millis();
        if is_on {
            u64::try_from(interval).unwrap_or(u64::MAX)
        } else {
            0
        }
    }

    /// How long a watch hears nothing before it is told so, by etcd's rules: nothing asked for is
    /// the default, and less than the least is the least.
    pub(crate) fn watch_progress_notify_interval_ms(&self) -> u32 {
        let asked = self.watch_progress_notify_interval.as_millis();
        match u32::try_from(asked).unwrap_or(u32::MAX) {
            0 => limits::WATCH_PROGRESS_NOTIFY_INTERVAL_MS,
            asked => asked.max(WATCH_PROGRESS_NOTIFY_INTERVAL_MS_MIN),
        }
    }

    /// The election timeout in ticks.
    pub(crate) fn election_ticks(&self) -> u32 {
        self.election_ms / self.heartbeat_ms.max(1)
    }
}

/// A watch is not told more often than this.
const WATCH_PROGRESS_NOTIFY_INTERVAL_MS_MIN: u32 = 100;

fn path(values: &Values, name: &str) -> Option<PathBuf> {
    let text = values.text(name);
    (!text.is_empty()).then(|| text.into())
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
