//! The store as it can be seen from outside, with all its versions: for whoever asks for it.

use super::Member;
use crate::id::Revision;
use crate::mvcc::{KeyView, WatchView};

/// A member's store at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreView {
    /// The newest revision.
    pub revision: Revision,
    /// Up to where it is compacted; -1 when it never was.
    pub compact_revision: Revision,
    /// The first keys, in ascending order, with their versions.
    pub keys: Vec<KeyView>,
    /// How many keys are there, shown or not, without those that are deleted.
    pub key_count: u64,
    /// The watches that this member serves.
    pub watches: Vec<WatchView>,
}

impl Member {
    /// The store with its versions and watches. Made for drawing: of many keys it holds the first.
    pub fn store_view(&self) -> StoreView {
        StoreView {
            revision: self.store.revision(),
            compact_revision: self.store.compact_revision(),
            keys: self.store.key_views(KEYS_SHOWN),
            key_count: self.store.key_count(),
            watches: self.watches.watch_views(),
        }
    }
}

/// Keys in a view.
const KEYS_SHOWN: usize = 60;
