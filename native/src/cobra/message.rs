//! What is wrong with a command line, in cobra's words.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::place::Place;

/// One line; what may have been meant follows it.
pub(super) fn message(error: &clap::Error, place: &Place) -> String {
    let context = |kind| error.get(kind).map(text).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    // clap adds the name of the value: `--limit <LIMIT>`.
    let flag = argument.split([' ', '=']).next().unwrap_or_default();
    let flag = flag.trim_end_matches("[").to_owned();
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let unknown = match flag.strip_prefix("--") {
                Some(_) => format!("unknown flag: {flag}"),
                None if !flag.starts_with('-') => {
                    return format!("unexpected argument {argument:?}");
                }
                None => {
                    let letter = flag.chars().nth(1).unwrap_or('-');
                    format!("unknown shorthand flag: '{letter}' in {flag}")
                }
            };
            let meant = error.get(ContextKind::SuggestedArg).map(text);
            unknown + &suggestion(meant.as_slice())
        }
        ErrorKind::InvalidSubcommand => {
            let name = context(ContextKind::InvalidSubcommand);
            let unknown = format!("unknown command \"{name}\" for \"{}\"", place.name());
            unknown + &suggestion(&place.near(&name))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = context(ContextKind::InvalidValue);
            match error.source() {
                Some(reason) => {
                    format!("invalid argument \"{value}\" for \"{flag}\" flag: {reason}")
                }
                None if value.is_empty() => format!("flag needs an argument: {flag}"),
                None => first_line(error),
            }
        }
        ErrorKind::MissingRequiredArgument => format!("missing argument {argument}"),
        _ => first_line(error),
    }
}

fn suggestion(meant: &[String]) -> String {
    match meant {
        [] => String::new(),
        [others @ .., last] if !others.is_empty() => {
            format!("; did you mean {} or {last}?", others.join(", "))
        }
        [only, ..] => format!("; did you mean {only}?"),
    }
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(" or "),
        _ => String::new(),
    }
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
