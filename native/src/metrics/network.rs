//! The members' conversation.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
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
    peers: Mutex<KnownPeers>,
}

/// Whom labels may be made for, and who is connected.
#[derive(Default)]
struct KnownPeers {
    members: BTreeSet<MemberId>,
    /// Remotes are among them: one that becomes a member is connected already.
    active: BTreeSet<MemberId>,
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

/// The counts of one peer's streams. Whoever is no member is not counted: names that a stranger
/// makes up must not become labels.
#[derive(Clone, Default)]
pub(crate) struct PeerMetrics {
    counts: Arc<OnceLock<PeerCounts>>,
}

struct PeerCounts {
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
            peers: Mutex::default(),
        }
    }

    /// A peer is a member: from now on it is counted.
    pub(super) fn count_peer(&self, peer: MemberId, metrics: &PeerMetrics) {
        let name = peer.to_string();
        let mut peers = self.peers();
        peers.members.insert(peer);
        let is_active = peers.active.contains(&peer);
        let labels = [&self.own, &name];
        self.known.with_label_values(&labels).set(1);
        self.active.with_label_values(&labels).set(is_active.into());
        metrics.counts.get_or_init(|| PeerCounts {
            sent_bytes: self.sent_bytes.with_label_values(&[&name]),
            received_bytes: self.received_bytes.with_label_values(&[&name]),
            sent_failures: self.sent_failures.with_label_values(&[&name]),
            received_failures: self.received_failures.with_label_values(&[&name]),
            round_trip: self.round_trip.with_label_values(&[&name]),
        });
    }

    /// A peer is none any more.
    pub(super) fn forget_peer(&self, peer: MemberId) {
        let mut peers = self.peers();
        peers.members.remove(&peer);
        peers.active.remove(&peer);
        let name = peer.to_string();
        let both = [&self.own, &name];
        // Of those that never came to be there is nothing to remove.
        for gauges in [&self.known, &self.active] {
            let _ = gauges.remove_label_values(&both);
        }
        let _ = self.disconnected.remove_label_values(&both);
        for counters in [
            &self.sent_bytes,
            &self.received_bytes,
            &self.sent_failures,
            &self.received_failures,
        ] {
            let _ = counters.remove_label_values(&[&name]);
        }
        let _ = self.round_trip.remove_label_values(&[&name]);
        self.snapshots.forget_peer(peer);
    }

    /// Counts what happened.
    pub(super) fn traced(&self, kind: &TraceKind) {
        match kind {
            TraceKind::PeerActive { peer } => self.active(*peer, true),
            TraceKind::PeerInactive { peer } => self.active(*peer, false),
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
        let mut peers = self.peers();
        if is_active {
            peers.active.insert(peer);
        } else {
            peers.active.remove(&peer);
        }
        if !peers.members.contains(&peer) {
            return;
        }
        let labels = [&self.own, &peer.to_string()];
        self.active.with_label_values(&labels).set(is_active.into());
        if !is_active {
            self.disconnected.with_label_values(&labels).inc();
        }
    }

    fn peers(&self) -> MutexGuard<'_, KnownPeers> {
        // Nothing is done under the lock that could panic half way.
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn forget_peer(&self, peer: MemberId) {
        let name = peer.to_string();
        self.begun().remove(&peer);
        for counters in [&self.sent, &self.failed, &self.received] {
            let _ = counters.remove_label_values(&[&name]);
        }
        let _ = self.sending.remove_label_values(&[&name]);
        let _ = self.took.remove_label_values(&[&name]);
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
        if let Some(counts) = self.counts.get() {
            counts.sent_bytes.inc_by(bytes as u64);
        }
    }

    /// Bytes came in.
    pub(crate) fn received(&self, bytes: usize) {
        if let Some(counts) = self.counts.get() {
            counts.received_bytes.inc_by(bytes as u64);
        }
    }

    /// A frame was thrown away.
    pub(crate) fn not_sent(&self) {
        if let Some(counts) = self.counts.get() {
            counts.sent_failures.inc();
        }
    }

    /// The stream from it broke.
    pub(crate) fn lost(&self) {
        if let Some(counts) = self.counts.get() {
            counts.received_failures.inc();
        }
    }

    /// It answered a question.
    pub(crate) fn answered(&self, after: Duration) {
        if let Some(counts) = self.counts.get() {
            counts.round_trip.observe(after.as_secs_f64());
        }
    }
}

/// etcd's buckets for round trips.
const ROUND_TRIP: Buckets = Buckets::Growing(0.0001, 2.0, 16);
/// etcd's buckets for snapshots on their way.
const SNAPSHOT: Buckets = Buckets::Growing(0.1, 2.0, 10);

#[cfg(test)]
mod tests {
    use super::super::{Facts, Metrics};
    use super::*;

    #[test]
    fn only_members_become_labels_and_only_while_they_are_some() {
        let metrics = Metrics::new(&Facts::of_test(MemberId(1)));
        let shows = |name: &str| {
            let text = String::from_utf8(metrics.render(None)).expect("a text");
            text.contains(name)
        };
        let (peer, counts) = (MemberId(0xabc), PeerMetrics::default());
        metrics.traced(&TraceKind::PeerActive { peer });
        counts.sent(7);
        assert!(!shows("\"abc\""));
        metrics.count_peer(peer, &counts);
        counts.sent(8);
        assert!(shows(
            "etcd_network_active_peers{Local=\"1\",Remote=\"abc\"} 1"
        ));
        assert!(shows("etcd_network_peer_sent_bytes_total{To=\"abc\"} 8"));
        metrics.traced(&TraceKind::PeerInactive { peer });
        assert!(shows(
            "etcd_network_disconnected_peers_total{Local=\"1\",Remote=\"abc\"} 1"
        ));
        metrics.forget_peer(peer);
        // It may be heard of once more.
        metrics.traced(&TraceKind::PeerActive { peer });
        counts.sent(9);
        assert!(!shows("\"abc\""));
    }
}
