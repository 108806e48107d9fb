//! Liveness: once faults have ended, a leader comes, and all members catch up with it.
//!
//! Raft paper §5.6: a leader within a few election timeouts while messages arrive.

use std::time::Duration;

use anyhow::Result;
use quorate_core::id::Revision;
use tokio::time::sleep;

use crate::client::Standing;
use crate::cluster::{Cluster, name};

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(15);

/// Waits until all members serve clients and know one leader.
pub(super) async fn leader(cluster: &mut Cluster) -> Result<()> {
    wait("a leader that all know", cluster, |standings| {
        let first = standings.first()?;
        let agree =
            |one: &Standing| one.leader == first.leader && one.header.term == first.header.term;
        (first.leader != 0 && standings.iter().all(agree)).then_some(())
    })
    .await
}

/// Waits until all members have applied the same; answers their revision.
pub(super) async fn same_revision(cluster: &mut Cluster) -> Result<Revision> {
    wait("all members at one revision", cluster, |standings| {
        let first = standings.first()?;
        let agree = |one: &Standing| {
            one.applied == first.applied && one.header.revision == first.header.revision
        };
        standings.iter().all(agree).then_some(first.header.revision)
    })
    .await
}

/// Asks all members until they all answer and it is what is wanted.
async fn wait<T>(
    what: &str,
    cluster: &mut Cluster,
    wanted: impl Fn(&[Standing]) -> Option<T>,
) -> Result<T> {
    let patience = cluster.patience.clone();
    let wait = patience.wait_for(what);
    loop {
        cluster.presences()?;
        let standings = cluster.standings().await;
        let all: Vec<Standing> = standings.iter().flatten().cloned().collect();
        if all.len() == standings.len()
            && let Some(found) = wanted(&all)
        {
            return Ok(found);
        }
        wait.check("liveness", "Raft paper §5.6", &told(&standings))?;
        sleep(PAUSE).await;
    }
}

fn told(standings: &[Option<Standing>]) -> String {
    let lines = standings.iter().enumerate().map(|(node, standing)| {
        let said = match standing {
            Some(one) => format!(
                "leader {:x}, term {}, applied {}, revision {}",
                one.leader, one.header.term, one.applied, one.header.revision
            ),
            None => "no answer".to_owned(),
        };
        format!("{}: {said}", name(node))
    });
    lines.collect::<Vec<_>>().join("; ")
}
