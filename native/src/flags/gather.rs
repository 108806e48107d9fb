//! All that a server is told, from the command line, the environment or a file.
//!
//! As in etcd a configuration file stands alone: with one, other flags and the environment are
//! not looked at.

use std::path::Path;

use thiserror::Error;

use super::definition::Support;
use super::environment::{self, Environment};
use super::gates::FeatureGates;
use super::origin::ValueError;
use super::values::Values;
use super::{config_file, find, renamed};
use crate::log::Notice;

/// What was gathered, and what is to be told of it.
pub(crate) struct Gathered {
    /// For the default log: the one that is asked for is not known yet.
    pub(crate) early: Vec<Notice>,
    /// For the server's own log.
    pub(crate) late: Vec<Notice>,
    /// The values.
    pub(crate) values: Result<Values, GatherError>,
}

/// Why a server cannot be told so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum GatherError {
    /// A variable and its flag are both set.
    #[error("{SHADOWED}")]
    Shadowed(String),
    /// A flag cannot have a value.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// Something else.
    #[error("{0}")]
    Verify(String),
}

/// Gathers what goes with a command line.
pub(crate) fn gather(line: Values, environment: &Environment) -> Gathered {
    let (mut early, mut late) = (Vec::new(), Vec::new());
    let of_line = Some(line.text(CONFIG_FILE)).filter(|path| !path.is_empty());
    let variable = environment::variable_name(CONFIG_FILE);
    let file = of_line.or_else(|| environment::variable(environment, &variable));
    let values = match file.map(Path::new) {
        Some(path) => {
            let notice = Notice::info(LOADED).with("path", path.display().to_string());
            late.push(notice);
            config_file::read(path, &mut late)
        }
        None => environment::add(line, environment, &mut early),
    };
    let values = values.and_then(|values| renamed::apply(values, &mut late));
    if let Ok(values) = &values {
        late.extend(without_effect(values));
    }
    Gathered {
        early,
        late,
        values,
    }
}

/// Flags that were given although they change nothing.
fn without_effect(values: &Values) -> Vec<Notice> {
    let mut notices = Vec::new();
    for name in values.names() {
        let Some(flag) = find(name) else { continue };
        match flag.support {
            Support::NoEffect(why) if !flag.same(values.text(name), flag.default) => {
                let text = format!("--{name} has no effect: {why}");
                notices.push(Notice::warn(text));
            }
            Support::Ignored => {
                let notice = Notice::warn("flag is no longer supported - ignoring");
                notices.push(notice.with("flag-name", name));
            }
            _ => {}
        }
    }
    if let Ok(gates) = FeatureGates::parse(values.text("feature-gates")) {
        notices.extend(gates.notices());
    }
    notices
}

const CONFIG_FILE: &str = "config-file";
/// etcd's words, the bracket too many included: scripts look for them.
const SHADOWED: &str = "conflicting environment variable is shadowed by corresponding \
                        command-line flag (either unset environment variable or disable flag))";
const LOADED: &str = "loaded server configuration, other configuration command line flags and \
                      environment variables will be ignored if provided";
