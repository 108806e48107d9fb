//! The flags as given, each with its default behind it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::definition::boolean;
use super::find;
use crate::go_duration::GoDuration;

/// What the command line set; every value has been checked against its flag's kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Values {
    set: BTreeMap<&'static str, String>,
}

impl Values {
    pub(super) fn new(set: BTreeMap<&'static str, String>) -> Self {
        Self { set }
    }

    /// Whether the flag was given, be it with its default.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.set.contains_key(name)
    }

    /// The flag's value or its default.
    pub(crate) fn text(&self, name: &str) -> &str {
        match self.set.get(name) {
            Some(value) => value,
            None => find(name).map_or("", |flag| flag.default),
        }
    }

    /// A boolean flag.
    pub(crate) fn boolean(&self, name: &str) -> bool {
        boolean(self.text(name)).unwrap_or(false)
    }

    /// A flag with a duration.
    pub(crate) fn duration(&self, name: &str) -> Duration {
        GoDuration::parse(self.text(name)).map_or(Duration::ZERO, |duration| duration.0)
    }

    /// A flag with a whole number that is not negative.
    pub(crate) fn unsigned(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or(0)
    }
}
