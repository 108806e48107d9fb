//! Which revision a client names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::Revision;

/// A revision by its number, or by where it is beside the newest one that any client has heard
/// of: what a plan knows beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum RevisionChoice {
    /// This one; 0 for what etcd takes it for.
    Number(i64),
    /// So many above the newest that was heard of, or below when it is negative.
    Newest(i64),
}

impl RevisionChoice {
    /// The newest, whatever it is when the server comes to it.
    pub const DEFAULT: Self = Self::Number(0);

    /// What a client that has heard of a revision asks for.
    pub(super) fn resolve(self, newest: Revision) -> Revision {
        match self {
            Self::Number(number) => Revision(number),
            Self::Newest(offset) => Revision(newest.0.saturating_add(offset).max(1)),
        }
    }
}

impl From<i64> for RevisionChoice {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for RevisionChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Newest(0) => f.write_str(NEWEST),
            Self::Newest(offset) => write!(f, "{NEWEST}{offset:+}"),
        }
    }
}

impl FromStr for RevisionChoice {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.parse().map_err(|_| "no revision");
        match text.strip_prefix(NEWEST) {
            None => number(text).map(Self::Number),
            Some("") => Ok(Self::Newest(0)),
            Some(offset) if offset.starts_with(['+', '-']) => number(offset).map(Self::Newest),
            Some(_) => Err("no revision"),
        }
    }
}

/// As a number, or as text when it is none.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Number(i64),
    Text(String),
}

impl From<RevisionChoice> for Written {
    fn from(choice: RevisionChoice) -> Self {
        match choice {
            RevisionChoice::Number(number) => Self::Number(number),
            RevisionChoice::Newest(_) => Self::Text(choice.to_string()),
        }
    }
}

impl TryFrom<Written> for RevisionChoice {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Number(number) => Ok(Self::Number(number)),
            Written::Text(text) => text.parse(),
        }
    }
}

const NEWEST: &str = "newest";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_is_written() {
        for choice in [
            RevisionChoice::Number(7),
            RevisionChoice::Number(-3),
            RevisionChoice::Newest(0),
            RevisionChoice::Newest(5),
            RevisionChoice::Newest(-12),
        ] {
            assert_eq!(choice.to_string().parse(), Ok(choice));
            let json = serde_json::to_string(&choice).expect("written");
            assert_eq!(
                serde_json::from_str::<RevisionChoice>(&json).ok(),
                Some(choice)
            );
        }
        for bad in ["", "newest3", "newer", "newest+", "1.5"] {
            assert!(bad.parse::<RevisionChoice>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_choice_beside_the_newest_is_never_below_the_first() {
        let resolve = |choice: RevisionChoice| choice.resolve(Revision(5)).0;
        assert_eq!(resolve(RevisionChoice::Newest(2)), 7);
        assert_eq!(resolve(RevisionChoice::Newest(-9)), 1);
        assert_eq!(resolve(RevisionChoice::Number(0)), 0);
    }
}
