//! Random streams of operations, sent to Quorate and to etcd 3.5.1 at the same time: every answer
//! is compared field by field.
//!
//! What one server makes up by itself is given the same name on both: ids of the cluster, of
//! members and of leases, and Raft's terms. What is meant to differ is in `intended`, and in
//! `docs/differences.md` with its reasons.
//!
//! A few thousand operations are a part of every run. More, and others:
//!
//! ```sh
//! QUORATE_DIFFERENTIAL_OPERATIONS=100000 QUORATE_DIFFERENTIAL_SEED=7 \
//!     cargo test --workspace --test main -- differential
//! ```
//!
//! It ends at the first difference, or at as many as `QUORATE_DIFFERENTIAL_DIFFERENCES` says: those
//! behind the first may be its consequences.

mod answer;
mod draw;
mod intended;
mod model;
mod operation;
mod pair;
mod requests;
mod side;
mod watches;

use std::env;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::support::cluster::Cluster;
use crate::support::real_etcd::RealEtcd;
use draw::Draw;
use operation::Operation;
use pair::Pair;

/// Operations in a run of all tests.
const OPERATIONS: u64 = 3_000;
/// After so many, two new servers begin.
const STREAM_OPERATIONS: u64 = 1_500;
/// Far longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many operations before the failing one are shown, unless `QUORATE_DIFFERENTIAL_SHOWN` says.
const SHOWN: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quorate_answers_as_etcd_does() {
    let mut left = number("QUORATE_DIFFERENTIAL_OPERATIONS").unwrap_or(OPERATIONS);
    let first = number("QUORATE_DIFFERENTIAL_SEED").unwrap_or(1);
    let start = Instant::now();
    for seed in first.. {
        let operations = left.min(STREAM_OPERATIONS);
        if let Err(difference) = stream(seed, operations).await {
            panic!(
                "{difference}\n\nonce more:\nQUORATE_DIFFERENTIAL_SEED={seed} \
                 QUORATE_DIFFERENTIAL_OPERATIONS={operations} cargo test --workspace --test main \
                 -- differential"
            );
        }
        left -= operations;
        if left == 0 {
            break;
        }
        eprintln!("seed {seed}: no difference, {:.0?}", start.elapsed());
    }
}

/// One stream of operations to two new servers.
async fn stream(seed: u64, operations: u64) -> Result<(), String> {
    let etcd = RealEtcd::start();
    let cluster = Cluster::start(1, &[]);
    let mut pair = Pair::new(etcd.client_port, cluster.client_port(0)).await;
    let mut draw = Draw::new(seed);
    let mut done: Vec<String> = Vec::new();
    let mut differences = Vec::new();
    let differences_max = number("QUORATE_DIFFERENTIAL_DIFFERENCES").unwrap_or(1);
    for step in 0..operations {
        let operation = draw.operation(&pair.model);
        done.push(brief(format!("{step}: {operation:?}")));
        let answered = timeout(PATIENCE, pair.perform(operation)).await;
        let result = answered.unwrap_or_else(|_| Err("no answer".to_owned()));
        if let Err(difference) = result {
            differences.push(told(seed, step, &done, &difference));
        }
        if differences.len() as u64 >= differences_max {
            break;
        }
    }
    if differences.is_empty() {
        done.push("the end".to_owned());
        let result = pair.perform(Operation::Settle).await;
        return result.map_err(|difference| told(seed, operations, &done, &difference));
    }
    Err(differences.join("\n\n"))
}

/// Large values are not shown whole.
fn brief(mut text: String) -> String {
    const SIZE_BYTES_MAX: usize = 2_000;
    if let Some(end) = (SIZE_BYTES_MAX..text.len()).find(|end| text.is_char_boundary(*end)) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn told(seed: u64, step: u64, done: &[String], difference: &str) -> String {
    let shown = number("QUORATE_DIFFERENTIAL_SHOWN").map_or(SHOWN, |count| count as usize);
    let shown = &done[done.len().saturating_sub(shown)..];
    format!(
        "seed {seed}, step {step}: {difference}\n\nbefore that:\n{}",
        shown.join("\n")
    )
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(
        text.parse().unwrap_or_else(|error| {
            panic!("{variable}={text} is not a number of 0 or more: {error}")
        }),
    )
}
