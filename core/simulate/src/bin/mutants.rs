//! `cargo xtask mutants`: known bugs, put back one at a time; each must meet a checker.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use comfy_table::Table;
use quorate_core::known_bug::KnownBug;
use quorate_simulate::run::{self, Failure, Verdict};
use quorate_simulate::say::{columns, say, wrapped};
use quorate_simulate::{focus, pool, report, story};

/// Put known bugs back, one at a time, and show which checker of the simulator meets each
#[derive(Parser)]
#[command(name = "mutants", bin_name = "cargo xtask mutants", after_help = AFTER_HELP)]
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
    /// Runs that fail with the bug, and of which it was not found out whether they pass without:
    /// that proves nothing, either.
    undecided_without: u64,
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
    let mut told = Ok(());
    let never = AtomicBool::new(false);
    pool::in_order(
        bugs.len() as u64,
        &never,
        |number| {
            let bug = bugs[number as usize];
            meet(bug, pinned.get(bug.name()).copied(), options.seeds)
        },
        |_, met| {
            told = tell(&met);
            all.push(met);
            told.is_ok()
        },
    );
    told?;
    let found = all
        .iter()
        .filter_map(|met| Some((met.bug, met.by.as_ref()?.0)));
    pinned.extend(found.map(|(bug, seed)| (bug.to_string(), seed)));
    say(report::fitted(&table_of(&all), columns()))?;
    if options.pin {
        write_pinned(&options.pinned, &pinned)?;
    }
    let missed = all.iter().filter(|met| met.by.is_none()).count();
    let failing = all.iter().filter(|met| met.fails_anyway.is_some()).count();
    say(format!("{} bugs put back, {missed} not caught", all.len()))?;
    if failing > 0 {
        let text = format!("{failing} of them have a seed that fails without the bug: see above");
        say(wrapped(&text, columns()))?;
    }
    Ok(missed == 0 && failing == 0)
}

/// A line for each bug.
fn table_of(all: &[Met]) -> Table {
    let mut table = report::table(&["bug", "caught by", "seed", "event", "seeds", "seconds"]);
    for met in all {
        let (by, seed, event) = match &met.by {
            Some((seed, failure)) => {
                let event = failure.event.to_string();
                (failure.property.as_str(), seed.to_string(), event)
            }
            None if met.uncaught.is_some() => ("no checker", "-".to_owned(), "-".to_owned()),
            None => ("NOBODY", "-".to_owned(), "-".to_owned()),
        };
        let seconds = format!("{:.1}", met.took.as_secs_f64());
        let seeds = met.seeds.to_string();
        table.add_row([met.bug.name(), by, &seed, &event, &seeds, &seconds]);
    }
    table
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
        undecided_without: 0,
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
                Without::Fails(failure, path) => {
                    met.fails_anyway.get_or_insert((seed, *failure, path));
                }
                Without::Undecided => met.undecided_without += 1,
                Without::Passes => {
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

/// What the run in which a bug was met does without it.
enum Without {
    /// It passes: the bug is to blame.
    Passes,
    /// Nothing is known of it: it may well fail.
    Undecided,
    /// It fails, by the scenario that is written there.
    Fails(Box<Failure>, PathBuf),
}

fn without(bug: KnownBug, seed: u64) -> Without {
    let mut simulation = focus::simulation(bug, seed);
    simulation.history.config.known_bug = None;
    let outcome = run::run(&simulation);
    let failure = match (outcome.verdict(), outcome.failure) {
        (_, Some(failure)) => failure,
        (Verdict::Undecided, None) => return Without::Undecided,
        (_, None) => return Without::Passes,
    };
    let path = Path::new(FOLDER).join(format!("without-{bug}-{seed}.txt"));
    let written = fs::create_dir_all(FOLDER)
        .and_then(|()| fs::write(&path, story::text(&simulation.history, &failure)));
    if let Err(error) = written {
        eprintln!("cannot write {}: {error}", path.display());
    }
    Without::Fails(failure, path)
}

fn tell(met: &Met) -> Result<()> {
    let bug = met.bug;
    let mut text = format!("{bug}: {} ({})", bug.story(), bug.source());
    let mut line = |line: String| text += &format!("\n  {line}");
    if let Some((seed, failure, path)) = &met.fails_anyway {
        line(format!(
            "seed {seed} FAILS WITHOUT THE BUG, event {}: {}: {}",
            failure.event, failure.property, failure.text
        ));
        line(format!("quorate replay {}", path.display()));
    }
    if met.undecided_without > 0 {
        line(format!(
            "{} seeds that fail with the bug are undecided without it, and prove nothing",
            met.undecided_without
        ));
    }
    line(match (&met.by, &met.uncaught) {
        (Some((seed, failure)), _) => format!(
            "seed {seed}, event {}: {}: {}",
            failure.event, failure.property, failure.text
        ),
        (None, Some((seed, failure))) => format!(
            "NOT CAUGHT by a checker, seed {seed}, event {}: {}: {}",
            failure.event, failure.property, failure.text
        ),
        (None, None) => format!("NOT CAUGHT in {} seeds, {} events", met.seeds, met.events),
    });
    say(wrapped(&text, columns()))
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
const AFTER_HELP: &str = "\
Each bug is a mistake that somebody made, or might make, in the members or in the rules; the core of
this program can make it again, the server's cannot. A bug counts as caught when a checker finds a
property violated in a run that passes without it. docs/simulator.md lists the bugs.

Exit code: 0 when each was caught, 1 when one was not or a run fails without its bug, 2 when it could
not be done as asked. Ctrl-C ends it at once; nothing is to be resumed.";
const PINNED_HEAD: &str = "\
# For each known bug a seed whose run meets a checker, tried before others.
# Written by: cargo xtask mutants --pin
";
