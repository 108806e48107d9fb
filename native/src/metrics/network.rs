//! The members' conversation.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec};
use quorate_core::id::MemberId;
use quorate_core::trace::TraceKind;

use super::definitions::{Buckets, Definitions};

/// The counts, by peer.
pub(super) struct NetworkMetrics {
    own: String,
    known: IntGaugeVec,
    active: IntGaugeVec,
    disconnected: IntCounterVec,
    sent_bytes: IntCounterVec,
    received_bytes: IntCounterVec,
    sent_failures: IntCounterVec,
    received_failures: IntCounterVec,
    round_trip: HistogramVec,
    snapshots: SnapshotMetrics,
}

struct SnapshotMetrics {
    sent: IntCounterVec,
    failed: IntCounterVec,
    sending: IntGaugeVec,
    took: HistogramVec,
    received: IntCounterVec,
    /// When each peer's began.
    begun: Mutex<BTreeMap<MemberId, Instant>>,
}

/// The counts of one peer's streams.
#[derive(Clone)]
pub(crate) struct PeerMetrics {
    sent_bytes: IntCounter,
    received_bytes: IntCounter,
    sent_failures: IntCounter,
    received_failures: IntCounter,
    round_trip: Histogram,
}

impl NetworkMetrics {
    pub(super) fn new(definitions: &Definitions, own: MemberId) -> Self {
        let to: &[&str] = &["To"];
        let from: &[&str] = &["From"];
        let both: &[&str] = &["Local", "Remote"];
        let counters =
            |name: &str, help: &str, labels: &[&str]| definitions.counters(name, help, labels);
        Self {
            own: own.to_string(),
            known: definitions.gauges(
                "etcd_network_known_peers",
                "Members of the cluster besides this one.",
                both,
            ),
            active: definitions.gauges(
                "etcd_network_active_peers",
                "Members that this one is connected to.",
                both,
            ),
            disconnected: counters(
                "etcd_network_disconnected_peers_total",
                "How often the connection to a member was lost.",
                both,
            ),
            sent_bytes: counters(
                "etcd_network_peer_sent_bytes_total",
                "Bytes sent to a member.",
                to,
            ),
            received_bytes: counters(
                "etcd_network_peer_received_bytes_total",
                "Bytes received from a member.",
                from,
            ),
            sent_failures: counters(
                "etcd_network_peer_sent_failures_total",
                "Frames to a member that were thrown away: it was not connected, or too slow.",
                to,
            ),
            received_failures: counters(
                "etcd_network_peer_received_failures_total",
                "Streams from a member that broke or could not be followed.",
                from,
            ),
            round_trip: definitions.histograms(
                "etcd_network_peer_round_trip_time_seconds",
                "How long a question to a member and its answer take on the network.",
                ROUND_TRIP,
                to,
            ),
            snapshots: SnapshotMetrics::new(definitions),
        }
    }

    pub(super) fn peer(&self, peer: MemberId) -> PeerMetrics {
        let name = peer.to_string();
        self.known.with_label_values(&[&self.own, &name]).set(1);
        self.active.with_label_values(&[&self.own, &name]).set(0);
        PeerMetrics {
            sent_bytes: self.sent_bytes.with_label_values(&[&name]),
            received_bytes: self.received_bytes.with_label_values(&[&name]),
            sent_failures: self.sent_failures.with_label_values(&[&name]),
            received_failures: self.received_failures.with_label_values(&[&name]),
            round_trip: self.round_trip.with_label_values(&[&name]),
        }
    }

    /// A peer is none any more. What was counted of it stays.
    pub(super) fn forget_peer(&self, peer: MemberId) {
        let labels = [&self.own, &peer.to_string()];
        for gauges in [&self.known, &self.active] {
            // It may have been forgotten before.
            let _ = gauges.remove_label_values(&labels);
        }
    }

    /// Counts what happened.
    pub(super) fn traced(&self, kind: &TraceKind) {
        match kind {
            TraceKind::PeerActive { peer } => self.active(*peer, true),
            TraceKind::PeerInactive { peer } => {
                self.active(*peer, false);
                let labels = [&self.own, &peer.to_string()];
                self.disconnected.with_label_values(&labels).inc();
            }
            TraceKind::SnapshotSendStarted { to, .. } => self.snapshots.started(*to),
            TraceKind::SnapshotSendFinished { to, succeeded, .. } => {
                self.snapshots.finished(*to, *succeeded);
            }
            TraceKind::SnapshotApplied { from, .. } => {
                let name = from.to_string();
                self.snapshots.received.with_label_values(&[&name]).inc();
            }
            _ => {}
        }
    }

    fn active(&self, peer: MemberId, is_active: bool) {
        self.active
            .with_label_values(&[&self.own, &peer.to_string()])
            .set(is_active.into());
    }
}

impl SnapshotMetrics {
    fn new(definitions: &Definitions) -> Self {
        Self {
            sent: definitions.counters(
                "etcd_network_snapshot_send_success",
                "Snapshots that a member has received from this one.",
                &["To"],
            ),
            failed: definitions.counters(
                "etcd_network_snapshot_send_failures",
                "Snapshots that did not reach a member.",
                &["To"],
            ),
            sending: definitions.gauges(
                "etcd_network_snapshot_send_inflights_total",
                "Snapshots on their way to a member.",
                &["To"],
            ),
            took: definitions.histograms(
                "etcd_network_snapshot_send_total_duration_seconds",
                "How long a snapshot takes to reach a member.",
                SNAPSHOT,
                &["To"],
            ),
            received: definitions.counters(
                "etcd_network_snapshot_receive_success",
                "Snapshots received from a member.",
                &["From"],
            ),
            begun: Mutex::default(),
        }
    }

    fn started(&self, to: MemberId) {
        let earlier = self.begun().insert(to, Instant::now());
        if earlier.is_none() {
            self.sending.with_label_values(&[&to.to_string()]).inc();
        }
    }

    fn finished(&self, to: MemberId, succeeded: bool) {
        let name = to.to_string();
        if let Some(begun) = self.begun().remove(&to) {
            self.sending.with_label_values(&[&name]).dec();
            if succeeded {
                let took = begun.elapsed().as_secs_f64();
                self.took.with_label_values(&[&name]).observe(took);
            }
        }
        let outcome = if succeeded { &self.sent } else { &self.failed };
        outcome.with_label_values(&[&name]).inc();
    }

    fn begun(&self) -> MutexGuard<'_, BTreeMap<MemberId, Instant>> {
        // Snapshots are few, and only the member's thread comes here.
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PeerMetrics {
    /// Bytes went out.
    pub(crate) fn sent(&self, bytes: usize) {
        self.sent_bytes.inc_by(bytes as u64);
    }

    /// Bytes came in.
    pub(crate) fn received(&self, bytes: usize) {
        self.received_bytes.inc_by(bytes as u64);
    }

    /// A frame was thrown away.
    pub(crate) fn not_sent(&self) {
        self.sent_failures.inc();
    }

    /// The stream from it broke.
    pub(crate) fn lost(&self) {
        self.received_failures.inc();
    }

    /// It answered a question.
    pub(crate) fn answered(&self, after: Duration) {
        self.round_trip.observe(after.as_secs_f64());
    }
}

/// etcd's buckets for round trips.
const ROUND_TRIP: Buckets = Buckets::Growing(0.0001, 2.0, 16);
/// etcd's buckets for snapshots on their way.
const SNAPSHOT: Buckets = Buckets::Growing(0.1, 2.0, 10);
