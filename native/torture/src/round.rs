//! A round: clients ask while faults come and go; then all is mended, and what must hold is
//! looked at.

mod check;
mod replacement;
mod settle;
mod trouble;

use std::time::{Duration, Instant};

use anyhow::Result;
use quorate_core::id::Revision;
use tokio::time::sleep;

use crate::cluster::Cluster;
use crate::figures::Figures;
use crate::load::{Asking, Listening};
use crate::plan::{ClusterPlan, RoundPlan};
use crate::recorder::Recorder;
use trouble::Trouble;

/// Watchers beside the one that hears of everything.
const WATCHERS: u64 = 3;
/// How long clients go on when the cluster is whole again.
const AFTERWARDS: Duration = Duration::from_millis(150);

/// Runs one round of a cluster, which is at the revision `from`; answers at which it is then.
///
/// # Errors
/// A [`crate::failure::Failure`] when a property does not hold; else what the runner itself could
/// not do.
pub(crate) async fn run(
    cluster: &mut Cluster,
    plan: &ClusterPlan,
    round: u64,
    from: Revision,
    recorder: &Recorder,
    figures: &mut Figures,
) -> Result<Revision> {
    let ports = &cluster.client_ports;
    let listening = Listening::start(plan, round, ports, recorder, from, WATCHERS);
    let asking = Asking::start(plan, round, ports, recorder);
    let mended = troubled(cluster, plan, round, figures).await;
    asking.stop().await?;
    // Whatever else is wrong, a panic says more.
    cluster.look_for_panics()?;
    mended?;
    let revision = check::stores(cluster, recorder).await?;
    listening.hear_all(revision, &cluster.patience).await?;
    check::history(recorder, figures)?;
    cluster.look_for_panics()?;
    Ok(revision)
}

/// Waits until all leases have ended, when nobody asks anything any more, and looks at the whole
/// history once more.
///
/// # Errors
/// As [`run`].
pub(crate) async fn farewell(
    cluster: &mut Cluster,
    plan: &ClusterPlan,
    from: Revision,
    recorder: &Recorder,
    figures: &mut Figures,
) -> Result<()> {
    let ports = &cluster.client_ports;
    let listening = Listening::start(plan, plan.rounds, ports, recorder, from, 0);
    let revision = check::leases_end(cluster, recorder).await?;
    listening.hear_all(revision, &cluster.patience).await?;
    check::history(recorder, figures)
}

/// Lets the round's faults come and go, and waits until all is well again.
async fn troubled(
    cluster: &mut Cluster,
    plan: &ClusterPlan,
    round: u64,
    figures: &mut Figures,
) -> Result<()> {
    let faults = RoundPlan::new(plan, round).faults;
    let mut trouble = Trouble::new(cluster);
    trouble.run(&faults, figures).await?;
    trouble.end_all().await?;
    let begun = Instant::now();
    settle::leader(cluster).await?;
    figures.mended_within(begun.elapsed());
    sleep(AFTERWARDS).await;
    Ok(())
}
