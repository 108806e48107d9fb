//! `quorate replay FILE`: runs a scenario, or a history as JSON, in the simulator and prints its
//! trace.
//!
//! It is the same world as in the tests and on the page, so the trace's hash is the same, too.

mod arguments;
mod file;
mod history;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;

use quorate_core::sim::{Outcome, Report, Scenario, ScenarioError};

use self::arguments::{Arguments, Detail};
use crate::go::io_error_text;

/// The file, or how it is asked for, is not right.
const EXIT_BAD_FILE: u8 = 2;

/// Runs it with the arguments behind `replay`.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let arguments = match Arguments::parse(arguments) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return super::print(arguments::HELP),
        Err(text) => return bad(&format!("{text}\n{}", arguments::HELP)),
    };
    let bytes = match read(&arguments.file) {
        Ok(bytes) => bytes,
        Err(error) => return bad(&format!("{}: {}", arguments.file, io_error_text(&error))),
    };
    let scenario = match scenario_of(&arguments, bytes) {
        Ok(scenario) => scenario,
        Err(error) => return bad(&error.to_string()),
    };
    match replay(&scenario, arguments.detail) {
        Ok(outcome) if outcome.failures.is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        // Whoever reads has had enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => bad(&error.to_string()),
    }
}

fn read(file: &str) -> io::Result<Vec<u8>> {
    // One byte more than there may be, so that what never ends is seen to be too long.
    let most = SIZE_BYTES_MAX + 1;
    let mut bytes = Vec::new();
    match file {
        "-" => io::stdin().take(most).read_to_end(&mut bytes)?,
        file => File::open(file)?.take(most).read_to_end(&mut bytes)?,
    };
    if bytes.len() as u64 > SIZE_BYTES_MAX {
        let text = format!("it may have {SIZE_BYTES_MAX} bytes, and has more");
        return Err(io::Error::other(text));
    }
    Ok(bytes)
}

/// More than any history that was recorded.
const SIZE_BYTES_MAX: u64 = 64 * 1_024 * 1_024;

fn scenario_of(arguments: &Arguments, bytes: Vec<u8>) -> Result<Scenario, ScenarioError> {
    let name = &arguments.file;
    let text = file::text_of(name, bytes)?;
    let scenario = match history::is_history(&text) {
        true => history::scenario(name, &text)?,
        false => Scenario::parse(name, &text)?,
    };
    Ok(match arguments.seed {
        Some(seed) => scenario.with_seed(seed),
        None => scenario,
    })
}

fn replay(scenario: &Scenario, detail: Detail) -> io::Result<Outcome> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut failed = Ok(());
    let outcome = scenario
        .run(&mut |report| {
            if failed.is_ok() {
                failed = tell(&mut out, report, detail);
            }
        })
        .map_err(io::Error::other)?;
    failed?;
    let result = match (outcome.failures.len(), outcome.passed) {
        (0, 0) => "done; nothing was expected".to_owned(),
        (0, passed) => format!("passed, {passed} expectations"),
        (failures, passed) => format!("FAILED, {failures} of {}", failures + passed),
    };
    writeln!(
        out,
        "{result}; {} events in {}.{:03} s, trace hash {}",
        outcome.event_count,
        outcome.now_us / 1_000_000,
        outcome.now_us / 1_000 % 1_000,
        outcome.trace_hash,
    )?;
    out.flush()?;
    Ok(outcome)
}

fn tell(out: &mut impl Write, report: Report<'_>, detail: Detail) -> io::Result<()> {
    match (report, detail) {
        (Report::Failed(error), _) => writeln!(out, "{error}"),
        (_, Detail::Quiet) => Ok(()),
        (Report::Step { text, .. }, _) => writeln!(out, "> {text}"),
        (Report::Table(text), _) => writeln!(out, "{text}"),
        (Report::Passed, _) => Ok(()),
        (
            Report::Trace {
                time,
                text,
                is_story,
                is_quiet,
            },
            detail,
        ) => {
            if detail == Detail::Full || is_story && !is_quiet {
                writeln!(out, "{time}  {text}")?;
            }
            Ok(())
        }
    }
}

fn bad(text: &str) -> ExitCode {
    // Whoever cannot be told sees the exit code.
    let _ = writeln!(io::stderr(), "quorate: {text}");
    ExitCode::from(EXIT_BAD_FILE)
}
