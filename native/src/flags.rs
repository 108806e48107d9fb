//! The command line: etcd's flags, in Go's grammar.
//!
//! One table of definitions (one group, one file) gives parsing, the environment's variables, the
//! configuration file's keys, `--help` and the messages. A flag of etcd's that this version does
//! not carry out is known all the same: giving it a value that would change something is refused
//! by name, so that nobody believes in what is not there. One that can mean nothing here is
//! accepted, and the log says why it does nothing.

mod clustering;
mod config_file;
mod definition;
mod environment;
#[cfg(test)]
mod every_flag;
mod features;
mod gates;
mod gather;
mod help;
mod logging;
mod member;
mod origin;
mod other;
mod own;
mod parse;
mod profiling;
mod renamed;
mod security;
mod tracing;
mod urls;
mod values;

pub(crate) use gates::{FeatureGates, Gate};
pub(crate) use gather::{GatherError, gather};
pub(crate) use help::{help_text, version_text};
pub(crate) use parse::{FlagError, Request, parse};
pub(crate) use urls::Endpoint;
pub(crate) use values::Values;

use definition::{Flag, Group};

/// All flags there are, in the order in which `--help` prints them.
const GROUPS: &[Group] = &[
    member::GROUP,
    clustering::GROUP,
    own::GROUP,
    logging::GROUP,
    profiling::GROUP,
    security::GROUP,
    tracing::GROUP,
    features::GROUP,
    other::GROUP,
];

/// A flag's default.
pub(crate) fn default_of(name: &str) -> &'static str {
    find(name).map_or("", |flag| flag.default)
}

/// What a configuration file of these bytes says; nothing when it is none.
#[cfg(fuzzing)]
pub(crate) fn config_file(bytes: Vec<u8>) -> Option<Values> {
    let path = std::path::Path::new("etcd.conf.yml");
    config_file::read_bytes(path, bytes, &mut Vec::new()).ok()
}

/// The definition of a flag.
fn find(name: &str) -> Option<&'static Flag> {
    all().find(|flag| flag.name == name)
}

fn all() -> impl Iterator<Item = &'static Flag> {
    GROUPS.iter().flat_map(|group| group.flags)
}

#[cfg(test)]
mod tests {
    use super::definition::Support;
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
            // What an older name is without being given is told by the newer one.
            if !matches!(flag.support, Support::Renamed(_) | Support::Gate(_)) {
                assert_eq!(flag.kind.check(flag.default), Ok(()), "--{}", flag.name);
            }
        }
    }

    #[test]
    fn what_older_names_stand_for_is_there() {
        for flag in all() {
            match flag.support {
                Support::Renamed(now) => {
                    let now = find(now).expect(flag.name);
                    assert_eq!(now.kind, flag.kind, "--{}", flag.name);
                }
                Support::Gate(gate) => {
                    let gates = FeatureGates::parse(&format!("{gate}=false"));
                    assert!(gates.is_ok(), "--{}", flag.name);
                }
                _ => {}
            }
        }
    }
}
