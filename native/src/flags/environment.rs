//! Flags from the environment: `ETCD_NAME` for `--name` (`pkg/flags`).
//!
//! There is no second prefix of our own: whoever changes from etcd changes nothing here, and
//! nobody has to learn which of two variables wins.

use super::GatherError;
use super::all;
use super::definition::Flag;
use super::origin::{self, Origin};
use super::values::Values;
use crate::log::Notice;

/// Variables of the environment, in its order.
pub(crate) type Environment = [(String, String)];

/// Adds what the environment says of flags that the command line does not have.
///
/// # Errors
/// A variable whose flag is given too, as in etcd; or a value that its flag cannot have.
pub(super) fn add(
    line: Values,
    environment: &Environment,
    notices: &mut Vec<Notice>,
) -> Result<Values, GatherError> {
    let mut values = line.clone();
    let mut wrong = None;
    if let Some(value) = variable(environment, VERSION) {
        let notice = Notice::warn("cannot set special environment variable")
            .with("key", VERSION)
            .with("value", value);
        notices.push(notice);
    }
    let mut flags: Vec<&Flag> = all().collect();
    flags.sort_unstable_by_key(|flag| flag.name);
    for flag in flags.into_iter().filter(|flag| !line.is_set(flag.name)) {
        let key = variable_name(flag.name);
        let Some(value) = variable(environment, &key) else {
            continue;
        };
        match origin::check(flag, value, &Origin::Environment(key.clone())) {
            Ok(()) => {
                let notice = Notice::info("recognized and used environment variable")
                    .with("variable-name", key)
                    .with("variable-value", value);
                notices.push(notice);
                values.set(flag.name, value.to_owned());
            }
            Err(error) => wrong = Some(error),
        }
    }
    look_at_the_rest(&line, environment, notices)?;
    match wrong {
        Some(error) => Err(GatherError::Value(error)),
        None => Ok(values),
    }
}

/// The value of a variable that is set to something.
pub(super) fn variable<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    environment
        .iter()
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

/// The variable that stands for a flag.
pub(super) fn variable_name(flag: &str) -> String {
    format!("{PREFIX}{}", flag.to_uppercase().replace('-', "_"))
}

fn look_at_the_rest(
    line: &Values,
    environment: &Environment,
    notices: &mut Vec<Notice>,
) -> Result<(), GatherError> {
    for (key, value) in environment
        .iter()
        .filter(|(key, _)| key.starts_with(PREFIX))
    {
        let flag = all().find(|flag| variable_name(flag.name) == *key);
        match flag {
            Some(flag) if line.is_set(flag.name) => {
                return Err(GatherError::Shadowed(key.clone()));
            }
            Some(_) if !value.is_empty() => {}
            _ if key == VERSION && !value.is_empty() => {}
            // Empty ones too, as in etcd.
            _ => notices.push(
                Notice::warn("unrecognized environment variable")
                    .with("environment-variable", format!("{key}={value}")),
            ),
        }
    }
    Ok(())
}

/// What all variables begin with.
const PREFIX: &str = "ETCD_";
/// It stands for no flag: images of etcd have it to tell which etcd is in them.
const VERSION: &str = "ETCD_VERSION";
