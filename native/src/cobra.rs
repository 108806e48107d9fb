//! Command lines as etcd's tools read them (the libraries `cobra` and `pflag`).
//!
//! clap does the work. What differs is set here: commands may be shortened, a boolean flag may
//! have a value (`--learner=true`), the last of two equal flags wins, a flag that is not given
//! may come from the environment, and what is wrong is said in cobra's words.

mod environment;
mod message;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{ArgAction, Command, Parser};

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
    let command = go_flags(T::command())
        .infer_subcommands(true)
        .args_override_self(true);
    let program = command.get_name().to_owned();
    let matches = |arguments: &[OsString]| {
        command.clone().try_get_matches_from(
            std::iter::once(OsString::from(&program)).chain(arguments.iter().cloned()),
        )
    };
    let mut found = matches(arguments).map_err(|error| tell(&error, &program))?;
    if let Some(prefix) = prefix {
        let flags = environment::flags(&command, &found, prefix)?;
        if !flags.is_empty() {
            let all: Vec<OsString> = flags.into_iter().chain(arguments.iter().cloned()).collect();
            found = matches(&all).map_err(|error| tell(&error, &program))?;
        }
    }
    T::from_arg_matches(&found).map_err(|error| tell(&error, &program))
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

/// Lets boolean flags have a value, as Go's have.
fn go_flags(command: Command) -> Command {
    let command = command.mut_args(|arg| {
        if !matches!(arg.get_action(), ArgAction::SetTrue) {
            return arg;
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
fn tell(error: &clap::Error, program: &str) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Whoever cannot be told has closed the pipe.
            let _ = write!(io::stdout(), "{}", error.render());
            ExitCode::SUCCESS
        }
        _ => {
            let text = message::message(error, program);
            let _ = writeln!(
                io::stderr(),
                "Error: {text}\nRun '{program} --help' for usage."
            );
            ExitCode::FAILURE
        }
    }
}
