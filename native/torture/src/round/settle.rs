//! Liveness: once faults have ended, a leader comes, and all members catch up with it.
//!
//! Raft paper §5.6: a leader within a few election timeouts while messages arrive.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use quorate_core::id::Revision;
use tokio::time::sleep;

use crate::client::Standing;
use crate::cluster::{Cluster, name};
use crate::failure::Failure;

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
        same_where_equal(&standings)?;
        if all.len() == standings.len()
            && let Some(found) = wanted(&all)
        {
            return Ok(found);
        }
        wait.check("liveness", "Raft paper §5.6", &told(&standings))?;
        sleep(PAUSE).await;
    }
}

/// Members that have applied the same entries are at the same revision.
fn same_where_equal(standings: &[Option<Standing>]) -> Result<()> {
    let mut seen = BTreeMap::new();
    for standing in standings.iter().flatten() {
        let revision = standing.header.revision;
        if *seen.entry(standing.applied).or_insert(revision) != revision {
            let property = "state machine safety";
            return Err(Failure::new(property, "Raft paper §5.4.3", told(standings)).into());
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use quorate_core::command::ReplyHeader;

    use super::*;

    fn at(applied: u64, revision: i64) -> Option<Standing> {
        Some(Standing {
            header: ReplyHeader {
                revision: Revision(revision),
                ..ReplyHeader::default()
            },
            leader: 1,
            applied,
        })
    }

    #[test]
    fn who_has_applied_the_same_is_at_the_same_revision() {
        let good = [at(7, 3), None, at(8, 4), at(7, 3)];
        assert!(same_where_equal(&good).is_ok());
        let bad = [at(7, 3), at(8, 4), at(7, 4)];
        let failure = same_where_equal(&bad).expect_err("they differ");
        assert!(
            failure.to_string().contains("infra3: leader 1"),
            "{failure}"
        );
    }
}
