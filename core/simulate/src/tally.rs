//! What came of many seeds.

use serde::{Deserialize, Serialize};

use crate::run::{Figures, Outcome, Verdict};

/// The sum of outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// What there was in all of them.
    pub figures: Figures,
    /// The hashes of all traces, in order, in one.
    pub hash: u64,
    /// Seeds that failed.
    pub failed: Vec<u64>,
    /// Seeds of which it was not found out whether what clients saw is linearizable.
    pub undecided: Vec<u64>,
}

impl Tally {
    /// Takes the outcome of the next seed in.
    pub fn add(&mut self, outcome: &Outcome) {
        self.figures.add(&outcome.figures);
        // FNV-1a, a word at a time.
        self.hash = (self.hash ^ outcome.trace_hash).wrapping_mul(0x0000_0100_0000_01b3);
        match outcome.verdict() {
            Verdict::Passed => {}
            Verdict::Undecided => self.undecided.push(outcome.seed),
            Verdict::Failed => self.failed.push(outcome.seed),
        }
    }

    /// How many seeds passed all that was looked at.
    pub fn passed(&self) -> u64 {
        let others = self.failed.len() + self.undecided.len();
        self.figures.seeds.saturating_sub(others as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::outcome;

    #[test]
    fn an_undecided_run_has_not_passed() {
        let mut tally = Tally::default();
        for (seed, verdict) in [
            (3, Verdict::Passed),
            (4, Verdict::Undecided),
            (5, Verdict::Failed),
            (6, Verdict::Passed),
        ] {
            tally.add(&outcome(seed, verdict));
        }
        assert_eq!((tally.passed(), tally.figures.seeds), (2, 4));
        assert_eq!((tally.undecided, tally.failed), (vec![4], vec![5]));
    }
}
