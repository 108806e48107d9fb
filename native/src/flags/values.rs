//! The flags as given, each with its default behind it.

use std::collections::BTreeMap;
use std::time::Duration;

use quorate_core::version::ServerVersion;

use super::definition::{boolean, version};
use super::find;
use super::gates::FeatureGates;
use super::urls::Endpoint;
use crate::go::GoDuration;

/// What was given, on the command line, in the environment or in a file; every value has been
/// checked against its flag's kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Values {
    set: BTreeMap<&'static str, String>,
    is_of_file: bool,
}

impl Values {
    pub(super) fn new(set: BTreeMap<&'static str, String>) -> Self {
        Self {
            set,
            is_of_file: false,
        }
    }

    /// Values of a configuration file, where some of etcd's rules differ.
    pub(super) fn of_file(set: BTreeMap<&'static str, String>) -> Self {
        Self {
            set,
            is_of_file: true,
        }
    }

    pub(super) fn set(&mut self, name: &'static str, value: String) {
        self.set.insert(name, value);
    }

    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.set.remove(name)
    }

    /// Whether they come from a configuration file.
    pub(crate) fn is_of_file(&self) -> bool {
        self.is_of_file
    }

    /// Whether the flag was given, be it with its default.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.set.contains_key(name)
    }

    /// The flags that were given, by name.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.set.keys().copied()
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

    /// A flag with a whole number.
    pub(crate) fn signed(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or(0)
    }

    /// A flag with a whole number that is not negative.
    pub(crate) fn unsigned(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or(0)
    }

    /// A flag with a version of etcd.
    pub(crate) fn version(&self, name: &str) -> ServerVersion {
        version(self.text(name)).unwrap_or(ServerVersion::CLAIMED)
    }

    /// The feature gates.
    pub(crate) fn feature_gates(&self) -> FeatureGates {
        FeatureGates::parse(self.text("feature-gates")).unwrap_or_default()
    }

    /// A flag with URLs, in ascending order.
    pub(crate) fn urls(&self, name: &str) -> Vec<Endpoint> {
        match self.text(name) {
            "" => Vec::new(),
            text => Endpoint::parse_list(text).unwrap_or_default(),
        }
    }
}
