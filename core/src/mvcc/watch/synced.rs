//! Which watches that have heard everything are to hear of a key's change.

use bytes::Bytes;

use super::WatchName;
use super::interest::{Extent, Interest};
use super::ranges::RangeTree;
use crate::collections::{BTreeMap, BTreeSet};

/// The synced watches, found by key: a put costs in proportion to the watches that hear of it,
/// however many others there are.
#[derive(Debug)]
pub(super) struct Synced {
    single: BTreeMap<Bytes, BTreeSet<WatchName>>,
    ranges: RangeTree,
}

impl Synced {
    /// Nobody.
    pub(super) fn new() -> Self {
        Self {
            single: BTreeMap::new(),
            ranges: RangeTree::new(),
        }
    }

    /// Adds a watch.
    pub(super) fn insert(&mut self, interest: &Interest, watch: WatchName) {
        match &interest.extent {
            Extent::One => {
                let watches = self.single.entry(interest.key.clone()).or_default();
                watches.insert(watch);
            }
            Extent::To(end) => self.ranges.insert(&interest.key, end, watch),
        }
    }

    /// Takes a watch out.
    pub(super) fn remove(&mut self, interest: &Interest, watch: WatchName) {
        match &interest.extent {
            Extent::One => {
                if let Some(watches) = self.single.get_mut(&interest.key) {
                    watches.remove(&watch);
                    if watches.is_empty() {
                        self.single.remove(&interest.key);
                    }
                }
            }
            Extent::To(end) => self.ranges.remove(&interest.key, end, watch),
        }
    }

    /// The watches that cover a key, in place of what was in `found`.
    pub(super) fn find(&self, key: &Bytes, found: &mut Vec<WatchName>) {
        found.clear();
        if let Some(watches) = self.single.get(key) {
            found.extend(watches.iter().copied());
        }
        self.ranges.find(key, found);
    }

    /// Whether nobody listens.
    pub(super) fn is_empty(&self) -> bool {
        self.single.is_empty() && self.ranges.is_empty()
    }
}
