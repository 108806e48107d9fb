//! What a person is told, and what is kept of a failure.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use quorate_core::audit::{ClientOperation, History};
use quorate_simulate::progress::Progress;
use quorate_simulate::report::seeds_from;

use crate::failure::Failure;
use crate::figures::Figures;
use crate::plan::{ClusterPlan, RoundPlan};
use crate::recorder::Recorder;

/// Characters of a text that are printed.
const CHARACTERS_MAX: usize = 1_500;

/// Where a failure was, and what is kept of it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// The cluster's seed.
    pub(crate) seed: u64,
    /// The round, from 1.
    pub(crate) round: u64,
    folder: PathBuf,
    operations: Vec<String>,
    plan: String,
}

impl Kept {
    /// Deletes it.
    pub(crate) fn forget(&self) -> Result<()> {
        Ok(fs::remove_dir_all(&self.folder)?)
    }
}

/// How a round ended, as a line of the log.
pub(crate) fn round_line(
    plan: &ClusterPlan,
    round: u64,
    took: Duration,
    error: Option<&anyhow::Error>,
) -> String {
    let verdict = match error {
        None => "passed".to_owned(),
        Some(error) => format!("FAILED: {error:#}").replace('\n', " "),
    };
    format!(
        "seed {} ({} members) round {}: {verdict} in {:.2} s; {}",
        plan.seed,
        plan.members,
        round + 1,
        took.as_secs_f64(),
        planned(plan, round, "; ")
    )
}

/// The seed that such a line speaks of.
pub(crate) fn seed_of_line(line: &str) -> Option<u64> {
    line.strip_prefix("seed ")?.split_once(' ')?.0.parse().ok()
}

/// The figures of a run, as some lines.
pub(crate) fn figures(state: &Progress<Figures>) -> String {
    let figures = &state.tally;
    let seconds = (state.took_ms as f64 / 1_000.0).max(0.001);
    let rounds = figures.rounds.max(1) as f64;
    let faults: Vec<String> = figures
        .faults
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    format!(
        "{} rounds, {} clusters ({}), in {seconds:.0} s ({:.1} s a round)\n\
         {} client operations audited: {} carried out, {} with an unknown outcome; at {} revisions \
         a write stands that nobody was told of; {} histories undecided\n\
         whole again within {:.2} s after the faults, {:.2} s at most\n\
         faults: {}",
        figures.rounds,
        figures.clusters,
        seeds_from(state.run.from, state.next),
        seconds / rounds,
        figures.operations,
        figures.done,
        figures.unknown,
        figures.unacknowledged,
        figures.undecided,
        figures.mended_ms as f64 / rounds / 1_000.0,
        figures.mended_within_ms as f64 / 1_000.0,
        faults.join(", ")
    )
}

/// Keeps what there is of a failure: data, logs and history stay in a folder of their own.
pub(crate) fn keep(
    plan: &ClusterPlan,
    round: u64,
    folder: &Path,
    recorder: &Recorder,
    failure: &Failure,
) -> Result<Kept> {
    let mut kept = folder.with_file_name(format!("failed-{}", plan.seed));
    let mut number = 1;
    while kept.exists() {
        number += 1;
        kept.set_file_name(format!("failed-{}-{number}", plan.seed));
    }
    fs::rename(folder, &kept)?;
    let named = failure.operations();
    let (history, operations) = recorder.look(|history| {
        let operations = history.operations.iter();
        let shown = operations.filter(|operation| named.contains(&operation.number));
        (written(history), shown.map(line).collect())
    });
    fs::write(kept.join("history.txt"), history)?;
    let text = format!(
        "seed {}, round {}: {failure}\n\n{plan:?}\n{}\n",
        plan.seed,
        round + 1,
        planned(plan, round, "\n")
    );
    fs::write(kept.join("failure.txt"), text)?;
    Ok(Kept {
        seed: plan.seed,
        round: round + 1,
        folder: kept,
        operations,
        plan: planned(plan, round, "\n  "),
    })
}

/// A failure: what, where, what shows it, and where the rest of it is.
pub(crate) fn failure(kept: &Kept, failure: &Failure) -> String {
    let mut text = format!(
        "seed {}, round {}: {} violated ({})\n  {}\n",
        kept.seed,
        kept.round,
        failure.property,
        failure.source,
        shortened(&failure.text)
    );
    for operation in &kept.operations {
        let _ = writeln!(text, "  {}", shortened(operation));
    }
    let _ = writeln!(text, "the faults of the round:\n  {}", kept.plan);
    let _ = write!(
        text,
        "data, logs and history are in {}",
        kept.folder.display()
    );
    text
}

/// As much of a text as a person reads; the folder has all of it.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

/// The faults of a round.
fn planned(plan: &ClusterPlan, round: u64, between: &str) -> String {
    let faults = RoundPlan::new(plan, round).faults;
    let lines = faults.iter().map(|planned| {
        let (after, lasts) = (planned.after.as_millis(), planned.lasts.as_millis());
        format!("{after} ms, for {lasts} ms: {}", planned.fault)
    });
    lines.collect::<Vec<_>>().join(between)
}

fn written(history: &History) -> String {
    let mut text = String::new();
    for operation in &history.operations {
        text.push_str(&line(operation));
        text.push('\n');
    }
    text
}

fn line(operation: &ClientOperation) -> String {
    let returned = match operation.returned_at {
        Some(at) => at.to_string(),
        None => "-".to_owned(),
    };
    format!(
        "{} client {} node {} {}..{returned} us {:?} => {:?}",
        operation.number,
        operation.client,
        operation.node,
        operation.invoked_at,
        operation.command,
        operation.outcome
    )
}
