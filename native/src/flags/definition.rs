//! What a flag is.

use quorate_core::version::ServerVersion;

use super::gates::FeatureGates;
use super::urls::Endpoint;
use crate::go::{GoDuration, parse_bool};

/// Flags that belong together.
pub(super) struct Group {
    /// As `--help` heads it.
    pub(super) title: &'static str,
    /// In the order in which `--help` prints them.
    pub(super) flags: &'static [Flag],
}

/// One flag of the command line.
pub(super) struct Flag {
    /// Without dashes.
    pub(super) name: &'static str,
    /// What its value looks like.
    pub(super) kind: Kind,
    /// What holds when it is not given.
    pub(super) default: &'static str,
    /// Whether it does anything.
    pub(super) support: Support,
    /// One or two lines.
    pub(super) help: &'static str,
}

/// What a flag's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Go's booleans; the flag alone means true.
    Bool,
    /// A whole number that is not negative.
    Unsigned,
    /// A whole number.
    Signed,
    /// Go's durations.
    Duration,
    /// A comma-separated list of URLs, possibly empty.
    Urls,
    /// `Gate=true,Other=false`.
    FeatureGates,
    /// A version of etcd: `3.6.14`.
    Version,
    /// Anything.
    Text,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// Whether a flag does anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    /// It does what etcd's does.
    Here,
    /// Known, and refused with any other value than its default.
    NotYet,
    /// Known and accepted, though nothing here depends on it. Why is told in the log.
    NoEffect(&'static str),
    /// An older name of another flag.
    Renamed(&'static str),
    /// The older flag of a feature gate.
    Gate(&'static str),
    /// Known, and without effect in etcd as well.
    Ignored,
}

impl Flag {
    const fn new(
        name: &'static str,
        kind: Kind,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            default,
            support: Support::Here,
            help,
        }
    }

    pub(super) const fn text(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::Text, default, help)
    }

    pub(super) const fn unsigned(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::Unsigned, default, help)
    }

    pub(super) const fn signed(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::Signed, default, help)
    }

    pub(super) const fn duration(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::Duration, default, help)
    }

    pub(super) const fn urls(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::Urls, default, help)
    }

    pub(super) const fn one_of(
        name: &'static str,
        choices: &'static [&'static str],
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::OneOf(choices), default, help)
    }

    pub(super) const fn boolean(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::Bool, default, help)
    }

    pub(super) const fn feature_gates(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::FeatureGates, default, help)
    }

    pub(super) const fn version(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::Version, default, help)
    }

    /// The same flag, known but not carried out yet.
    pub(super) const fn not_yet(self) -> Self {
        Self {
            support: Support::NotYet,
            ..self
        }
    }

    /// The same flag, accepted although it changes nothing.
    pub(super) const fn without_effect(self, why: &'static str) -> Self {
        Self {
            support: Support::NoEffect(why),
            ..self
        }
    }

    /// The name that a flag had before 3.6.
    pub(super) const fn renamed(name: &'static str, kind: Kind, now: &'static str) -> Self {
        Self {
            support: Support::Renamed(now),
            ..Self::new(name, kind, "", "")
        }
    }

    /// The flag that a feature gate was before 3.6.
    pub(super) const fn gate(name: &'static str, gate: &'static str) -> Self {
        Self {
            support: Support::Gate(gate),
            ..Self::new(name, Kind::Bool, "", "")
        }
    }

    /// The same flag, accepted and without effect in etcd as well.
    pub(super) const fn ignored(self) -> Self {
        Self {
            support: Support::Ignored,
            ..self
        }
    }

    /// Whether two values of this flag say the same.
    pub(super) fn same(&self, one: &str, two: &str) -> bool {
        match self.kind {
            Kind::Bool => boolean(one) == boolean(two),
            Kind::Duration => GoDuration::parse(one) == GoDuration::parse(two),
            Kind::Unsigned | Kind::Signed => one.parse::<i128>().ok() == two.parse::<i128>().ok(),
            Kind::Text | Kind::Urls | Kind::FeatureGates | Kind::Version | Kind::OneOf(_) => {
                one == two
            }
        }
    }
}

impl Kind {
    /// Whether a value is one of this kind; else why not, in Go's words, and what would be right.
    pub(super) fn check(self, value: &str) -> Result<(), String> {
        let fits = match self {
            Kind::Bool => boolean(value).is_some(),
            Kind::Unsigned => value.parse::<u64>().is_ok(),
            Kind::Signed => value.parse::<i64>().is_ok(),
            Kind::Duration => GoDuration::parse(value).is_some(),
            Kind::Urls => return check_urls(value),
            Kind::FeatureGates => return FeatureGates::parse(value).map(|_| ()),
            Kind::Version => version(value).is_some(),
            Kind::Text => true,
            Kind::OneOf(choices) => choices.contains(&value),
        };
        match (fits, self) {
            (true, _) => Ok(()),
            (false, Kind::OneOf(choices)) => {
                Err(format!("invalid value, use one of {}", choices.join(", ")))
            }
            (false, _) => Err(format!("parse error, use {}", self.wanted())),
        }
    }

    /// What a value of this kind is.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Kind::Bool => "true or false",
            Kind::Unsigned => "a whole number that is not negative",
            Kind::Signed => "a whole number",
            Kind::Duration => "a duration such as 100ms, 5s or 1h30m",
            Kind::Urls => "URLs such as http://127.0.0.1:2379, with commas between them",
            Kind::FeatureGates => {
                "gates such as InitialCorruptCheck=true, with commas between them"
            }
            Kind::Version => "a version of etcd 3 such as 3.6.14",
            Kind::Text | Kind::OneOf(_) => "a text",
        }
    }
}

fn check_urls(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Ok(());
    }
    Endpoint::parse_list(value).map(|_| ())
}

/// A version that a server of etcd's third line could have; clients take no other.
pub(super) fn version(text: &str) -> Option<ServerVersion> {
    ServerVersion::parse(text).filter(|version| version.major == 3 && version.to_string() == text)
}

/// Go's `strconv.ParseBool`.
pub(super) fn boolean(value: &str) -> Option<bool> {
    parse_bool(value).ok()
}
