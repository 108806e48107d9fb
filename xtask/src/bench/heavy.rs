//! What needs a cluster of its own: reads under writes, a restart with many keys, a compaction, a
//! follower that was away.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use super::cluster::Cluster;
use super::load::{self, Figures};
use super::workload::{Amounts, Goal, Measure};

/// One of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heavy {
    ReadsUnderWrites,
    Memory,
    Restart,
    Compaction,
    CatchUp,
}

impl Heavy {
    pub(super) const ALL: [Heavy; 5] = [
        Heavy::ReadsUnderWrites,
        Heavy::Memory,
        Heavy::Restart,
        Heavy::Compaction,
        Heavy::CatchUp,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Heavy::ReadsUnderWrites => "linearizable reads while puts run at 70 %",
            Heavy::Memory => "memory with many keys",
            Heavy::Restart => "kill -9 of all to the first read",
            Heavy::Compaction => "puts during a compaction",
            Heavy::CatchUp => "a follower catches up",
        }
    }

    pub(super) fn goals(name: &str) -> &'static [Goal] {
        let found = Self::ALL.iter().find(|heavy| heavy.name() == name);
        match found {
            Some(Heavy::ReadsUnderWrites) => {
                const {
                    &[Goal {
                        measure: Measure::P99,
                        ratio: 0.3,
                    }]
                }
            }
            Some(Heavy::Memory) => {
                const {
                    &[Goal {
                        measure: Measure::Resident,
                        ratio: 1.0,
                    }]
                }
            }
            Some(Heavy::Restart) => {
                const {
                    &[Goal {
                        measure: Measure::Seconds,
                        ratio: 0.2,
                    }]
                }
            }
            Some(Heavy::Compaction) => {
                const {
                    &[Goal {
                        measure: Measure::P99,
                        ratio: 0.5,
                    }]
                }
            }
            Some(Heavy::CatchUp) | None => &[],
        }
    }

    /// Does it with a fresh cluster.
    pub(super) fn run(self, cluster: &mut Cluster, amounts: &Amounts) -> Result<Figures> {
        match self {
            Heavy::ReadsUnderWrites => reads_under_writes(cluster, amounts),
            Heavy::Memory => {
                fill(cluster, amounts.keys)?;
                Ok(Figures {
                    resident_bytes: Some(cluster.resident_bytes()? as f64),
                    ..Figures::default()
                })
            }
            Heavy::Restart => restart(cluster, amounts),
            Heavy::Compaction => compaction(cluster, amounts),
            Heavy::CatchUp => catch_up(cluster, amounts),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// Writes so many keys of 256 bytes, a hundred a transaction.
fn fill(cluster: &Cluster, keys: u64) -> Result<()> {
    let txns = keys / KEYS_A_TXN;
    let arguments = words(&format!(
        "--conns=16 --clients=16 txn-put --val-size=256 --txn-ops={KEYS_A_TXN} \
         --key-space-size={keys} --total={txns}"
    ));
    load::run(cluster, &arguments).map(drop)
}

fn reads_under_writes(cluster: &Cluster, amounts: &Amounts) -> Result<Figures> {
    let load = "--conns=16 --clients=64 put --val-size=256 --key-space-size=10000";
    let (_, most) = load::run(
        cluster,
        &words(&format!("{load} --total={}", amounts.keys / 20)),
    )?;
    let rate = (most.per_second.context("puts a second")? * 0.7) as u64;
    let total = rate.max(1) * UNDER_WRITES.as_secs();
    let arguments = words(&format!("{load} --rate={rate} --total={total}"));
    let puts = load::command(cluster, &arguments).spawn()?;
    let reads = READS_PER_SECOND * (UNDER_WRITES.as_secs() - 2);
    let read = words(&format!(
        "--conns=4 --clients=4 range none --rate={READS_PER_SECOND} --total={reads}"
    ));
    let (_, figures) = load::run(cluster, &read)?;
    load::read(&puts.wait_with_output()?, &arguments)?;
    Ok(Figures {
        // The writes took it too.
        cpu_us_per_request: None,
        written_bytes_per_request: None,
        ..figures
    })
}

fn restart(cluster: &mut Cluster, amounts: &Amounts) -> Result<Figures> {
    fill(cluster, amounts.keys)?;
    for at in 0..3 {
        cluster.kill_one(at)?;
    }
    let start = Instant::now();
    for at in 0..3 {
        cluster.start_one(at)?;
    }
    cluster.wait_until_it_answers()?;
    Ok(Figures {
        seconds: Some(start.elapsed().as_secs_f64()),
        ..Figures::default()
    })
}

fn compaction(cluster: &Cluster, amounts: &Amounts) -> Result<Figures> {
    // Each key often: there is much to forget.
    let keys = (amounts.keys / 100).max(KEYS_A_TXN);
    let txns = amounts.keys / KEYS_A_TXN;
    load::run(
        cluster,
        &words(&format!(
            "--conns=16 --clients=16 txn-put --val-size=256 --txn-ops={KEYS_A_TXN} \
             --key-space-size={keys} --total={txns}"
        )),
    )?;
    let total = amounts.keys / 20;
    let arguments = words(&format!(
        "--conns=16 --clients=64 put --val-size=256 --key-space-size=10000 --total={total}"
    ));
    let puts = load::command(cluster, &arguments).spawn()?;
    thread::sleep(Duration::from_millis(200));
    let revision = cluster.revision()?;
    cluster.post(
        0,
        "kv/compaction",
        &json!({ "revision": revision.to_string(), "physical": true }),
    )?;
    let report = load::read(&puts.wait_with_output()?, &arguments)?;
    Ok(Figures::of(&report))
}

fn catch_up(cluster: &mut Cluster, amounts: &Amounts) -> Result<Figures> {
    let follower = (0..3)
        .find(|at| cluster.applied(*at).is_ok_and(|(_, is_leader)| !is_leader))
        .context("no member follows")?;
    let leader = (0..3)
        .find(|at| cluster.applied(*at).is_ok_and(|(_, is_leader)| is_leader))
        .context("no member leads")?;
    cluster.kill_one(follower)?;
    let arguments = words(&format!(
        "--target-leader --conns=16 --clients=64 put --val-size=256 --key-space-size=10000 \
         --total={}",
        amounts.keys / 20
    ));
    load::run(cluster, &arguments)?;
    let (goal, _) = cluster.applied(leader)?;
    let start = Instant::now();
    cluster.start_one(follower)?;
    while cluster.applied(follower).map_or(0, |(applied, _)| applied) < goal {
        anyhow::ensure!(
            start.elapsed() < CATCH_UP_TIMEOUT,
            "the follower has not caught up after {CATCH_UP_TIMEOUT:?}"
        );
        thread::sleep(Duration::from_millis(5));
    }
    Ok(Figures {
        seconds: Some(start.elapsed().as_secs_f64()),
        ..Figures::default()
    })
}

/// etcd allows 128 operations a transaction.
const KEYS_A_TXN: u64 = 100;
/// Few enough to disturb no write.
const READS_PER_SECOND: u64 = 500;
/// How long reads are measured while writes go on.
const UNDER_WRITES: Duration = Duration::from_secs(10);
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(300);
