//! What is wrong with a command line, in cobra's words.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// One line; what may have been meant follows it.
pub(super) fn message(error: &clap::Error, program: &str) -> String {
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
            unknown + &suggestion(error, ContextKind::SuggestedArg)
        }
        ErrorKind::InvalidSubcommand => {
            let name = context(ContextKind::InvalidSubcommand);
            format!("unknown command \"{name}\" for \"{program}\"")
                + &suggestion(error, ContextKind::SuggestedSubcommand)
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
        _ => first_line(error),
    }
}

fn suggestion(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind).map(text) {
        Some(meant) if !meant.is_empty() => format!("; did you mean {meant}?"),
        _ => String::new(),
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
