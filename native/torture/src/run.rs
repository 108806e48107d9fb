//! Cluster after cluster, round after round, until something breaks, time is up or somebody
//! stops it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use quorate_core::id::Revision;
use tokio::signal::unix::{SignalKind, signal};

use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::plan::ClusterPlan;
use crate::recorder::Recorder;
use crate::report::{self, Kept, Log};
use crate::round;
use crate::state::State;

/// What it is asked.
#[derive(Parser)]
#[command(name = "cargo xtask torture")]
pub(crate) struct Options {
    /// How many rounds
    #[arg(long, value_name = "N", default_value_t = 100)]
    rounds: u64,
    /// The seed of the first cluster; the next one has the next number
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Clusters of this size alone; otherwise even seeds have 3 members and odd ones 5
    #[arg(long, value_name = "3|5", value_parser = ["3", "5"])]
    members: Option<String>,
    /// For how long at most
    #[arg(long, value_name = "M")]
    minutes: Option<u64>,
    /// Go on where the last run was stopped
    #[arg(long)]
    resume: bool,
    /// Put a known bug back, and go on until it is met
    #[arg(long, value_name = "NAME")]
    known_bug: Option<String>,
    /// Write a line for each round here
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Where data, logs, failures and the state are
    #[arg(long, value_name = "FOLDER", default_value = "target/torture")]
    folder: PathBuf,
    /// The server, built with the feature `torture`
    #[arg(
        long,
        value_name = "FILE",
        default_value = "target/debug/quorate-torture-server"
    )]
    server: PathBuf,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should: nothing broke, or the known bug was met.
    Good,
    /// Not so.
    Bad,
}

/// A run, while it lasts.
struct Run<'a> {
    options: &'a Options,
    members: Option<usize>,
    state: State,
    state_path: PathBuf,
    took_before_ms: u64,
    begun: Instant,
    stop: Arc<AtomicBool>,
    bar: ProgressBar,
    log: Log,
}

/// Runs rounds as asked.
///
/// # Errors
/// When the runner itself fails; what the servers do wrong is a verdict.
pub(crate) async fn run(options: &Options) -> Result<Verdict> {
    if let Some(name) = &options.known_bug
        && quorate_core::known_bug::KnownBug::named(name).is_none()
    {
        bail!("there is no known bug {name}; `cargo xtask mutants` lists them");
    }
    let mut run = Run::new(options)?;
    let failure = run.clusters().await?;
    run.bar.finish_and_clear();
    println!("{}", report::figures(&run.state));
    Ok(match (failure, &options.known_bug) {
        (None, None) => {
            if run.stop.load(Ordering::Relaxed) {
                println!(
                    "stopped; to go on: cargo xtask torture --resume --rounds {} --seed {}",
                    options.rounds, options.seed
                );
            }
            Verdict::Good
        }
        (None, Some(bug)) => {
            println!("NOT CAUGHT: {bug}, in {} rounds", run.state.figures.rounds);
            Verdict::Bad
        }
        (Some((kept, failure)), None) => {
            println!(
                "\n{}",
                report::failure(&kept, &failure, options.members.as_deref())
            );
            Verdict::Bad
        }
        (Some((kept, failure)), Some(bug)) if !failure.is_violation() => {
            kept.forget()?;
            println!(
                "NOT CAUGHT by a checker: {bug}, in round {} of seed {}: {}",
                kept.round,
                kept.seed,
                report::shortened(&failure.to_string())
            );
            Verdict::Bad
        }
        (Some((kept, failure)), Some(bug)) => {
            kept.forget()?;
            println!(
                "caught: {bug}, in round {} of seed {}: {}",
                kept.round,
                kept.seed,
                report::shortened(&failure.to_string())
            );
            Verdict::Good
        }
    })
}

impl<'a> Run<'a> {
    fn new(options: &'a Options) -> Result<Self> {
        if !options.server.is_file() {
            bail!(
                "{} is not there: run `cargo xtask torture`",
                options.server.display()
            );
        }
        fs::create_dir_all(&options.folder)
            .with_context(|| format!("cannot make {}", options.folder.display()))?;
        let state_path = options.folder.join("state.json");
        let state = begin(options, &state_path)?;
        let stop = Arc::new(AtomicBool::new(false));
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let (mut signals, stop) = (signal(kind)?, stop.clone());
            tokio::spawn(async move {
                signals.recv().await;
                stop.store(true, Ordering::Relaxed);
                // Whoever sends another one does not want to wait for the end of the round. The
                // servers end with this process.
                signals.recv().await;
                std::process::exit(130);
            });
        }
        let bar = ProgressBar::new(options.rounds);
        if let Ok(style) =
            ProgressStyle::with_template("{elapsed} [{wide_bar}] {pos}/{len} rounds, {eta} left")
        {
            bar.set_style(style);
        }
        bar.set_position(state.figures.rounds);
        Ok(Self {
            options,
            members: options.members.as_deref().map(str::parse).transpose()?,
            took_before_ms: state.took_ms,
            state,
            state_path,
            begun: Instant::now(),
            stop,
            bar,
            log: Log::open(options.log.as_deref())?,
        })
    }

    /// Runs clusters until it is enough, or something breaks.
    async fn clusters(&mut self) -> Result<Option<(Kept, Failure)>> {
        while self.goes_on() {
            let plan = ClusterPlan::new(self.state.next, self.members);
            // What is begun now is not begun again, whatever comes of it.
            self.state.next = plan.seed.wrapping_add(1);
            if let Some(failure) = self.cluster(&plan).await? {
                return Ok(Some(failure));
            }
        }
        Ok(None)
    }

    async fn cluster(&mut self, plan: &ClusterPlan) -> Result<Option<(Kept, Failure)>> {
        let folder = self.options.folder.join(format!("seed-{}", plan.seed));
        let folder = std::path::absolute(folder)?;
        let known_bug = self.options.known_bug.as_deref();
        let server = std::path::absolute(&self.options.server)?;
        let mut cluster = Cluster::start(plan, &server, known_bug, folder.clone()).await?;
        let recorder = Recorder::new();
        self.state.figures.begin_cluster();
        let mut revision = Revision(1);
        for round in 0..plan.rounds {
            if !self.goes_on() {
                break;
            }
            let begun = Instant::now();
            let figures = &mut self.state.figures;
            let mut outcome =
                round::run(&mut cluster, plan, round, revision, &recorder, figures).await;
            if let Ok(from) = outcome
                && round + 1 == plan.rounds
            {
                let end = round::farewell(&mut cluster, plan, from, &recorder, figures).await;
                outcome = end.map(|()| from);
            }
            self.log
                .round(plan, round, begun.elapsed(), outcome.as_ref().err())?;
            match outcome {
                Ok(reached) => revision = reached,
                Err(error) => {
                    let failure = error.downcast::<Failure>()?;
                    cluster.kill_all()?;
                    self.save()?;
                    let kept = report::keep(plan, round, cluster.folder(), &recorder, &failure)?;
                    return Ok(Some((kept, failure)));
                }
            }
            self.state.figures.rounds += 1;
            self.bar.inc(1);
            self.save()?;
        }
        cluster.kill_all()?;
        fs::remove_dir_all(&folder)?;
        Ok(None)
    }

    fn goes_on(&self) -> bool {
        let limit = self
            .options
            .minutes
            .map(|minutes| Duration::from_secs(60 * minutes));
        self.state.figures.rounds < self.options.rounds
            && !self.stop.load(Ordering::Relaxed)
            && limit.is_none_or(|limit| self.begun.elapsed() < limit)
    }

    fn save(&mut self) -> Result<()> {
        let elapsed_ms = u64::try_from(self.begun.elapsed().as_millis())?;
        self.state.took_ms = self.took_before_ms + elapsed_ms;
        // With a known bug it is over when the bug is met; another run may want to be resumed.
        match self.options.known_bug {
            None => self.state.write(&self.state_path),
            Some(_) => Ok(()),
        }
    }
}

fn begin(options: &Options, path: &Path) -> Result<State> {
    if !options.resume {
        return Ok(State::new(options.seed));
    }
    match State::read(path)? {
        Some(state) if state.from == options.seed => Ok(state),
        Some(state) => bail!(
            "{} is of a run from seed {}, not {}",
            path.display(),
            state.from,
            options.seed
        ),
        None => bail!("{} is not there: nothing to resume", path.display()),
    }
}
