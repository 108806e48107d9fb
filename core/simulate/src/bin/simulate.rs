//! `cargo xtask simulate`: seed after seed, on all cores, until something breaks or time is up.

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use indicatif::ProgressBar;
use quorate_core::sim::Simulation;
use quorate_simulate::log::{GoOn, Log};
use quorate_simulate::options::Options;
use quorate_simulate::progress::{Build, Progress, RunName};
use quorate_simulate::run::{self, Failure, Outcome, Verdict};
use quorate_simulate::say::{columns, progress_bar, say, wrapped};
use quorate_simulate::shrink::Shrinker;
use quorate_simulate::stop::Stop;
use quorate_simulate::tally::Tally;
use quorate_simulate::{pool, regressions, report, story};

fn main() -> ExitCode {
    let options = Options::parse();
    match simulate(&options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("simulate: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn simulate(options: &Options) -> Result<ExitCode> {
    options.check()?;
    fs::create_dir_all(&options.folder)
        .with_context(|| format!("cannot make {}", options.folder.display()))?;
    let stop = Stop::on_signals()?;
    run::keep_panics();
    let mut session = Session::begin(options)?;
    session.run(&stop)?;
    session.tell(&stop)?;
    Ok(match stop.exit_code() {
        _ if !session.progress.tally.failed.is_empty() => ExitCode::FAILURE,
        Some(code) if session.left() > 0 => ExitCode::from(code),
        _ => ExitCode::SUCCESS,
    })
}

/// A run, while it lasts.
struct Session<'a> {
    options: &'a Options,
    /// The seeds that failed once, if they are run.
    pinned: Option<Vec<u64>>,
    progress: Progress<Tally>,
    log: Log,
    bar: ProgressBar,
    begun: Instant,
    saved: Instant,
    took_before_ms: u64,
    /// How many seeds were done when it began, and how many of them had failed.
    done_before: u64,
    failed_before: usize,
    failures: Vec<(u64, Failure)>,
}

impl<'a> Session<'a> {
    fn begin(options: &'a Options) -> Result<Self> {
        let pinned = options.regressions.then(regressions::all).transpose()?;
        let pinned = pinned.map(|all| all.iter().map(|regression| regression.seed).collect());
        let name = RunName {
            from: options.from,
            asked: options.asked(),
            build: Build::running(&[])?,
        };
        let progress: Progress<Tally> = if options.resume {
            let rest = |from| options.rest_command(from);
            Progress::resume(&options.folder, &name, rest)?
        } else {
            Progress::new(name)
        };
        let go_on = options.resume.then_some(GoOn {
            next: progress.next,
            is_complete: true,
            seed_of: seed_of_line,
        });
        let now = Instant::now();
        let mut session = Self {
            options,
            pinned,
            log: Log::open(options.log.as_deref(), go_on)?,
            bar: ProgressBar::hidden(),
            begun: now,
            saved: now,
            took_before_ms: progress.took_ms,
            done_before: progress.done,
            failed_before: progress.tally.failed.len(),
            failures: Vec::new(),
            progress,
        };
        session.bar = progress_bar((!options.is_endless()).then(|| session.left()), "seeds");
        Ok(session)
    }

    /// How many seeds are still to be run.
    fn left(&self) -> u64 {
        match &self.pinned {
            Some(pinned) => (pinned.len() as u64).saturating_sub(self.progress.done),
            None => self.options.end().saturating_sub(self.progress.next),
        }
    }

    fn run(&mut self, stop: &Stop) -> Result<()> {
        let (options, pinned, from) = (self.options, self.pinned.clone(), self.progress.next);
        let seed_at = |number: u64| match &pinned {
            Some(pinned) => pinned[number as usize],
            None => from + number,
        };
        let minutes = options
            .minutes
            .map(|minutes| Duration::from_secs(60 * minutes));
        let deadline = minutes.map(|minutes| self.begun + minutes);
        let mut trouble = Ok(());
        pool::in_order(
            self.left(),
            stop.flag(),
            |number| run::run(&Simulation::of(seed_at(number), options.operations)),
            |_, outcome: Outcome| {
                trouble = self.take(outcome);
                let failures = self.failures.len() as u64;
                let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
                trouble.is_ok() && failures < options.failures && !is_late
            },
        );
        self.bar.finish_and_clear();
        trouble?;
        // Of a run that is at its end before it was ever saved, nothing is to be resumed.
        let is_worth_it = self.left() > 0 || self.progress.is_saved(&options.folder);
        if is_worth_it { self.save() } else { Ok(()) }
    }

    fn take(&mut self, outcome: Outcome) -> Result<()> {
        self.log.line(&line_of(&outcome))?;
        let progress = &mut self.progress;
        progress.tally.add(&outcome);
        progress.done += 1;
        progress.next = outcome.seed.saturating_add(1);
        self.bar.inc(1);
        let failed = progress.tally.failed.len();
        self.bar.set_message(format!("{failed} failed"));
        if let Some(failure) = outcome.failure {
            self.failures.push((outcome.seed, *failure));
        }
        if self.saved.elapsed() > SAVE_EVERY {
            self.saved = Instant::now();
            self.save()?;
        }
        Ok(())
    }

    fn save(&mut self) -> Result<()> {
        let took_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.progress.took_ms = self.took_before_ms.saturating_add(took_ms);
        if self.pinned.is_some() {
            return Ok(());
        }
        self.log.sync()?;
        self.progress.save(&self.options.folder).map(|_| ())
    }

    fn tell(&self, stop: &Stop) -> Result<()> {
        let tally = &self.progress.tally;
        for (number, (seed, failure)) in self.failures.iter().enumerate() {
            tell_failure(self.options, *seed, failure, number == 0)?;
        }
        let took_ms = self.took_before_ms
            + u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let what = match &self.pinned {
            Some(pinned) => {
                let run = usize::try_from(self.progress.done)?.min(pinned.len());
                report::seeds_failed_once(&pinned[..run])
            }
            None => report::seeds_from(self.options.from, self.progress.next),
        };
        say(wrapped(&report::figures(&what, tally, took_ms), columns()))?;
        let earlier = &tally.failed[..self.failed_before];
        if let Some(first) = earlier.first() {
            let named = report::seeds_named(earlier);
            say(wrapped(
                &format!("failed before this run was resumed: {named}"),
                columns(),
            ))?;
            say(format!("again: {}", self.options.seed_command(*first)))?;
        }
        self.tell_how_to_go_on(stop)
    }

    fn tell_how_to_go_on(&self, stop: &Stop) -> Result<()> {
        let left = self.left();
        if self.pinned.is_some() {
            return match left {
                0 => Ok(()),
                left => say(format!("ended before its end: {left} of them were not run")),
            };
        }
        if left == 0 {
            return match self.progress.done - self.done_before {
                0 => say("nothing was left to do; a greater number of --seeds goes on"),
                _ => Ok(()),
            };
        }
        let why = match (stop.is_asked(), self.failures.is_empty()) {
            (true, _) => "stopped",
            (false, false) => "ended by a failure",
            (false, true) => "time is up",
        };
        say(format!(
            "{why}; to go on: {}",
            self.options.resume_command()
        ))
    }
}

fn tell_failure(options: &Options, seed: u64, failure: &Failure, is_first: bool) -> Result<()> {
    say(format!("\n{}", report::failure(seed, failure, columns())))?;
    say(format!("again: {}", options.seed_command(seed)))?;
    let simulation = Simulation::of(seed, options.operations);
    let path = options.folder.join(format!("{seed}.txt"));
    fs::write(&path, story::text(&simulation.history, failure))
        .with_context(|| format!("cannot write {}", path.display()))?;
    say(format!("step by step: quorate replay {}", path.display()))?;
    if options.shrink && is_first {
        shrink(options, simulation, failure)?;
    }
    Ok(())
}

fn shrink(options: &Options, simulation: Simulation, failure: &Failure) -> Result<()> {
    let seed = simulation.history.config.seed;
    let begun = Instant::now();
    let before = simulation.history.actions.len();
    let shrinker = Shrinker::new(simulation, &failure.property, SHRINK_TRIES_MAX);
    let (small, tries) = shrinker.shrink();
    let outcome = run::run(&small);
    let verdict = outcome.verdict();
    let Some(found) = outcome.failure else {
        bail!(match verdict {
            Verdict::Undecided => format!("seed {seed}, made small, is undecided"),
            _ => format!("seed {seed} does not fail twice: the simulator is not deterministic"),
        });
    };
    let text = story::text(&small.history, &found);
    let path = options.folder.join(format!("{seed}-small.txt"));
    fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    let told = format!(
        "shrunk from {before} actions to {}, {} members, {} events, in {tries} runs and {:.1} s",
        small.history.actions.len(),
        small.history.config.members,
        small.events,
        begun.elapsed().as_secs_f64(),
    );
    say(wrapped(&told, columns()))?;
    say(format!("quorate replay {}:\n\n{text}", path.display()))?;
    match story::replays(&text, &found) {
        Ok(()) => Ok(()),
        Err(reason) => bail!("{} does not fail in the same way: {reason}", path.display()),
    }
}

/// A seed's line in the log.
fn line_of(outcome: &Outcome) -> String {
    let verdict = match (&outcome.failure, outcome.verdict()) {
        (Some(failure), _) => format!("FAILED at event {}: {}", failure.event, failure.property),
        (None, Verdict::Undecided) => "UNDECIDED".to_owned(),
        (None, _) => "passed".to_owned(),
    };
    format!(
        "{} {:016x} {} events, {} operations: {verdict}",
        outcome.seed, outcome.trace_hash, outcome.figures.events, outcome.figures.operations
    )
}

/// The seed that a line of the log speaks of.
fn seed_of_line(line: &str) -> Option<u64> {
    line.split_once(' ')?.0.parse().ok()
}

const SAVE_EVERY: Duration = Duration::from_secs(10);
const SHRINK_TRIES_MAX: u32 = 3_000;
