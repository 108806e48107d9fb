//! Where a flag's value was given, and what can be wrong with it there.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use super::definition::{Flag, Support};
use super::find;
use crate::go::quote;

/// Where a value was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// On the command line.
    Line,
    /// In the environment, under this name.
    Environment(String),
    /// In a configuration file.
    File {
        /// Which.
        path: PathBuf,
        /// Under which key.
        key: String,
    },
}

/// A value that its flag cannot have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{wrong}")]
pub(crate) struct ValueError {
    /// Whether the command line is to blame: then the exit code is 2, as in etcd.
    pub(crate) is_of_line: bool,
    wrong: String,
}

impl ValueError {
    /// Says in the words of its origin why a value is none of its flag's.
    pub(super) fn new(flag: &Flag, value: &str, reason: &str, origin: &Origin) -> Self {
        let (name, value) = (flag.name, quote(value.as_bytes()));
        let wrong = match origin {
            Origin::Line => format!("invalid value {value} for flag --{name}: {reason}"),
            Origin::Environment(variable) => {
                format!("invalid value {value} for {variable}: {reason}")
            }
            Origin::File { path, key } => format!(
                "{}: invalid value {value} for {key}: {reason}",
                path.display()
            ),
        };
        Self::told(wrong, origin)
    }

    fn told(wrong: String, origin: &Origin) -> Self {
        Self {
            is_of_line: *origin == Origin::Line,
            wrong,
        }
    }
}

/// Checks a value against its flag: that it is of its kind, and that it can be carried out.
pub(super) fn check(flag: &Flag, value: &str, origin: &Origin) -> Result<(), ValueError> {
    flag.kind
        .check(value)
        .map_err(|reason| ValueError::new(flag, value, &reason, origin))?;
    let carried_out = match flag.support {
        Support::Renamed(now) => find(now),
        _ => Some(flag),
    };
    match carried_out {
        Some(meant) if meant.support == Support::NotYet && !meant.same(value, meant.default) => {
            let what = Subject(flag, origin);
            let version = crate::version::QUORATE;
            let wrong = format!("{what} is not supported yet by quorate {version}");
            Err(ValueError::told(wrong, origin))
        }
        _ => Ok(()),
    }
}

/// A flag by the name under which it was given.
struct Subject<'a>(&'a Flag, &'a Origin);

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Origin::Line => write!(f, "--{}", self.0.name),
            Origin::Environment(variable) => f.write_str(variable),
            Origin::File { path, key } => write!(f, "{}: {key}", path.display()),
        }
    }
}
