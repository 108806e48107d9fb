//! What the server counts, under etcd's names, for Prometheus to read at `/metrics`.
//!
//! Nothing here waits for anybody. What happens often is counted where it happens, with atomics
//! whose handles were looked up beforehand; what a number of the member's says is asked of it when
//! somebody reads. `docs/metrics.md` says what each name means here, and which of etcd's names are
//! left out because nothing stands behind them.

mod calls;
mod definitions;
mod disk;
mod health;
mod member;
mod network;
mod operation;
mod process;
mod store;

use std::sync::Arc;

use prometheus::{Encoder, TextEncoder};
use quorate_core::id::MemberId;
use quorate_core::member::Figures;
use quorate_core::trace::TraceKind;

pub(crate) use calls::{CallMetrics, MethodMetrics};
pub(crate) use disk::LaneMetrics;
pub(crate) use health::{Check, HealthMetrics};
pub(crate) use member::MemberMetrics;
pub(crate) use network::PeerMetrics;
pub(crate) use operation::Operation;
pub(crate) use process::open_files_max;
pub(crate) use store::StoreMetrics;

use definitions::Definitions;
use disk::DiskMetrics;
use network::NetworkMetrics;
use process::ProcessMetrics;

/// What is told with some of the numbers.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// Who is counted.
    pub(crate) member: MemberId,
    /// The etcd version that is reported.
    pub(crate) server_version: String,
    /// The feature gates, each with its stage and whether it is on.
    pub(crate) features: Vec<(&'static str, &'static str, bool)>,
    /// `--metrics=extensive`: how long calls take, too.
    pub(crate) is_extensive: bool,
    /// `--quota-backend-bytes`.
    pub(crate) quota_backend_bytes: i64,
}

#[cfg(test)]
impl Facts {
    /// Facts of no server.
    pub(crate) fn of_test(member: MemberId) -> Self {
        Self {
            member,
            server_version: "3.6.14".to_owned(),
            features: vec![("LeaseCheckpoint", "ALPHA", false)],
            is_extensive: false,
            quota_backend_bytes: 0,
        }
    }
}

/// Everything that is counted.
pub(crate) struct Metrics {
    definitions: Definitions,
    /// The member's part in its cluster.
    pub(crate) member: MemberMetrics,
    /// Keys, watches and leases.
    pub(crate) store: StoreMetrics,
    /// gRPC, and what comes through the gateway.
    pub(crate) calls: CallMetrics,
    /// Answers of `/health` and its kin.
    pub(crate) health: HealthMetrics,
    disk: DiskMetrics,
    network: NetworkMetrics,
    process: ProcessMetrics,
}

impl Metrics {
    /// Nothing counted yet.
    pub(crate) fn new(facts: &Facts) -> Arc<Self> {
        let definitions = Definitions::default();
        Arc::new(Self {
            member: MemberMetrics::new(&definitions, facts),
            store: StoreMetrics::new(&definitions),
            calls: CallMetrics::new(&definitions, facts.is_extensive),
            health: HealthMetrics::new(&definitions),
            disk: DiskMetrics::new(&definitions),
            network: NetworkMetrics::new(&definitions, facts.member),
            process: ProcessMetrics::new(&definitions),
            definitions,
        })
    }

    /// What the lane of the log counts.
    pub(crate) fn log_lane(&self) -> LaneMetrics {
        self.disk.log_lane()
    }

    /// What the lane of the snapshots counts.
    pub(crate) fn snapshot_lane(&self) -> LaneMetrics {
        self.disk.snapshot_lane()
    }

    /// A peer is a member: from now on the conversation with it is counted.
    pub(crate) fn count_peer(&self, peer: MemberId, metrics: &PeerMetrics) {
        self.network.count_peer(peer, metrics);
    }

    /// A peer is none any more.
    pub(crate) fn forget_peer(&self, peer: MemberId) {
        self.network.forget_peer(peer);
    }

    /// Counts what happened in the member.
    pub(crate) fn traced(&self, kind: &TraceKind) {
        self.member.traced(kind);
        self.store.traced(kind);
        self.network.traced(kind);
    }

    /// All of it in Prometheus' text format. Without figures those of the last time hold.
    pub(crate) fn render(&self, figures: Option<&Figures>) -> Vec<u8> {
        if let Some(figures) = figures {
            self.member.show(figures);
            self.store.show(figures);
        }
        self.process.look();
        let mut text = Vec::new();
        TextEncoder::new()
            .encode(&self.definitions.gather(), &mut text)
            .expect("every metric was registered with its labels");
        text
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::version::ServerVersion;

    use super::*;

    fn metrics(is_extensive: bool) -> Arc<Metrics> {
        Metrics::new(&Facts {
            is_extensive,
            ..Facts::of_test(MemberId(0x470f_7782_10a7_11ed))
        })
    }

    fn text(metrics: &Metrics, figures: Option<&Figures>) -> String {
        String::from_utf8(metrics.render(figures)).expect("UTF-8")
    }

    #[test]
    fn figures_are_shown_and_stay_when_nobody_gives_new_ones() {
        let metrics = metrics(false);
        metrics.traced(&TraceKind::ClusterVersionSet {
            from: None,
            to: ServerVersion::CLAIMED,
        });
        let down = ServerVersion::parse("3.5").expect("a version");
        metrics.traced(&TraceKind::ClusterVersionSet {
            from: Some(ServerVersion::CLAIMED),
            to: down,
        });
        metrics.traced(&TraceKind::CapabilitiesEnabled { version: down });
        let figures = Figures {
            leader: MemberId(7),
            keys: 42,
            ..Figures::default()
        };
        for given in [Some(&figures), None] {
            let text = text(&metrics, given);
            for line in [
                "etcd_debugging_mvcc_keys_total 42",
                "etcd_server_has_leader 1",
                "etcd_server_is_leader 0",
                "etcd_server_version{server_version=\"3.6.14\"} 1",
                "etcd_cluster_version{cluster_version=\"3.5\"} 1",
                "etcd_cluster_version{cluster_version=\"3.6\"} 0",
                "etcd_server_feature_enabled{name=\"LeaseCheckpoint\",stage=\"ALPHA\"} 0",
                "etcd_server_quota_backend_bytes 2147483648",
                "etcd_server_id{server_id=\"470f778210a711ed\"} 1",
            ] {
                assert!(text.lines().any(|found| found == line), "{line}\n{text}");
            }
        }
    }

    #[test]
    fn how_long_calls_take_is_told_only_when_asked_for() {
        let name = "grpc_server_handling_seconds_bucket";
        assert!(!text(&metrics(false), None).contains(name));
        assert!(text(&metrics(true), None).contains(name));
    }

    #[test]
    fn the_buckets_are_those_that_alerts_compute_with() {
        let text = text(&metrics(false), None);
        let bounds: Vec<&str> = text
            .lines()
            .filter_map(|line| {
                line.strip_prefix("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"")
            })
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(bounds.len(), 15);
        assert_eq!(
            (bounds[0], bounds[1], bounds[13], bounds[14]),
            ("0.001", "0.002", "8.192", "+Inf")
        );
    }
}
