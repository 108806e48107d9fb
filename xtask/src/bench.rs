//! `cargo xtask bench`: Quorate and etcd side by side, in one run.
//!
//! Each round starts one server's cluster of three members with empty folders on this disk, gives
//! it every workload, stops it, and does the same with the other; the order changes from round to
//! round. What is reported is the ratio of the two within a round, its median over the rounds and
//! how far the rounds lie apart: absolute figures of a shared machine differ from hour to hour.
//! The same program, `quorate-benchmark`, asks both.

mod cluster;
mod heavy;
mod load;
mod quiet;
mod ratio;
mod report;
mod web;
mod workload;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use self::cluster::{Cluster, Kind, Programs};
use self::heavy::Heavy;
use self::load::Figures;
use self::quiet::Quiet;
use self::report::Report;
use self::workload::{Amounts, WORKLOADS};
use crate::process;
use crate::protoc;
use crate::setup;
use crate::workspace::Workspace;

/// The options of `cargo xtask bench`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    other: Option<Other>,
    /// Fewer requests and one round: under five minutes once all is built, and no table for the docs
    #[arg(long)]
    quick: bool,
    /// How many rounds (1 with --quick)
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// With how many keys a restart, a compaction and the like are measured [default: 1000000]
    #[arg(long, value_name = "N", conflicts_with = "quick", value_parser = keys)]
    keys: Option<u64>,
    /// Only workloads whose name contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Do not wait for a quiet machine
    #[arg(long)]
    at_once: bool,
    /// Write the table to docs/performance.md
    #[arg(long, conflicts_with = "quick")]
    publish: bool,
}

/// What else is measured.
#[derive(clap::Subcommand)]
enum Other {
    /// The page in headless Chromium: first load, events a second, jumps, pictures a second
    Web {
        /// Put the table into docs/performance.md, with date and machine
        #[arg(long)]
        publish: bool,
    },
}

/// What was measured: by workload, by server, one for each round.
pub(crate) type Measured = BTreeMap<String, BTreeMap<Kind, Vec<Figures>>>;

/// Builds, measures, reports.
///
/// # Errors
/// When a program cannot be built or started, or does not answer.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if let Some(Other::Web { publish }) = options.other {
        return web::run(workspace, publish);
    }
    let programs = build(workspace)?;
    let folder = workspace.target().join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut amounts = Amounts::of(options.quick);
    amounts.keys = options.keys.unwrap_or(amounts.keys);
    let rounds = if options.quick {
        1
    } else {
        options.rounds.max(1)
    };
    let is_wanted = |name: &str| options.only.as_ref().is_none_or(|only| name.contains(only));
    let mut measured = Measured::new();
    let mut quiet = Quiet::new(options.at_once);
    for round in 0..rounds {
        for kind in Kind::in_order(round) {
            println!("\nround {} of {rounds}: {kind}", round + 1);
            quiet.wait()?;
            let of_round = one_round(&programs, &folder, kind, &amounts, &is_wanted)?;
            for (name, figures) in of_round {
                let of_workload = measured.entry(name).or_default();
                of_workload.entry(kind).or_default().push(figures);
            }
        }
    }
    let report = Report::new(&measured, &quiet, command(options));
    println!("\n{}", report.text());
    report.write(&folder)?;
    println!("report and plots: {}", folder.display());
    if options.publish {
        let page = workspace.root().join("docs/performance.md");
        report.publish(&page)?;
        println!("table: {}", page.display());
    }
    Ok(())
}

fn one_round(
    programs: &Programs,
    folder: &std::path::Path,
    kind: Kind,
    amounts: &Amounts,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<(String, Figures)>> {
    let data = folder.join("data");
    let mut figures = Vec::new();
    let mut cluster = Cluster::start(programs, kind, &data)?;
    if is_wanted(workload::IDLE) {
        figures.push((workload::IDLE.to_owned(), cluster.idle()?));
    }
    for workload in WORKLOADS.iter().filter(|workload| is_wanted(workload.name)) {
        println!("  {}", workload.name);
        figures.push((workload.name.to_owned(), workload.run(&cluster, amounts)?));
    }
    drop(cluster);
    for heavy in Heavy::ALL.iter().filter(|heavy| is_wanted(heavy.name())) {
        println!("  {}", heavy.name());
        cluster = Cluster::start(programs, kind, &data)?;
        figures.push((heavy.name().to_owned(), heavy.run(&mut cluster, amounts)?));
        drop(cluster);
    }
    Ok(figures)
}

fn build(workspace: &Workspace) -> Result<Programs> {
    println!("building the server and the load generator as they are shipped (--release)");
    let mut build = workspace.cargo();
    build.args(["build", "--locked", "--release", "--package", "quorate"]);
    build.args(["--bin", "quorate", "--bin", "quorate-benchmark"]);
    protoc::find_for(&mut build, workspace)?;
    process::run(&mut build)?;
    let release = workspace.target().join("release");
    let etcdctl: PathBuf = setup::etcdctl(workspace)?;
    Ok(Programs {
        quorate: release.join("quorate"),
        etcd: etcdctl.with_file_name("etcd"),
        benchmark: release.join("quorate-benchmark"),
    })
}

/// So many that the loads have something to do: they write a hundred at a time, and a twentieth
/// of them one by one.
fn keys(text: &str) -> Result<u64, String> {
    let keys = text.parse().map_err(|error| format!("{error}"))?;
    match keys {
        10_000..=100_000_000 => Ok(keys),
        _ => Err("from 10000 to 100000000".to_owned()),
    }
}

/// The command, as a person would type it again.
fn command(options: &Options) -> String {
    let mut text = "cargo xtask bench".to_owned();
    if options.quick {
        text.push_str(" --quick");
    } else {
        text.push_str(&format!(" --rounds {}", options.rounds));
    }
    if let Some(keys) = options.keys {
        text.push_str(&format!(" --keys {keys}"));
    }
    if let Some(only) = &options.only {
        text.push_str(&format!(" --only '{only}'"));
    }
    text
}
