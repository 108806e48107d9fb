//! Command lines as etcd's tools read them (the libraries `cobra` and `pflag`).
//!
//! clap does the work. What differs is set here: commands may be shortened, a boolean flag may
//! have a value (`--learner=true`), the last of two equal flags wins unless it is a list, a flag's
//! value may begin with a dash, a flag that is not given may come from the environment, and what
//! is wrong is said in cobra's words.

mod environment;
mod help;
mod message;
mod place;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{ArgAction, Command, Parser};

use self::place::Place;
use crate::go::parse_bool;

/// Reads the command line and the environment: variables that begin with `prefix` stand for
/// the flags that every command has.
///
/// # Errors
/// The exit code, when help was printed, or what is wrong.
pub(crate) fn parse<T: Parser>(
    arguments: &[OsString],
    prefix: Option<&str>,
) -> Result<T, ExitCode> {
    let command = help::with_all_commands(go_flags(T::command()))
        .infer_subcommands(true)
        .args_override_self(true);
    let program = command.get_name().to_owned();
    let matches = |arguments: &[OsString]| {
        command.clone().try_get_matches_from(
            std::iter::once(OsString::from(&program)).chain(arguments.iter().cloned()),
        )
    };
    let arguments = &place::with_lists_joined(&command, arguments);
    let tell = |error: &clap::Error| tell(error, &Place::of(&command, arguments));
    let mut found = matches(arguments).map_err(|error| tell(&error))?;
    if let Some(prefix) = prefix {
        let flags = environment::flags(&command, &found, prefix)?;
        if !flags.is_empty() {
            let all: Vec<OsString> = flags.into_iter().chain(arguments.iter().cloned()).collect();
            found = matches(&all).map_err(|error| tell(&error))?;
        }
    }
    T::from_arg_matches(&found).map_err(|error| tell(&error))
}

/// Reads a line that was typed while a command runs; nothing when it is wrong.
pub(crate) fn parse_quietly<T: Parser>(words: &[OsString]) -> Option<T> {
    let command = go_flags(T::command())
        .infer_subcommands(true)
        .args_override_self(true);
    let program = OsString::from(command.get_name());
    let words = std::iter::once(program).chain(words.iter().cloned());
    let matches = command.try_get_matches_from(words).ok()?;
    T::from_arg_matches(&matches).ok()
}

/// Lets boolean flags have a value, as Go's have, and others any value.
fn go_flags(command: Command) -> Command {
    let command = command.mut_args(|arg| {
        if !matches!(arg.get_action(), ArgAction::SetTrue) {
            let takes_next = arg.get_action().takes_values()
                && !arg.is_positional()
                && !arg.is_require_equals_set();
            return arg.allow_hyphen_values(takes_next);
        }
        arg.action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_value("false")
            .default_missing_value("true")
            .hide_default_value(true)
            .hide_possible_values(true)
            .value_name("BOOL")
            .value_parser(ValueParser::from(parse_bool))
    });
    command.mut_subcommands(go_flags)
}

/// Prints help, or what is wrong.
fn tell(error: &clap::Error, place: &Place) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => printed(&error.render()),
        // As cobra: a group of commands does nothing but print its help.
        ErrorKind::InvalidSubcommand if place.is_below_program() => printed(&place.help()),
        _ => {
            let text = message::message(error, place);
            let name = place.name();
            let _ = writeln!(
                io::stderr(),
                "Error: {text}\nRun '{name} --help' for usage."
            );
            ExitCode::FAILURE
        }
    }
}

/// Prints help. Whoever has closed the pipe has read enough; a full disk is a failure.
fn printed(text: &impl std::fmt::Display) -> ExitCode {
    let mut out = io::stdout();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "Error: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
