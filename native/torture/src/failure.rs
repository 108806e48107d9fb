//! Something that must not be.

use std::fmt;

use quorate_core::audit::Finding;

/// A property that does not hold, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Which property.
    pub(crate) property: String,
    /// Where it is stated.
    pub(crate) source: String,
    /// What was seen.
    pub(crate) text: String,
}

impl Failure {
    /// A failure that no checker of histories finds.
    pub(crate) fn new(property: &str, source: &str, text: String) -> Self {
        Self {
            property: property.to_owned(),
            source: source.to_owned(),
            text,
        }
    }

    /// Whether it says that a property is violated: a panic does not, nor that nothing was found
    /// out. A known bug that shows nothing else was met by no checker.
    pub(crate) fn is_violation(&self) -> bool {
        ![NO_PANIC, NO_VERDICT].contains(&self.property.as_str())
    }

    /// The numbers of the operations that its text names.
    pub(crate) fn operations(&self) -> Vec<u64> {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let mut numbers = Vec::new();
        for (at, word) in words.iter().enumerate() {
            if !matches!(*word, "operation" | "operations") {
                continue;
            }
            for word in words[at + 1..].iter().take(3) {
                match word.trim_end_matches([',', ':', ';', '.']).parse() {
                    Ok(number) => numbers.push(number),
                    Err(_) if *word == "and" => {}
                    Err(_) => break,
                }
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

impl From<Finding> for Failure {
    fn from(finding: Finding) -> Self {
        Self::new(finding.property, finding.source, finding.text)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.property, self.source, self.text)
    }
}

impl std::error::Error for Failure {}

/// What a panic violates.
pub(crate) const NO_PANIC: &str = "no panic";
/// What a history violates of which it was not found out whether it is linearizable.
pub(crate) const NO_VERDICT: &str = "a verdict";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_in_the_text() {
        let text = "operations 3 and 14 were both acknowledged, operation 5, too: operation none";
        let failure = Failure::new("linearizability", "", text.to_owned());
        assert_eq!(failure.operations(), [3, 5, 14]);
    }
}
