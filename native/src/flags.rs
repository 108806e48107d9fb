//! The command line: etcd's flags, in Go's grammar.
//!
//! One table of definitions (one group, one file) gives parsing, `--help` and the messages. A
//! flag of etcd's that this version does not carry out is known all the same: giving it a value
//! that would change something is refused by name, so that nobody believes in what is not there.

mod clustering;
mod definition;
mod features;
mod help;
mod logging;
mod member;
mod other;
mod parse;
mod playground;
mod profiling;
mod security;
mod tracing;
mod urls;
mod values;

pub(crate) use help::{help_text, version_text};
pub(crate) use parse::{Request, parse};
pub(crate) use urls::Endpoint;
pub(crate) use values::Values;

use definition::{Flag, Group};

/// All flags there are, in the order in which `--help` prints them.
const GROUPS: &[Group] = &[
    member::GROUP,
    clustering::GROUP,
    playground::GROUP,
    logging::GROUP,
    profiling::GROUP,
    security::GROUP,
    tracing::GROUP,
    features::GROUP,
    other::GROUP,
];

/// The definition of a flag.
fn find(name: &str) -> Option<&'static Flag> {
    all().find(|flag| flag.name == name)
}

fn all() -> impl Iterator<Item = &'static Flag> {
    GROUPS.iter().flat_map(|group| group.flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_is_defined_twice() {
        let mut names: Vec<&str> = all().map(|flag| flag.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_default_is_a_value_of_its_kind() {
        for flag in all() {
            assert_eq!(flag.kind.check(flag.default), Ok(()), "--{}", flag.name);
        }
    }
}
