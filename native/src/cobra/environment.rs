//! Flags from the environment: `ETCDCTL_DIAL_TIMEOUT` for `--dial-timeout`.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use serde_json::json;

use crate::log;

/// What the environment says, as flags.
///
/// # Errors
/// A variable and its flag are both set: etcd's message, and its exit code.
pub(super) fn flags(
    command: &Command,
    matches: &ArgMatches,
    prefix: &str,
) -> Result<Vec<OsString>, ExitCode> {
    let mut flags = Vec::new();
    let mut known: BTreeSet<String> = OWN.iter().map(|name| format!("{prefix}_{name}")).collect();
    for argument in command.get_arguments() {
        let Some(long) = argument.get_long() else {
            continue;
        };
        let variable = format!("{prefix}_{}", long.to_uppercase().replace('-', "_"));
        known.insert(variable.clone());
        let Some(value) = env::var_os(&variable) else {
            continue;
        };
        if is_given(matches, argument.get_id().as_str()) {
            log::to_stderr().fatal(CONFLICT, &[("environment-variable", json!(variable))]);
            return Err(ExitCode::FAILURE);
        }
        if !value.is_empty() {
            let mut flag = OsString::from(format!("--{long}="));
            flag.push(value);
            flags.push(flag);
        }
    }
    for (name, value) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with(&format!("{prefix}_")) && !known.contains(name.as_ref()) {
            let text = format!("{name}={}", value.to_string_lossy());
            let fields = [("environment-variable", json!(text))];
            log::to_stderr().warn("unrecognized environment variable", &fields);
        }
    }
    Ok(flags)
}

/// Whether a flag stands on the command line, before the command or after it.
fn is_given(matches: &ArgMatches, id: &str) -> bool {
    let here = matches.try_contains_id(id).is_ok()
        && matches.value_source(id) == Some(ValueSource::CommandLine);
    here || matches
        .subcommand()
        .is_some_and(|(_, inner)| is_given(inner, id))
}

/// Variables that stand for no flag: which API (there is one left), and what to watch.
const OWN: [&str; 3] = ["API", "WATCH_KEY", "WATCH_RANGE_END"];

/// etcd's message, the bracket too many included: scripts look for it.
const CONFLICT: &str = "conflicting environment variable is shadowed by corresponding \
                        command-line flag (either unset environment variable or disable flag))";
