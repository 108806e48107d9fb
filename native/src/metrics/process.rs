//! The process: what the library collects of it, and etcd's two names for open files.

use std::fs;

use prometheus::IntGauge;
use prometheus::process_collector::ProcessCollector;
use rustix::process::{Resource, getrlimit};

use super::definitions::Definitions;

/// Memory, time and open files of this process.
pub(super) struct ProcessMetrics {
    used: IntGauge,
    limit: IntGauge,
}

impl ProcessMetrics {
    pub(super) fn new(definitions: &Definitions) -> Self {
        definitions.add_own(ProcessCollector::for_self());
        Self {
            used: definitions.gauge("os_fd_used", "File descriptors in use."),
            limit: definitions.gauge("os_fd_limit", "File descriptors that may be in use."),
        }
    }

    /// Counts the open files. What cannot be read stays as it was.
    pub(super) fn look(&self) {
        if let Some(used) = open_files() {
            self.used.set(used);
        }
        if let Some(limit) = open_files_max() {
            self.limit.set(i64::try_from(limit).unwrap_or(i64::MAX));
        }
    }
}

/// How many files the process has open; the look itself holds one of them.
pub(crate) fn open_files() -> Option<i64> {
    let entries = fs::read_dir("/proc/self/fd").ok()?;
    i64::try_from(entries.count().saturating_sub(1)).ok()
}

/// How many files the process may have open; nothing when there is no bound.
pub(crate) fn open_files_max() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}
