//! What to watch, as a command line or a typed line says it.

use std::ffi::OsString;

use bytes::Bytes;
use clap::Args;
use thiserror::Error;

use super::KeysOfEnvironment;
use crate::ctl::client::WatchOptions;
use crate::ctl::range::{KeyRange, bytes_of};
use crate::go::parse_flag_int;

/// The flags of a watch.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct WatchFlags {
    /// Watch on a prefix if prefix is set
    #[arg(long)]
    prefix: bool,
    /// Revision to start watching
    #[arg(long, default_value = "0", value_parser = parse_flag_int)]
    rev: i64,
    /// Get the previous key-value pair before the event happens
    #[arg(long)]
    prev_kv: bool,
    /// Get periodic watch progress notification from server
    #[arg(long)]
    progress_notify: bool,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct WatchArguments {
    pub(super) flags: WatchFlags,
    pub(super) keys: Vec<OsString>,
    /// What follows `--`; nothing without that.
    pub(super) command: Option<Vec<OsString>>,
}

/// Why they do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum WatchArgumentsError {
    /// No key, or too many.
    #[error("bad number of arguments")]
    Count,
    /// Keys here and in the environment.
    #[error("bad number of arguments (found conflicting environment key)")]
    Environment,
    /// Nothing to run.
    #[error("bad number of arguments (found separator --, but no commands)")]
    NoCommand,
    /// A range and a prefix.
    #[error("`range_end` and `--prefix` are mutually exclusive")]
    RangeAndPrefix,
}

impl WatchArguments {
    /// What is to be watched, and what to run.
    pub(super) fn options(
        self,
        environment: &KeysOfEnvironment,
    ) -> Result<(WatchOptions, Vec<OsString>), WatchArgumentsError> {
        if self.command.as_ref().is_some_and(Vec::is_empty) {
            return Err(WatchArgumentsError::NoCommand);
        }
        let keys = match (self.keys.is_empty(), environment.keys.is_empty()) {
            (true, true) => return Err(WatchArgumentsError::Count),
            (false, false) => return Err(WatchArgumentsError::Environment),
            (false, true) => self.keys,
            (true, false) => environment.keys.clone(),
        };
        let mut keys = keys.into_iter().map(bytes_of);
        let key = keys.next().unwrap_or_default();
        let end = keys.next();
        if keys.next().is_some() {
            return Err(WatchArgumentsError::Count);
        }
        let range = match (end, self.flags.prefix) {
            (Some(_), true) => return Err(WatchArgumentsError::RangeAndPrefix),
            (Some(end), false) => KeyRange { key, end },
            (None, true) => KeyRange::prefix(key),
            (None, false) => KeyRange {
                key,
                end: Bytes::new(),
            },
        };
        let options = WatchOptions {
            key: range.key,
            range_end: range.end,
            revision: self.flags.rev,
            progress_notify: self.flags.progress_notify,
            prev_kv: self.flags.prev_kv,
            require_leader: true,
        };
        Ok((options, self.command.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(keys: &[&str], command: Option<&[&str]>, prefix: bool) -> WatchArguments {
        let owned = |texts: &[&str]| texts.iter().map(OsString::from).collect();
        WatchArguments {
            flags: WatchFlags {
                prefix,
                ..WatchFlags::default()
            },
            keys: owned(keys),
            command: command.map(owned),
        }
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let environment = |keys: &[&str]| KeysOfEnvironment {
            keys: keys.iter().map(OsString::from).collect(),
        };
        let wrong = |keys: &[&str], command: Option<&[&str]>, prefix, of_environment: &[&str]| {
            arguments(keys, command, prefix)
                .options(&environment(of_environment))
                .map(|_| ())
                .expect_err("wrong")
        };
        assert_eq!(wrong(&[], None, false, &[]), WatchArgumentsError::Count);
        assert_eq!(
            wrong(&["a", "b", "c"], None, false, &[]),
            WatchArgumentsError::Count
        );
        assert_eq!(
            wrong(&["a"], None, false, &["b"]),
            WatchArgumentsError::Environment
        );
        assert_eq!(
            wrong(&["a"], Some(&[]), false, &[]),
            WatchArgumentsError::NoCommand
        );
        assert_eq!(
            wrong(&["a", "b"], None, true, &[]),
            WatchArgumentsError::RangeAndPrefix
        );
        let (options, command) = arguments(&[], Some(&["echo"]), true)
            .options(&environment(&["foo"]))
            .expect("good");
        assert_eq!(
            (options.key.as_ref(), options.range_end.as_ref()),
            (&b"foo"[..], &b"fop"[..])
        );
        assert_eq!(command, ["echo"]);
    }
}
