//! What a server is told to do: the flags, typed and checked against one another.

mod cluster;
mod verify;

use std::path::PathBuf;
use std::time::Duration;

pub(crate) use cluster::{InitialCluster, InitialMember};
pub(crate) use verify::SettingsError;

use crate::flags::{Endpoint, Values};
use crate::http_api::AllowList;

/// The settings of one server.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// `--name`.
    pub(crate) name: String,
    /// `--data-dir`, or `${name}.etcd`.
    pub(crate) data_dir: PathBuf,
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
}

impl Settings {
    /// Types and checks the flags.
    pub(crate) fn new(values: &Values) -> Result<Self, SettingsError> {
        let name = values.text("name").to_owned();
        let advertise_peer = endpoints(values, "initial-advertise-peer-urls")?;
        let initial_cluster = if values.is_set("initial-cluster") {
            InitialCluster::parse(values.text("initial-cluster"))?
        } else {
            InitialCluster::of_one(&name, &advertise_peer)
        };
        let data_dir = match values.text("data-dir") {
            "" => format!("{name}.etcd").into(),
            path => path.into(),
        };
        let settings = Self {
            data_dir,
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
            unsafe_no_fsync: values.boolean("unsafe-no-fsync"),
            grpc_gateway: values.boolean("enable-grpc-gateway"),
            extensive_metrics: values.text("metrics") == "extensive",
            origins: AllowList::new(values.text("cors").split(',')),
            hosts: AllowList::new(values.text("host-whitelist").split(',')),
            listen_client_http: endpoints(values, "listen-client-http-urls")?,
            listen_metrics: endpoints(values, "listen-metrics-urls")?,
            listen_peer: endpoints(values, "listen-peer-urls")?,
            listen_client: endpoints(values, "listen-client-urls")?,
            advertise_client: endpoints(values, "advertise-client-urls")?,
            is_new_cluster: values.text("initial-cluster-state") == "new",
            token: values.text("initial-cluster-token").to_owned(),
            enable_pprof: values.boolean("enable-pprof"),
            playground_dir: Some(values.text("playground-dir"))
                .filter(|path| !path.is_empty())
                .map(PathBuf::from),
            name,
            advertise_peer,
            initial_cluster,
        };
        verify::verify(&settings, values)?;
        Ok(settings)
    }

    /// The election timeout in ticks.
    pub(crate) fn election_ticks(&self) -> u32 {
        self.election_ms / self.heartbeat_ms.max(1)
    }
}

fn endpoints(values: &Values, name: &'static str) -> Result<Vec<Endpoint>, SettingsError> {
    let text = values.text(name);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    Endpoint::parse_list(text).map_err(|reason| SettingsError::InvalidUrls {
        name,
        value: text.to_owned(),
        reason,
    })
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
