//! What a checker of a history found.

use std::fmt;

/// A guarantee that a history breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which guarantee.
    pub property: &'static str,
    /// Where it is stated.
    pub source: &'static str,
    /// What shows it, with the numbers of the operations.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.property, self.source, self.text)
    }
}

impl std::error::Error for Finding {}
