//! `quorate replay FILE`: runs a scenario, or a history as JSON, in the simulator and prints its
//! trace.
//!
//! It is the same world as in the tests and on the page, so the trace's hash is the same, too.

mod arguments;

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;

use quorate_core::sim::{History, Outcome, Report, Scenario, World};

use self::arguments::{Arguments, Detail};

/// The file, or how it is asked for, is not right.
const EXIT_BAD_FILE: u8 = 2;

/// Runs it with the arguments behind `replay`.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let arguments = match Arguments::parse(arguments) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return super::print(arguments::HELP),
        Err(text) => return bad(&format!("{text}\n{}", arguments::HELP)),
    };
    let text = match read(&arguments.file) {
        Ok(text) => text,
        Err(error) => return bad(&format!("{}: {error}", arguments.file)),
    };
    let scenario = match scenario_of(&arguments, &text) {
        Ok(scenario) => scenario,
        Err(text) => return bad(&text),
    };
    match replay(&scenario, arguments.detail) {
        Ok(outcome) if outcome.failures.is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        // Whoever reads has had enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => bad(&error.to_string()),
    }
}

fn read(file: &str) -> io::Result<String> {
    if file != "-" {
        return fs::read_to_string(file);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

fn scenario_of(arguments: &Arguments, text: &str) -> Result<Scenario, String> {
    let file = &arguments.file;
    let scenario = if text.trim_start().starts_with('{') {
        let history: History =
            serde_json::from_str(text).map_err(|error| format!("{file}: {error}"))?;
        let end = end_of(&history).map_err(|error| format!("{file}: {error}"))?;
        Scenario::parse(file, &Scenario::text_of(&history, end))
    } else {
        Scenario::parse(file, text)
    };
    let scenario = scenario.map_err(|error| error.to_string())?;
    Ok(match arguments.seed {
        Some(seed) => scenario.with_seed(seed),
        None => scenario,
    })
}

/// A history does not say where it ends: some time behind its last action, or where it halts.
fn end_of(history: &History) -> Result<u64, quorate_core::sim::WorldError> {
    let mut world: World = history.begin()?;
    let last = history.actions.last().map_or(0, |last| last.after_event);
    while world.event_count() <= last && history.advance(&mut world).is_ok() {}
    let end_us = world.now_us().saturating_add(AFTERMATH_US);
    let is_due = |world: &World| {
        world
            .next_event_at_us()
            .is_some_and(|at_us| at_us <= end_us)
    };
    while is_due(&world) && world.step().is_ok() {}
    Ok(world.event_count())
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

/// How long a history goes on behind its last action, in virtual microseconds.
const AFTERMATH_US: u64 = 10_000_000;
