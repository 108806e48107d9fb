//! What there was in a run.

use std::collections::BTreeMap;
use std::time::Duration;

use quorate_core::audit::{History, Linearized, Outcome};
use serde::{Deserialize, Serialize};

/// Counts, of one round or of many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figures {
    /// Rounds that were carried out to their end.
    pub(crate) rounds: u64,
    /// Clusters that were begun.
    pub(crate) clusters: u64,
    /// Operations of all clients.
    pub(crate) operations: u64,
    /// Those of them that were carried out.
    pub(crate) done: u64,
    /// Those of which nobody knows.
    pub(crate) unknown: u64,
    /// Revisions at which a write stands that nobody was told of.
    pub(crate) unacknowledged: u64,
    /// Histories for which the search for an order was given up: they prove nothing.
    pub(crate) undecided: u64,
    /// Faults, by kind.
    pub(crate) faults: BTreeMap<String, u64>,
    /// The longest time from the end of all faults to a leader that all knew, in milliseconds.
    pub(crate) mended_within_ms: u64,
    /// The sum of those times.
    pub(crate) mended_ms: u64,
    /// What of the present cluster's history has been counted.
    #[serde(skip)]
    counted: usize,
    /// Its unacknowledged revisions so far.
    #[serde(skip)]
    unacknowledged_here: u64,
}

impl Figures {
    /// A new cluster begins.
    pub(crate) fn begin_cluster(&mut self) {
        self.clusters += 1;
        self.counted = 0;
        self.unacknowledged_here = 0;
    }

    /// A fault began.
    pub(crate) fn add_fault(&mut self, kind: &str) {
        *self.faults.entry(kind.to_owned()).or_default() += 1;
    }

    /// The cluster was whole again after so long.
    pub(crate) fn mended_within(&mut self, took: Duration) {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.mended_within_ms = self.mended_within_ms.max(took_ms);
        self.mended_ms = self.mended_ms.saturating_add(took_ms);
    }

    /// Counts what is new in a cluster's history.
    pub(crate) fn see(&mut self, history: &History) {
        for operation in history.operations.iter().skip(self.counted) {
            self.operations += 1;
            match operation.outcome {
                Outcome::Done { .. } => self.done += 1,
                Outcome::Unknown(_) => self.unknown += 1,
                Outcome::Failed(_) => {}
            }
        }
        self.counted = history.operations.len();
    }

    /// What the checkers found out about the whole history of a cluster so far.
    pub(crate) fn see_verdict(&mut self, linearized: &Linearized) {
        if linearized.model.is_none() {
            self.undecided += 1;
        }
        let now = linearized.unacknowledged;
        self.unacknowledged += now.saturating_sub(self.unacknowledged_here);
        self.unacknowledged_here = now;
    }
}
