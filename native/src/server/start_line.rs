//! The line that a server begins its log with: all that it was told, under etcd's keys.

use std::num::NonZero;
use std::time::Duration;

use quorate_core::quota::Quota;
use serde_json::{Value, json};

use crate::flags::{Endpoint, Gate};
use crate::go::GoDuration;
use crate::log::Logger;
use crate::settings::Settings;
use crate::version;

/// Writes the line.
pub(super) fn write(settings: &Settings, has_member: bool, logger: &Logger) {
    let cpus = std::thread::available_parallelism().map_or(1, NonZero::get);
    let milliseconds = |ms: u32| GoDuration(Duration::from_millis(ms.into())).to_string();
    let heartbeat = milliseconds(settings.heartbeat_ms);
    let election = milliseconds(settings.election_ms);
    let wal_dir = settings.wal_dir.clone().unwrap_or_default();
    let state = if settings.is_new_cluster {
        "new"
    } else {
        "existing"
    };
    logger.info(
        "starting an etcd server",
        &[
            ("etcd-version", json!(settings.etcd_version.to_string())),
            ("quorate-version", json!(version::QUORATE)),
            ("git-sha", json!(version::GIT_SHA)),
            ("go-version", json!(format!("none ({})", version::RUST))),
            ("go-os", json!(std::env::consts::OS)),
            ("go-arch", json!(go_arch())),
            ("max-cpu-set", json!(cpus)),
            ("max-cpu-available", json!(cpus)),
            ("member-initialized", json!(has_member)),
            ("name", json!(settings.name)),
            ("data-dir", json!(settings.data_dir)),
            ("wal-dir", json!(wal_dir)),
            ("wal-dir-dedicated", json!(wal_dir)),
            ("member-dir", json!(settings.data_dir.join("member"))),
            ("force-new-cluster", json!(settings.force_new_cluster)),
            ("heartbeat-interval", json!(heartbeat)),
            ("election-timeout", json!(election)),
            (
                "initial-election-tick-advance",
                json!(settings.initial_election_tick_advance),
            ),
            ("snapshot-count", json!(settings.snapshot_count)),
            (
                "snapshot-catchup-entries",
                json!(settings.snapshot_catch_up_entries),
            ),
            (
                "initial-advertise-peer-urls",
                urls(&settings.advertise_peer),
            ),
            ("listen-peer-urls", urls(&settings.listen_peer)),
            ("advertise-client-urls", urls(&settings.advertise_client)),
            ("listen-client-urls", urls(&settings.listen_client)),
            ("listen-metrics-urls", urls(&settings.listen_metrics)),
            ("cors", json!(settings.origins.names())),
            ("host-whitelist", json!(settings.hosts.names())),
            (
                "initial-cluster",
                json!(settings.initial_cluster.to_string()),
            ),
            ("initial-cluster-state", json!(state)),
            ("initial-cluster-token", json!(settings.token)),
            ("pre-vote", json!(settings.pre_vote)),
            ("feature-gates", json!(settings.feature_gates.to_string())),
            ("max-learners", json!(settings.learners_max)),
            ("max-txn-ops", json!(settings.txn_operations_max)),
            ("max-request-bytes", json!(settings.request_size_bytes_max)),
            (
                "max-concurrent-streams",
                json!(settings.concurrent_streams_max),
            ),
            ("playground-dir", json!(settings.playground_dir)),
        ]
        .into_iter()
        .chain(upkeep_fields(settings))
        .collect::<Vec<_>>(),
    );
}

/// What it does to its store by itself.
fn upkeep_fields(settings: &Settings) -> Vec<(&'static str, Value)> {
    let text = |time: Duration| json!(GoDuration(time).to_string());
    let upkeep = &settings.upkeep;
    let quota_bytes = match Quota::new(upkeep.quota_backend_bytes).bytes() {
        Some(bytes) => json!(bytes),
        None => json!(upkeep.quota_backend_bytes),
    };
    vec![
        ("quota-backend-bytes", quota_bytes),
        (
            "initial-corrupt-check",
            json!(settings.feature_gates.is_enabled(Gate::InitialCorruptCheck)),
        ),
        ("corrupt-check-time-interval", text(upkeep.corrupt_check)),
        (
            "compact-check-time-interval",
            text(settings.compact_hash_check_time),
        ),
        ("auto-compaction-mode", json!(upkeep.auto_compaction_mode)),
        ("auto-compaction-retention", text(upkeep.retention())),
        ("auto-compaction-interval", text(upkeep.retention())),
    ]
}

/// Which server a line of its end is about.
pub(super) fn identity_fields(settings: &Settings) -> Vec<(&'static str, Value)> {
    vec![
        ("name", json!(settings.name)),
        ("data-dir", json!(settings.data_dir)),
        ("advertise-peer-urls", urls(&settings.advertise_peer)),
        ("advertise-client-urls", urls(&settings.advertise_client)),
    ]
}

fn urls(endpoints: &[Endpoint]) -> Value {
    endpoints
        .iter()
        .map(|endpoint| endpoint.url.as_str())
        .collect()
}

fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
