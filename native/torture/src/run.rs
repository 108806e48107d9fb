//! Cluster after cluster, round after round, until something breaks, time is up or somebody
//! stops it.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use quorate_core::id::Revision;
use quorate_simulate::log::{GoOn, Log};
use quorate_simulate::progress::{Build, Progress, RunName};
use quorate_simulate::say::{columns, progress_bar, say, wrapped};
use quorate_simulate::stop::Stop;

use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::figures::Figures;
use crate::options::Options;
use crate::plan::ClusterPlan;
use crate::recorder::Recorder;
use crate::report::{self, Kept};
use crate::round;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should: nothing broke, or the known bug was met.
    Good,
    /// Not so.
    Bad,
    /// Somebody stopped it before; the exit code that says how.
    Stopped(u8),
}

/// A run, while it lasts.
struct Run<'a> {
    options: &'a Options,
    members: Option<usize>,
    state: Progress<Figures>,
    took_before_ms: u64,
    begun: Instant,
    stop: Stop,
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
    options.check()?;
    let mut run = Run::new(options)?;
    let failure = run.clusters().await?;
    run.bar.finish_and_clear();
    say(wrapped(&report::figures(&run.state), columns()))?;
    Ok(match (failure, &options.known_bug) {
        (None, None) => {
            let is_done = run.state.tally.rounds >= options.rounds;
            if !is_done {
                let why = if run.stop.is_asked() {
                    "stopped"
                } else {
                    "time is up"
                };
                say(format!("{why}; to go on: {}", options.resume_command()))?;
            }
            match run.stop.exit_code() {
                Some(code) if !is_done => Verdict::Stopped(code),
                _ => Verdict::Good,
            }
        }
        (None, Some(bug)) => {
            say(format!(
                "NOT CAUGHT: {bug}, in {} rounds",
                run.state.tally.rounds
            ))?;
            run.stop.exit_code().map_or(Verdict::Bad, Verdict::Stopped)
        }
        (Some((kept, failure)), None) => {
            say(format!(
                "\n{}",
                wrapped(&report::failure(&kept, &failure), columns())
            ))?;
            let again = options.begin_command(kept.seed, kept.round);
            say(format!(
                "the same faults again (the run is not the same: time is real): {again}"
            ))?;
            say(format!("to go on behind it: {}", options.resume_command()))?;
            Verdict::Bad
        }
        (Some((kept, failure)), Some(bug)) if !failure.is_violation() => {
            kept.forget()?;
            say(format!(
                "NOT CAUGHT by a checker: {bug}, in round {} of seed {}: {}",
                kept.round,
                kept.seed,
                report::shortened(&failure.to_string())
            ))?;
            Verdict::Bad
        }
        (Some((kept, failure)), Some(bug)) => {
            kept.forget()?;
            say(format!(
                "caught: {bug}, in round {} of seed {}: {}",
                kept.round,
                kept.seed,
                report::shortened(&failure.to_string())
            ))?;
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
        let state = begin(options)?;
        let go_on = options.resume.then_some(GoOn {
            next: state.next,
            is_complete: false,
            seed_of: report::seed_of_line,
        });
        // A second signal does not wait for the end of the round: the servers end with this
        // process.
        let stop = Stop::on_signals()?;
        let bar = progress_bar(Some(options.rounds), "rounds");
        bar.set_position(state.tally.rounds);
        Ok(Self {
            options,
            members: options.members.as_deref().map(str::parse).transpose()?,
            took_before_ms: state.took_ms,
            state,
            begun: Instant::now(),
            stop,
            bar,
            log: Log::open(options.log.as_deref(), go_on)?,
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
        self.state.tally.begin_cluster();
        let mut revision = Revision(1);
        for round in 0..plan.rounds {
            if !self.goes_on() {
                break;
            }
            let begun = Instant::now();
            let figures = &mut self.state.tally;
            let mut outcome =
                round::run(&mut cluster, plan, round, revision, &recorder, figures).await;
            if let Ok(from) = outcome
                && round + 1 == plan.rounds
            {
                let end = round::farewell(&mut cluster, plan, from, &recorder, figures).await;
                outcome = end.map(|()| from);
            }
            let error = outcome.as_ref().err();
            let line = report::round_line(plan, round, begun.elapsed(), error);
            self.log.line(&line)?;
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
            self.state.tally.rounds += 1;
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
        self.state.tally.rounds < self.options.rounds
            && !self.stop.is_asked()
            && limit.is_none_or(|limit| self.begun.elapsed() < limit)
    }

    fn save(&mut self) -> Result<()> {
        let elapsed_ms = u64::try_from(self.begun.elapsed().as_millis())?;
        self.state.took_ms = self.took_before_ms + elapsed_ms;
        // With a known bug it is over when the bug is met; another run may want to be resumed.
        self.state.done = self.state.tally.rounds;
        // With a known bug it is over when the bug is met; another run may want to be resumed.
        if self.options.known_bug.is_some() {
            return Ok(());
        }
        self.log.sync()?;
        self.state.save(&self.options.folder).map(|_| ())
    }
}

fn begin(options: &Options) -> Result<Progress<Figures>> {
    let name = RunName {
        from: options.seed,
        asked: options.asked(),
        build: Build::running(&[&options.server])?,
    };
    if !options.resume {
        return Ok(Progress::new(name));
    }
    let rest = |seed| options.begin_command(seed, options.rounds);
    Progress::resume(&options.folder, &name, rest)
}
