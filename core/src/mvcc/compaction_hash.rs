//! The hash that goes with a compaction.
//!
//! All members compact at the same revisions, so each of these is a point at which their stores
//! can be compared without asking for a moment of quiet. Before a compaction removes anything the
//! store is hashed as it was, and the number is kept for a while: whoever asks for a hash at that
//! revision gets it, even when the store has been compacted beyond (etcd's `hashStorage`).
//!
//! A compaction that begins before the one before it has ended has no hash: what it would go
//! through is not the same on all members.

use super::Store;
use super::hash::{HashStep, Hashing};
use crate::command::HashKvReply;
use crate::id::Revision;

/// The hashes of the last compactions.
#[derive(Debug, Default)]
pub(super) struct CompactionHashes {
    is_on: bool,
    /// The one that is being computed; the compaction waits for it.
    running: Option<Hashing>,
    /// Oldest first.
    kept: Vec<HashKvReply>,
}

/// A copy of a store has no hash under way: the pin is the original's.
impl Clone for CompactionHashes {
    fn clone(&self) -> Self {
        Self {
            is_on: self.is_on,
            running: None,
            kept: self.kept.clone(),
        }
    }
}

impl CompactionHashes {
    /// Whether one is being computed.
    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }
}

impl Store {
    /// Lets every compaction hash the store first, as a member does.
    pub fn hash_compactions(&mut self) {
        self.compaction_hashes.is_on = true;
    }

    /// The hashes of the last compactions, oldest first.
    pub fn compaction_hashes(&self) -> &[HashKvReply] {
        &self.compaction_hashes.kept
    }

    /// The hash of a compaction at a revision, if it is kept.
    pub fn compaction_hash(&self, revision: Revision) -> Option<HashKvReply> {
        let mut kept = self.compaction_hashes.kept.iter();
        kept.find(|hash| hash.hash_revision == revision).copied()
    }

    /// A compaction at a revision is about to begin.
    pub(super) fn begin_compaction_hash(&mut self, revision: Revision) {
        if self.compaction_hashes.is_on && !self.is_compacting() {
            self.compaction_hashes.running = self.begin_hash(revision).ok();
        }
    }

    /// Goes through at most `budget` versions; false when there is no hash under way.
    pub(super) fn compaction_hash_step(&mut self, budget: usize) -> bool {
        let Some(mut hashing) = self.compaction_hashes.running.take() else {
            return false;
        };
        match self.hash_step(&mut hashing, budget) {
            HashStep::More => self.compaction_hashes.running = Some(hashing),
            HashStep::Done(hash) => {
                self.end_hash(hashing);
                let kept = &mut self.compaction_hashes.kept;
                kept.push(hash);
                if kept.len() > HASHES_KEPT {
                    kept.remove(0);
                }
            }
            HashStep::Lost => self.end_hash(hashing),
        }
        true
    }
}

/// etcd's `hashStorageMaxSize`.
const HASHES_KEPT: usize = 10;
