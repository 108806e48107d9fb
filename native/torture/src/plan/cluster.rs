//! A cluster's settings.

use quorate_core::prng::Prng;

/// Rounds that a cluster lives.
const ROUNDS: u64 = 10;

/// What a cluster is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterPlan {
    /// What all of it was drawn from.
    pub(crate) seed: u64,
    /// Three or five.
    pub(crate) members: usize,
    /// How many rounds it lives.
    pub(crate) rounds: u64,
    /// `--snapshot-count`.
    pub(crate) snapshot_count: u64,
    /// `--snapshot-catchup-entries`.
    pub(crate) catch_up_entries: u64,
    /// When a segment of the log is cut.
    pub(crate) segment_size_bytes: u64,
    /// Whether a kill loses what was not synced, as a power failure does.
    pub(crate) loses_unsynced: bool,
}

impl ClusterPlan {
    /// Draws it; even seeds have three members, odd ones five, unless a number is asked for.
    pub(crate) fn new(seed: u64, members: Option<usize>) -> Self {
        let mut prng = Prng::new(seed).fork("cluster");
        let mut one_of = |choices: &[u64]| prng.choose(choices).copied().unwrap_or_default();
        Self {
            seed,
            members: members.unwrap_or(if seed.is_multiple_of(2) { 3 } else { 5 }),
            rounds: ROUNDS,
            snapshot_count: one_of(&[30, 100, 300, 1_000]),
            catch_up_entries: one_of(&[5, 20, 100]),
            segment_size_bytes: one_of(&[16 * 1_024, 64 * 1_024, 1_024 * 1_024]),
            loses_unsynced: one_of(&[0, 1]) == 1,
        }
    }

    /// What is drawn for one of its concerns.
    pub(crate) fn prng(&self, concern: &str, number: u64) -> Prng {
        Prng::new(self.seed).fork(&format!("{concern} {number}"))
    }
}
