//! What a failure of the search is due to.

use super::unknown::Extent;
use crate::collections::BTreeSet;

/// Keys, and writes that stand somewhere already: with these left as they are, it fails again.
#[derive(Clone, Debug, Default)]
pub(super) struct Conflict {
    /// The keys whose state matters.
    extent: Extent,
    /// Writes that could have helped, by place, had they not been used before.
    used: BTreeSet<usize>,
}

impl Conflict {
    /// About some keys.
    pub(super) fn about(extent: Extent) -> Self {
        Self {
            extent,
            used: BTreeSet::new(),
        }
    }

    /// It is due to the state of some keys too.
    pub(super) fn add_extent(&mut self, extent: &Extent) {
        self.extent.add(extent);
    }

    /// It is due to a write that is used already, too.
    pub(super) fn add_used(&mut self, at: usize) {
        self.used.insert(at);
    }

    /// It is due to all that another one is due to, too.
    pub(super) fn add(&mut self, other: &Conflict) {
        self.extent.add(&other.extent);
        self.used.extend(&other.used);
    }

    /// Whether another choice where one was made can help: it would free a write that was taken
    /// there, or could change keys.
    pub(super) fn matters_to(&self, taken: Option<usize>, extent: &Extent) -> bool {
        taken.is_some_and(|at| self.used.contains(&at)) || self.extent.overlaps(extent)
    }
}
