//! What a flag is.

use crate::go_duration::GoDuration;

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

    /// The same flag, known but not carried out yet.
    pub(super) const fn not_yet(self) -> Self {
        Self {
            support: Support::NotYet,
            ..self
        }
    }

    /// The same flag, accepted and without effect.
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
            Kind::Text | Kind::OneOf(_) => one == two,
        }
    }
}

impl Kind {
    /// Whether a value is one of this kind; else why not, in Go's words.
    pub(super) fn check(self, value: &str) -> Result<(), &'static str> {
        let fits = match self {
            Kind::Bool => boolean(value).is_some(),
            Kind::Unsigned => value.parse::<u64>().is_ok(),
            Kind::Signed => value.parse::<i64>().is_ok(),
            Kind::Duration => GoDuration::parse(value).is_some(),
            Kind::Text => true,
            Kind::OneOf(choices) => {
                return if choices.contains(&value) {
                    Ok(())
                } else {
                    Err("invalid value")
                };
            }
        };
        if fits { Ok(()) } else { Err("parse error") }
    }
}

/// Go's `strconv.ParseBool`.
pub(super) fn boolean(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
