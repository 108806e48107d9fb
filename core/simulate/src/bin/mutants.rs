//! `cargo xtask mutants`: known bugs, put back one at a time; each must meet a checker.

#![expect(clippy::print_stdout, reason = "it speaks to a person at a terminal")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use quorate_core::known_bug::KnownBug;
use quorate_simulate::run::{self, Failure};
use quorate_simulate::{focus, pool, report, story};

/// What it is asked.
#[derive(Parser)]
#[command(name = "cargo xtask mutants")]
struct Options {
    /// Only this bug (may be given again)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// How many seeds are tried for a bug, beside its pinned one
    #[arg(long, value_name = "N", default_value_t = 400)]
    seeds: u64,
    /// Write down the seeds that were found
    #[arg(long)]
    pin: bool,
    /// The file with a seed for each bug
    #[arg(long, value_name = "FILE", default_value = "core/simulate/pinned.txt")]
    pinned: PathBuf,
}

/// A bug and how it was met.
struct Met {
    bug: KnownBug,
    /// The seed and what it showed.
    by: Option<(u64, Failure)>,
    /// A seed that made the crate raft, or an invariant of ours, panic, or whose plan did not fit
    /// any more: no checker's merit.
    uncaught: Option<(u64, Failure)>,
    /// A seed whose run fails as it is, without the bug: that proves nothing of a checker, and is
    /// a mistake to be looked into.
    fails_anyway: Option<(u64, Failure, PathBuf)>,
    seeds: u64,
    events: u64,
    took: Duration,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match mutants(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("mutants: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// True when every bug was met.
fn mutants(options: &Options) -> Result<bool> {
    let bugs = chosen(&options.only)?;
    let mut pinned = read_pinned(&options.pinned)?;
    run::keep_panics();
    let mut all = Vec::new();
    let never = AtomicBool::new(false);
    pool::in_order(
        bugs.len() as u64,
        &never,
        |number| {
            let bug = bugs[number as usize];
            meet(bug, pinned.get(bug.name()).copied(), options.seeds)
        },
        |_, met| {
            tell(&met);
            all.push(met);
            true
        },
    );
    let mut table = report::table(&["bug", "caught by", "seed", "event", "seeds", "seconds"]);
    for met in &all {
        let row = |by: &str, seed: String, event: String| {
            let seconds = format!("{:.1}", met.took.as_secs_f64());
            [
                met.bug.to_string(),
                by.to_owned(),
                seed,
                event,
                met.seeds.to_string(),
                seconds,
            ]
        };
        table.add_row(match &met.by {
            Some((seed, failure)) => {
                pinned.insert(met.bug.to_string(), *seed);
                row(
                    &failure.property,
                    seed.to_string(),
                    failure.event.to_string(),
                )
            }
            None if met.uncaught.is_some() => row("no checker", String::new(), String::new()),
            None => row("NOBODY", String::new(), String::new()),
        });
    }
    println!("{table}");
    if options.pin {
        write_pinned(&options.pinned, &pinned)?;
    }
    let missed = all.iter().filter(|met| met.by.is_none()).count();
    let failing = all.iter().filter(|met| met.fails_anyway.is_some()).count();
    println!("{} bugs put back, {missed} not caught", all.len());
    if failing > 0 {
        println!("{failing} of them have a seed that fails without the bug: see above");
    }
    Ok(missed == 0 && failing == 0)
}

fn chosen(only: &[String]) -> Result<Vec<KnownBug>> {
    if only.is_empty() {
        return Ok(KnownBug::ALL.to_vec());
    }
    only.iter()
        .map(|name| match KnownBug::named(name) {
            Some(bug) => Ok(bug),
            None => {
                let names: Vec<&str> = KnownBug::ALL.iter().map(|bug| bug.name()).collect();
                bail!("there is no bug {name}; the bugs are {}", names.join(", "))
            }
        })
        .collect()
}

/// Runs seeds with a bug until a checker meets it, the pinned one first.
fn meet(bug: KnownBug, pinned: Option<u64>, seeds: u64) -> Met {
    let begun = Instant::now();
    let mut met = Met {
        bug,
        by: None,
        uncaught: None,
        fails_anyway: None,
        seeds: 0,
        events: 0,
        took: Duration::ZERO,
    };
    for seed in pinned.into_iter().chain(0..seeds) {
        let outcome = run::run(&focus::simulation(bug, seed));
        met.seeds += 1;
        met.events += outcome.figures.events;
        match outcome.failure {
            Some(failure) if !failure.is_violation() => {
                met.uncaught.get_or_insert((seed, *failure));
            }
            Some(failure) => match without(bug, seed) {
                Some((failure, path)) => {
                    met.fails_anyway.get_or_insert((seed, failure, path));
                }
                None => {
                    met.by = Some((seed, *failure));
                    break;
                }
            },
            None => {}
        }
    }
    met.took = begun.elapsed();
    met
}

/// What the run in which a bug was met shows without it, and the scenario that shows it: nothing,
/// if the bug is to blame.
fn without(bug: KnownBug, seed: u64) -> Option<(Failure, PathBuf)> {
    let mut simulation = focus::simulation(bug, seed);
    simulation.history.config.known_bug = None;
    let failure = *run::run(&simulation).failure?;
    let path = Path::new(FOLDER).join(format!("without-{bug}-{seed}.txt"));
    let written = fs::create_dir_all(FOLDER)
        .and_then(|()| fs::write(&path, story::text(&simulation.history, &failure)));
    if let Err(error) = written {
        eprintln!("cannot write {}: {error}", path.display());
    }
    Some((failure, path))
}

fn tell(met: &Met) {
    let bug = met.bug;
    println!("{bug}: {} ({})", bug.story(), bug.source());
    if let Some((seed, failure, path)) = &met.fails_anyway {
        println!(
            "  seed {seed} FAILS WITHOUT THE BUG, event {}: {}: {}\n  quorate replay {}",
            failure.event,
            failure.property,
            failure.text,
            path.display()
        );
    }
    match (&met.by, &met.uncaught) {
        (Some((seed, failure)), _) => println!(
            "  seed {seed}, event {}: {}: {}",
            failure.event, failure.property, failure.text
        ),
        (None, Some((seed, failure))) => println!(
            "  NOT CAUGHT by a checker, seed {seed}, event {}: {}: {}",
            failure.event, failure.property, failure.text
        ),
        (None, None) => println!("  NOT CAUGHT in {} seeds, {} events", met.seeds, met.events),
    }
}

/// Lines `name seed`.
fn read_pinned(path: &Path) -> Result<BTreeMap<String, u64>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let parts = line
                .split_once(' ')
                .and_then(|(name, seed)| Some((name.to_owned(), seed.trim().parse().ok()?)));
            parts.with_context(|| format!("{}: `{line}` is not `bug seed`", path.display()))
        })
        .collect()
}

fn write_pinned(path: &Path, pinned: &BTreeMap<String, u64>) -> Result<()> {
    let mut text = PINNED_HEAD.to_owned();
    for (bug, seed) in pinned {
        text.push_str(&format!("{bug} {seed}\n"));
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Where runs are written that fail without a bug.
const FOLDER: &str = "target/simulate";
const PINNED_HEAD: &str = "\
# For each known bug a seed whose run meets a checker, tried before others.
# Written by: cargo xtask mutants --pin
";
