//! How many bytes the store takes, kept up to date with every write.
//!
//! etcd's database is a file: it grows when it is full, what is deleted or compacted leaves free
//! pages in it that are written again later, and only defragmentation makes the file smaller
//! (`dbSize` and `dbSizeInUse` of its status). Here nothing has such holes, but people and their
//! dashboards know the two numbers and the recipe that goes with them, so the store keeps them:
//! its size is the most that it has held since it was last defragmented.

use bytes::Bytes;

use super::version::Version;
use crate::id::Revision;

/// What a version costs besides its key and value: about what bbolt takes for the revision, the
/// protobuf's numbers and the page's entry.
const VERSION_OVERHEAD_BYTES: u64 = 64;

/// About how many bytes a lease takes; etcd's estimate.
const LEASE_BYTES: u64 = 64;

/// About how many bytes a version takes.
pub(super) fn stored_size_bytes(key_bytes: usize, value_bytes: usize) -> u64 {
    VERSION_OVERHEAD_BYTES + key_bytes as u64 + value_bytes as u64
}

/// Running sums, in bytes but for the number of keys.
///
/// "In use" must drop at the very moment a compaction is applied, though the versions are removed
/// later. Adding them up then would take long, so each record carries the sum of all that was
/// superseded before it; the sum at the compact revision is the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    /// All versions ever added.
    added: u64,
    /// All versions physically removed.
    removed: u64,
    /// Of what was added: what a compaction at the newest main revision would forget.
    superseded: u64,
    /// Tombstones of the newest main revision: only a later compaction forgets them.
    fresh_tombstones: u64,
    /// The newest main revision that wrote.
    main: Revision,
    /// `superseded` as it was at the compact revision.
    forgotten: u64,
    /// Keys whose newest version is no tombstone.
    keys: u64,
    /// Of all leases.
    leases: u64,
    /// The most that was stored since the last defragmentation.
    peak: u64,
}

impl Sizes {
    /// Counts a version that was written over another (or none), and gives the sum of what a
    /// compaction at its main revision would forget, so far.
    pub(super) fn add(&mut self, key: &Bytes, version: &Version, before: Option<&Version>) -> u64 {
        if version.id.main > self.main {
            self.superseded += self.fresh_tombstones;
            self.fresh_tombstones = 0;
            self.main = version.id.main;
        }
        let size = version.size_bytes(key);
        self.added += size;
        let was_there = before.is_some_and(|before| !before.is_tombstone());
        match (was_there, version.is_tombstone()) {
            (false, false) => self.keys += 1,
            (true, true) => self.keys -= 1,
            _ => {}
        }
        if version.is_tombstone() {
            self.fresh_tombstones += size;
        }
        if let Some(before) = before {
            let before_size = before.size_bytes(key);
            if !before.is_tombstone() {
                self.superseded += before_size;
            } else if before.id.main == version.id.main {
                self.superseded += before_size;
                self.fresh_tombstones -= before_size;
            }
        }
        self.peak = self.peak.max(self.stored_bytes());
        self.superseded
    }

    /// There are so many leases now.
    pub(super) fn count_leases(&mut self, leases: usize) {
        self.leases = leases as u64 * LEASE_BYTES;
        self.peak = self.peak.max(self.stored_bytes());
    }

    /// What is free is given back.
    pub(super) fn defragment(&mut self) {
        self.peak = self.stored_bytes();
    }

    /// Counts a version that was physically removed.
    pub(super) fn remove(&mut self, key: &Bytes, version: &Version) {
        self.removed += version.size_bytes(key);
    }

    /// A compaction was applied at a revision whose last record carries this sum.
    pub(super) fn forget(&mut self, freed_bytes: u64) {
        self.forgotten = freed_bytes;
    }

    pub(super) fn keys(&self) -> u64 {
        self.keys
    }

    /// All that is stored, free space included.
    pub(super) fn size_bytes(&self) -> u64 {
        self.peak
    }

    /// Without what is forgotten, be it still there or not.
    pub(super) fn in_use_bytes(&self) -> u64 {
        self.added - self.forgotten + self.leases
    }

    /// What is there, free space not included.
    fn stored_bytes(&self) -> u64 {
        self.added - self.removed + self.leases
    }
}
