//! Keys, watches and leases.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus::{Histogram, IntCounter, IntGauge};
use quorate_core::command::{Command, Reply, RequestOp, ResponseOp, Txn, TxnReply};
use quorate_core::member::Figures;
use quorate_core::trace::TraceKind;

use super::definitions::{Buckets, Definitions};

/// The counts.
pub(crate) struct StoreMetrics {
    puts: IntCounter,
    ranges: IntCounter,
    deletes: IntCounter,
    transactions: IntCounter,
    put_size: IntGauge,
    size: IntGauge,
    size_in_use: IntGauge,
    readers: IntGauge,
    hash: Histogram,
    save: Histogram,
    keys: IntGauge,
    revision: IntGauge,
    compact_revision: IntGauge,
    last_compaction: IntGauge,
    watch_streams: IntGauge,
    watches: IntGauge,
    slow_watches: IntGauge,
    events: IntCounter,
    pending_events: IntGauge,
    leases: LeaseMetrics,
}

struct LeaseMetrics {
    granted: IntCounter,
    revoked: IntCounter,
    renewed: IntCounter,
    expired: IntCounter,
    ttl: Histogram,
}

/// What one request did, nested transactions included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    puts: u64,
    put_size_bytes: u64,
    ranges: u64,
    deletes: u64,
}

impl StoreMetrics {
    pub(super) fn new(definitions: &Definitions) -> Self {
        let counter = |name: &str, help: &str| definitions.counter(name, help);
        let gauge = |name: &str, help: &str| definitions.gauge(name, help);
        Self {
            puts: counter("etcd_mvcc_put_total", "Puts carried out by the store."),
            ranges: counter("etcd_mvcc_range_total", "Ranges answered by the store."),
            deletes: counter(
                "etcd_mvcc_delete_total",
                "Deletions carried out by the store.",
            ),
            transactions: counter(
                "etcd_mvcc_txn_total",
                "Transactions of more than one operation carried out by the store.",
            ),
            put_size: gauge(
                "etcd_debugging_mvcc_total_put_size_in_bytes",
                "Bytes of keys and values that were put.",
            ),
            size: gauge(
                "etcd_mvcc_db_total_size_in_bytes",
                "What the store takes, forgotten versions included: what the quota counts.",
            ),
            size_in_use: gauge(
                "etcd_mvcc_db_total_size_in_use_in_bytes",
                "What the store takes without what is forgotten.",
            ),
            readers: gauge(
                "etcd_mvcc_db_open_read_transactions",
                "Long readers of the store: snapshots and checkpoints under way.",
            ),
            hash: definitions.histogram(
                "etcd_mvcc_hash_rev_duration_seconds",
                "How long it takes to hash the store at a revision.",
                HASH,
            ),
            save: definitions.histogram(
                "etcd_disk_backend_snapshot_duration_seconds",
                "How long it takes to send the store to a client that saves it.",
                SAVE,
            ),
            keys: gauge("etcd_debugging_mvcc_keys_total", "Keys that are there."),
            revision: gauge(
                "etcd_debugging_mvcc_current_revision",
                "The store's revision.",
            ),
            compact_revision: gauge(
                "etcd_debugging_mvcc_compact_revision",
                "The revision of the last compaction; -1 when there was none.",
            ),
            last_compaction: gauge(
                "etcd_debugging_mvcc_db_compaction_last",
                "When the last compaction was, in seconds since 1970; 0 when there was none since \
                 the start.",
            ),
            watch_streams: gauge("etcd_debugging_mvcc_watch_stream_total", "Watch streams."),
            watches: gauge("etcd_debugging_mvcc_watcher_total", "Watches."),
            slow_watches: gauge(
                "etcd_debugging_mvcc_slow_watcher_total",
                "Watches that read history: they began in the past, or their clients do not keep \
                 up.",
            ),
            events: counter(
                "etcd_debugging_mvcc_events_total",
                "Events handed to watch streams.",
            ),
            pending_events: gauge(
                "etcd_debugging_mvcc_pending_events_total",
                "Responses of watch streams that their clients have not taken in.",
            ),
            leases: LeaseMetrics::new(definitions),
        }
    }

    /// Shows what the member says of its store.
    pub(super) fn show(&self, figures: &Figures) {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.size.set(number(figures.store_size_bytes));
        self.size_in_use
            .set(number(figures.store_size_in_use_bytes));
        self.readers.set(number(figures.store_pins as u64));
        self.keys.set(number(figures.keys));
        self.revision.set(figures.revision.0);
        self.compact_revision.set(figures.compact_revision.0);
        self.watch_streams
            .set(number(figures.watches.streams as u64));
        self.watches.set(number(figures.watches.watches as u64));
        self.slow_watches
            .set(number(figures.watches.unsynced as u64));
        self.pending_events.set(number(figures.watches.in_flight));
    }

    /// Counts what happened.
    pub(super) fn traced(&self, kind: &TraceKind) {
        match kind {
            TraceKind::LeaseGranted { ttl_seconds, .. } => {
                self.leases.granted.inc();
                self.leases.ttl.observe(*ttl_seconds as f64);
            }
            TraceKind::LeaseRevoked { expired, .. } => {
                self.leases.revoked.inc();
                if *expired {
                    self.leases.expired.inc();
                }
            }
            TraceKind::StoreCompacted { .. } => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let seconds = now.unwrap_or_default().as_secs();
                self.last_compaction
                    .set(i64::try_from(seconds).unwrap_or(i64::MAX));
            }
            _ => {}
        }
    }

    /// A client kept a lease alive.
    pub(crate) fn renewed_lease(&self) {
        self.leases.renewed.inc();
    }

    /// Events were handed to a watch stream.
    pub(crate) fn told(&self, events: usize) {
        self.events.inc_by(events as u64);
    }

    /// The store did what was asked.
    pub(crate) fn did(&self, command: &Command, reply: &Reply) {
        let tally = Tally::of(command, reply);
        if tally.puts + tally.ranges + tally.deletes > 1 {
            self.transactions.inc();
        }
        self.puts.inc_by(tally.puts);
        self.ranges.inc_by(tally.ranges);
        self.deletes.inc_by(tally.deletes);
        if tally.put_size_bytes > 0 {
            let size_bytes = i64::try_from(tally.put_size_bytes).unwrap_or(i64::MAX);
            self.put_size.add(size_bytes);
        }
    }

    /// The store was hashed.
    pub(crate) fn hashed(&self, took: Duration) {
        self.hash.observe(took.as_secs_f64());
    }

    /// A client has fetched the store, or gave it up.
    pub(crate) fn saved(&self, took: Duration) {
        self.save.observe(took.as_secs_f64());
    }
}

impl LeaseMetrics {
    fn new(definitions: &Definitions) -> Self {
        let counter = |name: &str, help: &str| definitions.counter(name, help);
        Self {
            granted: counter("etcd_debugging_lease_granted_total", "Leases granted."),
            revoked: counter(
                "etcd_debugging_lease_revoked_total",
                "Leases that ended, by a client or by time.",
            ),
            renewed: counter(
                "etcd_debugging_lease_renewed_total",
                "Leases that the member's clients kept alive.",
            ),
            expired: counter(
                "etcd_debugging_server_lease_expired_total",
                "Leases that ended because their time was over.",
            ),
            ttl: definitions.histogram(
                "etcd_debugging_lease_ttl_total",
                "How long leases were to live when they were granted, in seconds.",
                TTL,
            ),
        }
    }
}

impl Tally {
    fn of(command: &Command, reply: &Reply) -> Self {
        let mut tally = Self::default();
        match (command, reply) {
            (Command::Range(_), _) => tally.ranges = 1,
            (Command::DeleteRange(_), _) => tally.deletes = 1,
            (Command::Put(put), _) => tally.put(put.key.len() + put.value.len()),
            (Command::Txn(txn), Reply::Txn(reply)) => tally.add_branch(txn, reply),
            _ => {}
        }
        tally
    }

    fn put(&mut self, size_bytes: usize) {
        self.puts += 1;
        self.put_size_bytes += size_bytes as u64;
    }

    fn add_branch(&mut self, txn: &Txn, reply: &TxnReply) {
        let taken = txn.branch(reply.succeeded).iter();
        for (request, response) in taken.zip(&reply.responses) {
            match (request, response) {
                (RequestOp::Range(_), _) => self.ranges += 1,
                (RequestOp::DeleteRange(_), _) => self.deletes += 1,
                (RequestOp::Put(put), _) => self.put(put.key.len() + put.value.len()),
                (RequestOp::Txn(txn), ResponseOp::Txn(reply)) => self.add_branch(txn, reply),
                (RequestOp::Txn(_), _) => {}
            }
        }
    }
}

/// etcd's buckets for hashing.
const HASH: Buckets = Buckets::Growing(0.01, 2.0, 15);
/// etcd's buckets for sending the store.
const SAVE: Buckets = Buckets::Growing(0.01, 2.0, 17);
/// etcd's buckets for the time that leases have, in seconds.
const TTL: Buckets = Buckets::Growing(1.0, 2.0, 24);

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use quorate_core::command::{DeleteRange, Put, Range};

    use super::*;

    #[test]
    fn a_transaction_counts_what_its_branch_did() {
        let put = RequestOp::Put(Put {
            key: Bytes::from_static(b"key"),
            value: Bytes::from_static(b"value"),
            ..Put::default()
        });
        let inner = Txn {
            failure: vec![put.clone(), RequestOp::Range(Range::default())],
            ..Txn::default()
        };
        let txn = Command::Txn(Txn {
            success: vec![
                put,
                RequestOp::DeleteRange(DeleteRange::default()),
                RequestOp::Txn(inner),
            ],
            failure: vec![RequestOp::Range(Range::default())],
            ..Txn::default()
        });
        let inner = TxnReply {
            succeeded: false,
            responses: vec![
                ResponseOp::Put(Default::default()),
                ResponseOp::Range(Default::default()),
            ],
        };
        let reply = Reply::Txn(TxnReply {
            succeeded: true,
            responses: vec![
                ResponseOp::Put(Default::default()),
                ResponseOp::DeleteRange(Default::default()),
                ResponseOp::Txn(inner),
            ],
        });
        let expected = Tally {
            puts: 2,
            put_size_bytes: 16,
            ranges: 1,
            deletes: 1,
        };
        assert_eq!(Tally::of(&txn, &reply), expected);
    }
}
