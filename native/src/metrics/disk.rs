//! What the disk takes.

use std::time::Duration;

use prometheus::{Histogram, IntGauge};

use super::definitions::{DISK, Definitions};

/// Both lanes.
pub(super) struct DiskMetrics {
    log: LaneMetrics,
    snapshot: LaneMetrics,
}

/// What one lane counts.
#[derive(Clone)]
pub(crate) struct LaneMetrics {
    fsync: Histogram,
    write: Option<Histogram>,
    bytes: Option<IntGauge>,
    batch: Option<Histogram>,
}

impl DiskMetrics {
    pub(super) fn new(definitions: &Definitions) -> Self {
        Self {
            log: LaneMetrics {
                fsync: definitions.histogram(
                    "etcd_disk_wal_fsync_duration_seconds",
                    "How long an fsync of the write-ahead log takes.",
                    DISK,
                ),
                write: Some(definitions.histogram(
                    "etcd_disk_wal_write_duration_seconds",
                    "How long a write to the write-ahead log takes, without its fsync.",
                    DISK,
                )),
                bytes: Some(definitions.gauge(
                    "etcd_disk_wal_write_bytes_total",
                    "Bytes written to the write-ahead log.",
                )),
                batch: Some(definitions.histogram(
                    "etcd_disk_backend_commit_duration_seconds",
                    "How long it takes to make a batch of changes durable, from its first write \
                     to the end of its fsync.",
                    DISK,
                )),
            },
            snapshot: LaneMetrics {
                fsync: definitions.histogram(
                    "etcd_snap_fsync_duration_seconds",
                    "How long an fsync of a snapshot file takes.",
                    DISK,
                ),
                write: None,
                bytes: None,
                batch: None,
            },
        }
    }

    pub(super) fn log_lane(&self) -> LaneMetrics {
        self.log.clone()
    }

    pub(super) fn snapshot_lane(&self) -> LaneMetrics {
        self.snapshot.clone()
    }
}

impl LaneMetrics {
    /// Bytes were appended to a file.
    pub(crate) fn written(&self, bytes: usize, took: Duration) {
        if let Some(write) = &self.write {
            write.observe(took.as_secs_f64());
        }
        if let Some(sum) = &self.bytes {
            sum.add(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
    }

    /// A file was synced.
    pub(crate) fn synced(&self, took: Duration) {
        self.fsync.observe(took.as_secs_f64());
    }

    /// A batch was carried out as a whole.
    pub(crate) fn carried_out(&self, took: Duration) {
        if let Some(batch) = &self.batch {
            batch.observe(took.as_secs_f64());
        }
    }
}
