//! `cargo xtask simulate`: seed after seed, on all cores, until something breaks or time is up.

#![expect(clippy::print_stdout, reason = "it speaks to a person at a terminal")]

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use quorate_core::sim::simulation;
use quorate_simulate::run::{self, Failure, Outcome};
use quorate_simulate::shrink::Shrinker;
use quorate_simulate::state::State;
use quorate_simulate::{pool, report};

/// What it is asked.
#[derive(Parser)]
#[command(name = "cargo xtask simulate")]
struct Options {
    /// How many seeds
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    seeds: u64,
    /// The first seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    from: u64,
    /// For how long at most; without --seeds, as many seeds as there is time for
    #[arg(long, value_name = "M")]
    minutes: Option<u64>,
    /// Make the first failure as small as it gets
    #[arg(long)]
    shrink: bool,
    /// Go on where the last run was stopped
    #[arg(long)]
    resume: bool,
    /// Go on behind a failure, up to this many
    #[arg(long, value_name = "N", default_value_t = 1)]
    failures: usize,
    /// Write each seed's verdict and hash here
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Where failures and the state are written
    #[arg(long, value_name = "FOLDER", default_value = "target/simulate")]
    folder: PathBuf,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match simulate(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("simulate: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// True when nothing failed.
fn simulate(options: &Options) -> Result<bool> {
    fs::create_dir_all(&options.folder)
        .with_context(|| format!("cannot make {}", options.folder.display()))?;
    let state_path = options.folder.join("state.json");
    let mut state = begin(options, &state_path)?;
    let mut log = options.log.as_deref().map(open_log).transpose()?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [2, 15] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    run::keep_panics();

    let from = state.next;
    let end = options.from.saturating_add(options.seeds);
    let limit = end.saturating_sub(from);
    let begun = Instant::now();
    let took_before_ms = state.took_ms;
    let deadline = options
        .minutes
        .map(|minutes| begun + Duration::from_secs(60 * minutes));
    let bar = progress_bar(limit);
    let mut failures = Vec::new();
    let mut saved = Instant::now();
    let mut trouble = Ok(());
    pool::in_order(
        limit,
        &stop,
        |number| run::run(&simulation(from + number)),
        |_, outcome: Outcome| {
            state.add(&outcome);
            state.took_ms = took_before_ms + elapsed_ms(begun);
            bar.inc(1);
            if let Some(log) = &mut log {
                trouble = write_log(log, &outcome);
            }
            if let Some(failure) = outcome.failure {
                failures.push((outcome.seed, failure));
            }
            if saved.elapsed() > SAVE_EVERY {
                saved = Instant::now();
                trouble = state.write(&state_path);
            }
            let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
            failures.len() < options.failures && !is_late && trouble.is_ok()
        },
    );
    bar.finish_and_clear();
    trouble?;
    state.took_ms = took_before_ms + elapsed_ms(begun);
    state.write(&state_path)?;

    for (seed, failure) in &failures {
        tell_failure(options, *seed, failure)?;
    }
    println!("{}", report::figures(&state));
    if stop.load(Ordering::Relaxed) {
        println!(
            "stopped; to go on: cargo xtask simulate --resume --seeds {} --from {}",
            options.seeds, options.from
        );
    }
    Ok(state.failed.is_empty())
}

fn begin(options: &Options, state_path: &Path) -> Result<State> {
    if !options.resume {
        return Ok(State::new(options.from));
    }
    match State::read(state_path)? {
        Some(state) if state.from == options.from => Ok(state),
        Some(state) => bail!(
            "{} is of a run from seed {}, not {}",
            state_path.display(),
            state.from,
            options.from
        ),
        None => bail!("{} is not there: nothing to resume", state_path.display()),
    }
}

fn tell_failure(options: &Options, seed: u64, failure: &Failure) -> Result<()> {
    println!("\n{}", report::failure(seed, failure));
    let history = simulation(seed).history;
    let path = options.folder.join(format!("{seed}.json"));
    fs::write(&path, serde_json::to_vec_pretty(&history)?)?;
    println!(
        "its history is in {}; again by: cargo xtask simulate --seeds 1 --from {seed}",
        path.display()
    );
    if !options.shrink {
        return Ok(());
    }
    let begun = Instant::now();
    let before = history.actions.len();
    let shrinker = Shrinker::new(simulation(seed), &failure.property, SHRINK_TRIES_MAX);
    let (small, tries) = shrinker.shrink();
    let path = options.folder.join(format!("{seed}-small.json"));
    fs::write(&path, serde_json::to_vec_pretty(&small.history)?)?;
    println!(
        "shrunk from {before} actions to {}, {} members, {} events, in {tries} runs and {:.1} s: {}",
        small.history.actions.len(),
        small.history.config.members,
        small.events,
        begun.elapsed().as_secs_f64(),
        path.display()
    );
    for planned in &small.history.actions {
        println!(
            "  {:>6} {}",
            planned.after_event,
            serde_json::to_string(&planned.action)?
        );
    }
    Ok(())
}

fn open_log(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))
}

fn write_log(log: &mut File, outcome: &Outcome) -> Result<()> {
    let verdict = match &outcome.failure {
        None => "passed".to_owned(),
        Some(failure) => format!("FAILED at event {}: {}", failure.event, failure.property),
    };
    writeln!(
        log,
        "{} {:016x} {} events, {} operations: {verdict}",
        outcome.seed, outcome.trace_hash, outcome.figures.events, outcome.figures.operations
    )
    .context("cannot write the log")
}

fn progress_bar(limit: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{elapsed} [{wide_bar}] {pos}/{len} seeds, {eta} left");
    match style {
        Ok(style) => ProgressBar::new(limit).with_style(style),
        Err(_) => ProgressBar::new(limit),
    }
}

fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

const SAVE_EVERY: Duration = Duration::from_secs(10);
const SHRINK_TRIES_MAX: u32 = 3_000;
