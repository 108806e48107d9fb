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
use quorate_core::sim::Simulation;
use quorate_simulate::run::{self, Failure, Outcome};
use quorate_simulate::shrink::Shrinker;
use quorate_simulate::state::State;
use quorate_simulate::{pool, regressions, report, story};

/// What it is asked.
#[derive(Parser)]
#[command(name = "cargo xtask simulate")]
struct Options {
    /// How many seeds; without this and --minutes, 1000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    seeds: Option<u64>,
    /// The first seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    from: u64,
    /// For how long at most; without --seeds, as many seeds as there is time for
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..))]
    minutes: Option<u64>,
    /// Runs with so many operations of clients each, instead of as long as the seed draws
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    operations: Option<u64>,
    /// The seeds that failed once, and no others
    #[arg(long, conflicts_with_all = ["seeds", "from", "minutes", "resume", "operations"])]
    regressions: bool,
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
    let pinned = options.regressions.then(regressions::all).transpose()?;
    let mut state = begin(options, &state_path)?;
    let mut log = options.log.as_deref().map(open_log).transpose()?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [2, 15] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    run::keep_panics();

    let from = state.next;
    let limit = match &pinned {
        Some(pinned) => pinned.len() as u64,
        None => options.end().saturating_sub(from),
    };
    let seed_at = |number: u64| match &pinned {
        Some(pinned) => pinned[number as usize].seed,
        None => from + number,
    };
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
        |number| run::run(&Simulation::of(seed_at(number), options.operations)),
        |_, outcome: Outcome| {
            state.add(&outcome);
            state.took_ms = took_before_ms + elapsed_ms(begun);
            bar.inc(1);
            bar.set_message(format!("{} failed", state.failed.len()));
            if let Some(log) = &mut log {
                trouble = write_log(log, &outcome);
            }
            if let Some(failure) = outcome.failure {
                failures.push((outcome.seed, failure));
            }
            if saved.elapsed() > SAVE_EVERY {
                saved = Instant::now();
                if !options.regressions && trouble.is_ok() {
                    trouble = state.write(&state_path);
                }
            }
            let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
            failures.len() < options.failures && !is_late && trouble.is_ok()
        },
    );
    bar.finish_and_clear();
    trouble?;
    state.took_ms = took_before_ms + elapsed_ms(begun);
    if !options.regressions {
        state.write(&state_path)?;
    }

    for (seed, failure) in &failures {
        tell_failure(options, *seed, failure)?;
    }
    println!("{}", report::figures(&state));
    if stop.load(Ordering::Relaxed) && !options.regressions {
        println!("stopped; to go on: {}", options.command(options.from, true));
    }
    Ok(state.failed.is_empty())
}

impl Options {
    /// The seed behind the last one.
    fn end(&self) -> u64 {
        let seeds = match (self.seeds, self.minutes) {
            (Some(seeds), _) => seeds,
            (None, Some(_)) => u64::MAX,
            (None, None) => SEEDS,
        };
        self.from.saturating_add(seeds)
    }

    /// The command that runs one seed again, or goes on with all of them.
    fn command(&self, from: u64, resume: bool) -> String {
        let mut command = "cargo xtask simulate".to_owned();
        if resume {
            command += " --resume";
        }
        match self.seeds.filter(|_| resume) {
            Some(seeds) => command += &format!(" --seeds {seeds}"),
            None if resume => {}
            None => command += " --seeds 1",
        }
        command += &format!(" --from {from}");
        if let Some(operations) = self.operations {
            command += &format!(" --operations {operations}");
        }
        match self.minutes.filter(|_| resume) {
            Some(minutes) => command + &format!(" --minutes {minutes}"),
            None => command,
        }
    }
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
    println!("again: {}", options.command(seed, false));
    let simulation = Simulation::of(seed, options.operations);
    let path = options.folder.join(format!("{seed}.txt"));
    fs::write(&path, story::text(&simulation.history, failure))?;
    println!("step by step: quorate replay {}", path.display());
    if !options.shrink {
        return Ok(());
    }
    let begun = Instant::now();
    let before = simulation.history.actions.len();
    let shrinker = Shrinker::new(simulation, &failure.property, SHRINK_TRIES_MAX);
    let (small, tries) = shrinker.shrink();
    let Some(found) = run::run(&small).failure else {
        bail!("seed {seed} does not fail a second time: the simulator is not deterministic");
    };
    let text = story::text(&small.history, &found);
    let path = options.folder.join(format!("{seed}-small.txt"));
    fs::write(&path, &text)?;
    println!(
        "shrunk from {before} actions to {}, {} members, {} events, in {tries} runs and {:.1} s",
        small.history.actions.len(),
        small.history.config.members,
        small.events,
        begun.elapsed().as_secs_f64(),
    );
    println!("quorate replay {}:\n\n{text}", path.display());
    match story::replays(&text, &found) {
        Ok(()) => Ok(()),
        Err(reason) => bail!("{} does not fail in the same way: {reason}", path.display()),
    }
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
    let style = ProgressStyle::with_template(
        "{elapsed} [{wide_bar}] {pos}/{len} seeds, {per_sec}, {eta} left, {msg}",
    );
    match style {
        Ok(style) => ProgressBar::new(limit).with_style(style),
        Err(_) => ProgressBar::new(limit),
    }
}

fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

const SEEDS: u64 = 1_000;
const SAVE_EVERY: Duration = Duration::from_secs(10);
const SHRINK_TRIES_MAX: u32 = 3_000;
