//! Go's grammar of flags: one dash or two, `=` or a space, booleans alone.
//!
//! No parser that a registry has speaks it: clap and its kin read `-name` as the short flags
//! `-n -a -m -e`, and take `--enable-pprof false` to mean that a boolean has a value.

use std::collections::BTreeMap;

use thiserror::Error;

use super::definition::{Kind, Support};
use super::origin::{self, Origin, ValueError};
use super::values::Values;
use super::{all, find};

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Run a server.
    Serve(Values),
    /// Print how to use it.
    Help,
    /// Print which version it is.
    Version(Values),
}

/// What is wrong with the command line. As in etcd an argument that is no flag ends with exit code
/// 1, all else with 2.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum FlagError {
    /// No such flag.
    #[error("flag provided but not defined: --{name}{}", suggestion(.nearest))]
    Unknown {
        /// What was given, without dashes.
        name: String,
        /// The flag that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The last argument is a flag that wants a value.
    #[error("flag needs an argument: --{0}")]
    NoArgument(&'static str),
    /// The flag cannot have this value.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// An argument that is no flag.
    #[error("'{0}' is not a valid flag")]
    NotAFlag(String),
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: &[String]) -> Result<Request, FlagError> {
    let mut set = BTreeMap::new();
    let mut is_version_asked = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(body) = flag_body(argument) else {
            return Err(FlagError::NotAFlag(argument.clone()));
        };
        if body.is_empty() {
            // A lone `--` ends the flags, and nothing may come after them.
            match rest.next() {
                Some(extra) => return Err(FlagError::NotAFlag(extra.clone())),
                None => break,
            }
        }
        let (name, inline) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (body, None),
        };
        match name {
            "h" | "help" => return Ok(Request::Help),
            "version" => {
                is_version_asked = true;
                continue;
            }
            _ => {}
        }
        let flag = find(name).ok_or_else(|| FlagError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name),
        })?;
        let value = match (inline, flag.kind) {
            (Some(value), _) => value,
            (None, Kind::Bool) => "true".to_owned(),
            (None, _) => rest.next().ok_or(FlagError::NoArgument(flag.name))?.clone(),
        };
        origin::check(flag, &value, &Origin::Line)?;
        // As in Go, the last one holds.
        set.insert(flag.name, value);
    }
    let values = Values::new(set);
    Ok(match is_version_asked {
        true => Request::Version(values),
        false => Request::Serve(values),
    })
}

/// What follows the dashes; nothing when it is no flag.
fn flag_body(argument: &str) -> Option<&str> {
    let body = argument.strip_prefix('-')?;
    let body = body.strip_prefix('-').unwrap_or(body);
    let is_flag = argument == "--" || !(body.is_empty() || body.starts_with(['-', '=']));
    is_flag.then_some(body)
}

/// The flag that a mistyped name is closest to, if any is close.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    all()
        .filter(|flag| !matches!(flag.support, Support::Renamed(_) | Support::Gate(_)))
        .map(|flag| (strsim::damerau_levenshtein(name, flag.name), flag.name))
        .filter(|(distance, flag)| *distance * 3 <= flag.len().max(name.len()))
        .min()
        .map(|(_, flag)| flag)
}

fn suggestion(nearest: &Option<&'static str>) -> String {
    match nearest {
        Some(name) => format!("; did you mean --{name}?"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> Values {
        match parse(&arguments(line)) {
            Ok(Request::Serve(values)) => values,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn message(line: &str) -> String {
        parse(&arguments(line)).expect_err(line).to_string()
    }

    fn arguments(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn one_dash_or_two_an_equals_sign_or_a_space() {
        for line in [
            "-name a",
            "--name a",
            "-name=a",
            "--name=a",
            "--name b --name a",
        ] {
            assert_eq!(values(line).text("name"), "a", "{line}");
        }
        assert_eq!(
            values("--initial-cluster=a=http://x:1").text("initial-cluster"),
            "a=http://x:1"
        );
        assert_eq!(values("--name=").text("name"), "");
    }

    #[test]
    fn a_boolean_stands_alone() {
        let both = values("--enable-pprof --pre-vote=false --name a");
        assert!(both.boolean("enable-pprof"));
        assert!(!both.boolean("pre-vote"));
        assert_eq!(both.text("name"), "a");
        assert_eq!(message("--pre-vote false"), "'false' is not a valid flag");
        assert_eq!(
            message("--pre-vote=maybe"),
            "invalid value \"maybe\" for flag --pre-vote: parse error, use true or false"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(
            message("--nmae a"),
            "flag provided but not defined: --nmae; did you mean --name?"
        );
        assert_eq!(message("-zzzzz"), "flag provided but not defined: --zzzzz");
        assert_eq!(message("--name"), "flag needs an argument: --name");
        assert_eq!(
            message("--heartbeat-interval=x"),
            "invalid value \"x\" for flag --heartbeat-interval: parse error, use a whole number that \
             is not negative"
        );
        assert_eq!(
            message("--initial-cluster-state=old"),
            "invalid value \"old\" for flag --initial-cluster-state: invalid value, use one of \
             new, existing"
        );
        assert_eq!(message("extra"), "'extra' is not a valid flag");
        assert_eq!(message("-- extra"), "'extra' is not a valid flag");
        assert_eq!(message("-"), "'-' is not a valid flag");
    }

    #[test]
    fn what_is_not_there_yet_is_refused_unless_it_changes_nothing() {
        let version = crate::version::QUORATE;
        assert_eq!(
            message("--cert-file=a.pem"),
            format!("--cert-file is not supported yet by quorate {version}")
        );
        assert_eq!(
            message("--experimental-peer-skip-client-san-verification"),
            format!(
                "--experimental-peer-skip-client-san-verification is not supported yet by quorate \
                 {version}"
            )
        );
        values("--strict-reconfig-check=true --client-cert-auth=false --auto-tls=0 --cors=*");
        values("--quota-backend-bytes=0 --proxy off");
    }

    #[test]
    fn help_and_version() {
        let version = parse(&arguments("--version --etcd-version 3.5.30")).expect("good");
        assert!(matches!(version, Request::Version(values) if values.is_set("etcd-version")));
        assert_eq!(
            message("--etcd-version 3.6"),
            "invalid value \"3.6\" for flag --etcd-version: parse error, use a version of etcd 3 such \
             as 3.6.14"
        );
        assert_eq!(parse(&arguments("-h")), Ok(Request::Help));
        assert_eq!(parse(&arguments("--name a -help")), Ok(Request::Help));
    }
}
