//! A round: clients ask while faults come and go; then all is mended, and what must hold is
//! looked at.

mod check;
mod settle;
mod trouble;

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::sleep;

use crate::cluster::Cluster;
use crate::figures::Figures;
use crate::load::Load;
use crate::plan::{ClusterPlan, RoundPlan};
use crate::recorder::Recorder;
use trouble::Trouble;

/// How long clients go on when the cluster is whole again.
const AFTERWARDS: Duration = Duration::from_millis(150);

/// Runs one round of a cluster.
///
/// # Errors
/// A [`crate::failure::Failure`] when a property does not hold; else what the runner itself could
/// not do.
pub(crate) async fn run(
    cluster: &mut Cluster,
    plan: &ClusterPlan,
    round: u64,
    recorder: &Recorder,
    figures: &mut Figures,
) -> Result<()> {
    let load = Load::start(plan, round, &cluster.client_ports, recorder);
    let faults = RoundPlan::new(plan, round).faults;
    let mut trouble = Trouble::new(cluster);
    let done = trouble.run(&faults, figures).await;
    let mended = match done {
        Ok(()) => trouble.end_all().await,
        broken => broken,
    };
    let begun = Instant::now();
    let settled = match mended {
        Ok(()) => settle::leader(cluster).await,
        broken => broken,
    };
    figures.mended_within(begun.elapsed());
    if settled.is_ok() {
        sleep(AFTERWARDS).await;
    }
    load.finish().await;
    // Whatever else is wrong, a panic says more.
    cluster.look_for_panics()?;
    settled?;
    check::all(cluster, recorder, figures).await?;
    cluster.look_for_panics()
}
