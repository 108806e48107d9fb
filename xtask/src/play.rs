//! `cargo xtask play`: a real cluster of three members on this machine, with the page.
//!
//! The command stays in the foreground: it starts the members, says where everything is, tells
//! when one of them ends, and stops them all on Ctrl-C.

mod cluster;
mod greeting;
mod health;
mod member;
mod ports;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::page;
use crate::play::cluster::Cluster;
use crate::process;
use crate::setup;
use crate::workspace::Workspace;

/// The options of `cargo xtask play`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Begin with an empty cluster: what an earlier one kept under target/play is deleted
    #[arg(long)]
    fresh: bool,
}

/// How often the members are looked at.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Builds, starts, greets, watches, stops.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let stop = StopSignal::listen()?;
    println!("1. the page");
    let dist = page::build(workspace)?;
    println!("2. the server");
    let mut build = workspace.cargo();
    process::run(build.args(["build", "--locked", "--workspace", "--bin", "quorate"]))?;
    let etcdctl = etcdctl(workspace);

    println!("3. the cluster");
    ports::check_free(&member::SPECS)?;
    let folder = prepare(workspace, options.fresh)?;
    let program = workspace.native_program("quorate");
    let mut cluster = Cluster::start(&program, &folder, &dist)?;
    if cluster.wait_until_ready(&stop)? {
        greeting::print(&cluster, &etcdctl);
        watch(&mut cluster, &stop)?;
    }
    cluster.stop(&stop)
}

/// Makes the folder of the members' data, emptied first when a fresh cluster is asked for.
fn prepare(workspace: &Workspace, fresh: bool) -> Result<PathBuf> {
    let folder = workspace.play();
    if fresh && folder.exists() {
        println!("  emptying {}", folder.display());
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// The etcdctl to show in the greeting. Playing needs none, so its absence is only a word.
fn etcdctl(workspace: &Workspace) -> String {
    match setup::etcdctl(workspace) {
        Ok(path) => path.display().to_string(),
        Err(error) => {
            println!("  no etcdctl could be installed ({error:#}); any etcdctl 3.5 or 3.6 works");
            "etcdctl".to_owned()
        }
    }
}

/// Waits for the signal to stop; tells of each member that ends before that.
fn watch(cluster: &mut Cluster, stop: &StopSignal) -> Result<()> {
    while !stop.is_raised() {
        cluster.tell_of_the_dead()?;
        if cluster.is_empty() {
            bail!("no member runs any more");
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

/// Counts the signals by which a person or a supervisor asks this command to end.
struct StopSignal {
    raised: Arc<AtomicUsize>,
}

impl StopSignal {
    fn listen() -> Result<StopSignal> {
        let raised = Arc::new(AtomicUsize::new(0));
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let counter = Arc::clone(&raised);
        thread::spawn(move || {
            for _ in &mut signals {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(StopSignal { raised })
    }

    /// Whether somebody asked to stop.
    fn is_raised(&self) -> bool {
        self.count() > 0
    }

    /// How often somebody asked: more than once means at once.
    fn count(&self) -> usize {
        self.raised.load(Ordering::SeqCst)
    }
}
