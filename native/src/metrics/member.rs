//! The member's part in its cluster: leader, proposals, terms, snapshots.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec};
use quorate_core::command::AlarmMember;
use quorate_core::error::Error;
use quorate_core::id::Index;
use quorate_core::limits::QUOTA_BYTES_DEFAULT;
use quorate_core::member::{Figures, Role};
use quorate_core::trace::TraceKind;
use quorate_core::version::ServerVersion;

use super::Facts;
use super::definitions::{Buckets, DISK, Definitions};
use super::operation::Operation;

/// The counts.
pub(crate) struct MemberMetrics {
    cluster_version: IntGaugeVec,
    has_leader: IntGauge,
    is_leader: IntGauge,
    is_learner: IntGauge,
    leader_changes: IntCounter,
    committed: IntGauge,
    applied: IntGauge,
    pending: IntGauge,
    failed: IntCounter,
    failed_reads: IntCounter,
    repeated_reads: IntGauge,
    late_heartbeats: IntCounter,
    slow_applies: IntCounter,
    alarms: IntGaugeVec,
    promotions: IntCounter,
    failed_promotions: IntCounterVec,
    durations: Durations,
    snapshots_begun: Mutex<BTreeMap<Index, Instant>>,
}

/// How long work takes; by whether it succeeded, failures first.
struct Durations {
    /// By kind of operation.
    apply: Vec<[Histogram; 2]>,
    range: [Histogram; 2],
    snapshot_save: Histogram,
}

impl MemberMetrics {
    pub(super) fn new(definitions: &Definitions, facts: &Facts) -> Self {
        name_versions(definitions, facts);
        name_features(definitions, facts);
        show_quota(definitions, facts.quota_backend_bytes);
        Self {
            cluster_version: definitions.gauges(
                "etcd_cluster_version",
                "Which etcd version the cluster runs at.",
                &["cluster_version"],
            ),
            has_leader: definitions.gauge(
                "etcd_server_has_leader",
                "Whether the member knows a leader.",
            ),
            is_leader: definitions.gauge("etcd_server_is_leader", "Whether the member leads."),
            is_learner: definitions
                .gauge("etcd_server_is_learner", "Whether the member is a learner."),
            leader_changes: definitions.counter(
                "etcd_server_leader_changes_seen_total",
                "How often the member came to know a leader that it did not know before.",
            ),
            committed: definitions.gauge(
                "etcd_server_proposals_committed_total",
                "Index of the last entry that is committed as far as the member knows.",
            ),
            applied: definitions.gauge(
                "etcd_server_proposals_applied_total",
                "Index of the last entry that the member's store has carried out.",
            ),
            pending: definitions.gauge(
                "etcd_server_proposals_pending",
                "Writes of the member's clients that are not carried out yet.",
            ),
            failed: definitions.counter(
                "etcd_server_proposals_failed_total",
                "Writes of the member's clients that no majority carried out in time.",
            ),
            failed_reads: definitions.counter(
                "etcd_server_read_indexes_failed_total",
                "Linearizable reads that no leader confirmed in time.",
            ),
            repeated_reads: definitions.gauge(
                "etcd_server_slow_read_indexes_total",
                "Rounds of linearizable reads that had to be asked for again.",
            ),
            late_heartbeats: definitions.counter(
                "etcd_server_heartbeat_send_failures_total",
                "Heartbeats of this leader that were late because the member was busy.",
            ),
            slow_applies: definitions.counter(
                "etcd_server_slow_apply_total",
                "Requests that took the store longer than --warning-apply-duration.",
            ),
            alarms: definitions.gauges(
                "etcd_debugging_server_alarms",
                "Alarms that are raised, as far as was heard since the start.",
                &["server_id", "alarm_type"],
            ),
            promotions: definitions.counter(
                "etcd_server_learner_promote_successes",
                "Learners that got their vote by a request to this member.",
            ),
            failed_promotions: definitions.counters(
                "etcd_server_learner_promote_failures",
                "Learners that did not.",
                &["Reason"],
            ),
            durations: Durations::new(definitions),
            snapshots_begun: Mutex::default(),
        }
    }

    /// Shows what the member says of itself.
    pub(super) fn show(&self, figures: &Figures) {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.has_leader.set(figures.leader.is_some().into());
        self.is_leader.set((figures.role == Role::Leader).into());
        self.is_learner.set(figures.is_learner.into());
        self.committed.set(number(figures.committed.0));
        self.applied.set(number(figures.applied.0));
        self.pending.set(number(figures.pending_writes as u64));
        self.repeated_reads
            .set(number(figures.repeated_read_rounds));
    }

    /// Counts what happened.
    pub(super) fn traced(&self, kind: &TraceKind) {
        match kind {
            TraceKind::LeaderElected { .. } | TraceKind::LeaderChanged { .. } => {
                self.leader_changes.inc();
            }
            TraceKind::ClusterVersionSet { from, to } => {
                if let Some(from) = from {
                    self.name_cluster_version(*from, 0);
                }
                self.name_cluster_version(*to, 1);
            }
            // A member that starts again tells so which version it had.
            TraceKind::CapabilitiesEnabled { version } => self.name_cluster_version(*version, 1),
            TraceKind::AlarmRaised { alarm } => self.alarm(alarm).set(1),
            TraceKind::AlarmLowered { alarm } => self.alarm(alarm).set(0),
            TraceKind::SnapshotStarted { index, .. } => {
                self.begun().insert(*index, Instant::now());
            }
            TraceKind::SnapshotSaved { index, .. } => {
                let begun = self.begun().remove(index);
                if let Some(begun) = begun {
                    self.durations
                        .snapshot_save
                        .observe(begun.elapsed().as_secs_f64());
                }
            }
            _ => {}
        }
    }

    fn name_cluster_version(&self, version: ServerVersion, value: i64) {
        self.cluster_version
            .with_label_values(&[&version.cluster_text()])
            .set(value);
    }

    /// A request of a client failed.
    pub(crate) fn failed(&self, is_write: bool, error: &Error) {
        let is_lost = matches!(
            error,
            Error::Timeout
                | Error::TimeoutLeaderFailure
                | Error::TimeoutConnectionLost
                | Error::LeaderChanged
                | Error::NoLeader
                | Error::Stopped
        );
        match (is_lost, is_write) {
            (false, _) => {}
            (true, true) => self.failed.inc(),
            (true, false) => self.failed_reads.inc(),
        }
    }

    /// The store carried out a command of a kind.
    pub(crate) fn applied(&self, operation: Operation, is_good: bool, took: Duration) {
        self.durations.apply[operation.number()][usize::from(is_good)].observe(took.as_secs_f64());
    }

    /// The store answered a range.
    pub(crate) fn ranged(&self, is_good: bool, took: Duration) {
        self.durations.range[usize::from(is_good)].observe(took.as_secs_f64());
    }

    /// A client asked to promote a learner.
    pub(crate) fn promoted(&self, result: Result<(), &str>) {
        match result {
            Ok(()) => self.promotions.inc(),
            Err(reason) => self.failed_promotions.with_label_values(&[reason]).inc(),
        }
    }

    fn alarm(&self, alarm: &AlarmMember) -> IntGauge {
        let member = alarm.member.to_string();
        self.alarms
            .with_label_values(&[member.as_str(), alarm.alarm.name()])
    }

    /// A request took the store too long.
    pub(crate) fn was_slow(&self) {
        self.slow_applies.inc();
    }

    /// The member was too busy to send its heartbeats in time.
    pub(crate) fn heartbeat_was_late(&self) {
        self.late_heartbeats.inc();
    }

    fn begun(&self) -> MutexGuard<'_, BTreeMap<Index, Instant>> {
        // Snapshots are few, and only the member's thread comes here.
        self.snapshots_begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Durations {
    fn new(definitions: &Definitions) -> Self {
        let by_success =
            |vec: &HistogramVec| ["false", "true"].map(|success| vec.with_label_values(&[success]));
        let apply = definitions.histograms(
            "etcd_server_apply_duration_seconds",
            "How long the store takes to carry out a committed request.",
            APPLY,
            &["version", "op", "success"],
        );
        let range = definitions.histograms(
            "etcd_server_range_duration_seconds",
            "How long the store takes to answer a range.",
            APPLY,
            &["success"],
        );
        Self {
            apply: Operation::names()
                .map(|name| {
                    ["false", "true"].map(|success| apply.with_label_values(&["v3", name, success]))
                })
                .collect(),
            range: by_success(&range),
            snapshot_save: definitions.histogram(
                "etcd_debugging_snap_save_total_duration_seconds",
                "How long a snapshot takes from its beginning until it is on the disk.",
                DISK,
            ),
        }
    }
}

fn name_versions(definitions: &Definitions, facts: &Facts) {
    let named = [
        (
            "etcd_server_version",
            "Which etcd version the server reports.",
            "server_version",
            facts.server_version.clone(),
        ),
        (
            "etcd_server_id",
            "Which member this is.",
            "server_id",
            facts.member.to_string(),
        ),
    ];
    for (name, help, label, value) in named {
        definitions
            .gauges(name, help, &[label])
            .with_label_values(&[&value])
            .set(1);
    }
}

fn name_features(definitions: &Definitions, facts: &Facts) {
    let features = definitions.gauges(
        "etcd_server_feature_enabled",
        "Whether a feature gate is on.",
        &["name", "stage"],
    );
    for (name, stage, is_on) in &facts.features {
        features
            .with_label_values(&[*name, *stage])
            .set(i64::from(*is_on));
    }
}

fn show_quota(definitions: &Definitions, quota_backend_bytes: i64) {
    let quota = definitions.gauge(
        "etcd_server_quota_backend_bytes",
        "How large the store may grow; less than nothing when it may grow without end.",
    );
    quota.set(match quota_backend_bytes {
        0 => i64::try_from(QUOTA_BYTES_DEFAULT).unwrap_or(i64::MAX),
        bytes => bytes,
    });
}

/// etcd's buckets for what a store does.
const APPLY: Buckets = Buckets::Growing(0.0001, 2.0, 20);
