//! What a checker says when a property does not hold.

use std::fmt;

/// A property that must always hold, and did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which property: `election safety`.
    pub property: &'static str,
    /// Where it is stated: `Raft paper §5.2, Figure 3`.
    pub source: &'static str,
    /// What was seen.
    pub text: String,
    /// The world's seed.
    pub seed: u64,
    /// The event after which it was seen.
    pub event: u64,
    /// When, in virtual microseconds.
    pub at_us: u64,
}

impl Violation {
    /// The names of all properties that are looked at: those of the checkers, and those of the
    /// audit of what clients saw.
    pub const PROPERTIES: [&'static str; 21] = [
        "election safety",
        "leader append-only",
        "log matching",
        "leader completeness",
        "state machine safety",
        "equal stores",
        "monotonicity",
        "persistence",
        "recovery",
        "membership safety",
        "changes are answered",
        "nothing acknowledged is lost",
        "liveness",
        "linearizability",
        "watch guarantees: ordered",
        "watch guarantees: unique",
        "watch guarantees: reliable",
        "watch guarantees: atomic",
        "watch guarantees: resumable",
        "watch guarantees: bookmarkable",
        "lease guarantees",
    ];
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} violated ({}) at event {} of seed {}: {}",
            self.property, self.source, self.event, self.seed, self.text
        )
    }
}
