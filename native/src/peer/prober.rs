//! Asks a peer again and again how it is: how long an answer takes, and what its clock says.
//!
//! The streams between members go one way each, and a member answers when it has something to
//! say; so the network alone is measured beside them, by a question that any peer answers at once.

use std::io;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use quorate_core::id::MemberId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::Context;
use super::question::Questions;
use super::roster::Target;
use crate::go::GoDuration;
use crate::metrics::PeerMetrics;

/// Where a peer is asked, as with etcd.
pub(super) const PROBING_PATH: &str = "/raft/probing";
/// The pause between two questions.
const PROBE_EVERY: Duration = Duration::from_secs(4);
/// An answer that takes longer is none.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// An answer is not longer.
const ANSWER_SIZE_BYTES_MAX: usize = 1_024;
/// Clocks further apart are told of.
const CLOCK_DIFFERENCE_MAX: Duration = Duration::from_secs(1);
/// Of clocks that stay apart it is told again after so many answers.
const CLOCK_WARNING_EVERY: u64 = 8;

/// What a peer answers.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Health {
    #[serde(rename = "OK")]
    is_ok: bool,
    #[serde(rename = "Now")]
    now: String,
}

impl Health {
    /// What this member answers.
    pub(super) fn now() -> Self {
        Self {
            is_ok: true,
            now: Timestamp::now().to_string(),
        }
    }
}

/// Runs until it is dropped.
pub(super) async fn run(
    peer: MemberId,
    target: watch::Receiver<Target>,
    metrics: PeerMetrics,
    context: Context,
) {
    let mut answers: u64 = 0;
    let mut is_well = true;
    for turn in 0_usize.. {
        let urls = target.borrow().urls.clone();
        let Some(endpoint) = urls.get(turn % urls.len().max(1)) else {
            sleep(PROBE_EVERY).await;
            continue;
        };
        // On one connection, for as long as it answers.
        let error = match timeout(ANSWER_TIMEOUT, Questions::begin(endpoint, context.local)).await {
            Ok(Ok(mut questions)) => loop {
                sleep(PROBE_EVERY).await;
                let asked = Instant::now();
                match timeout(ANSWER_TIMEOUT, ask(&mut questions)).await {
                    Ok(Ok(health)) => {
                        let took = asked.elapsed();
                        metrics.answered(took);
                        is_well = true;
                        if answers.is_multiple_of(CLOCK_WARNING_EVERY) {
                            compare_clocks(&health, took, peer, &context);
                        }
                        answers += 1;
                    }
                    Ok(Err(error)) => break error,
                    Err(_) => break io::ErrorKind::TimedOut.into(),
                }
            },
            Ok(Err(error)) => error,
            Err(_) => io::ErrorKind::TimedOut.into(),
        };
        if is_well {
            is_well = false;
            context.logger.warn(
                "prober detected unhealthy status",
                &[
                    ("remote-peer-id", json!(peer.to_string())),
                    ("remote-peer-url", json!(endpoint.url)),
                    ("error", json!(error.to_string())),
                ],
            );
        }
        sleep(PROBE_EVERY).await;
    }
}

async fn ask(peer: &mut Questions) -> io::Result<Health> {
    let (_, answer) = peer.page(PROBING_PATH, ANSWER_SIZE_BYTES_MAX).await?;
    let health: Health = serde_json::from_slice(&answer).map_err(io::Error::other)?;
    if !health.is_ok {
        return Err(io::Error::other("the peer says that it is not well"));
    }
    Ok(health)
}

/// The answer was on its way for about half of the time.
fn compare_clocks(health: &Health, took: Duration, peer: MemberId, context: &Context) {
    let Ok(theirs) = health.now.parse::<Timestamp>() else {
        return;
    };
    let apart = Timestamp::now().duration_since(theirs).unsigned_abs();
    let difference = apart.saturating_sub(took);
    if difference > CLOCK_DIFFERENCE_MAX {
        context.logger.warn(
            "prober found high clock drift",
            &[
                ("remote-peer-id", json!(peer.to_string())),
                ("clock-drift", json!(GoDuration(difference).to_string())),
                ("rtt", json!(GoDuration(took).to_string())),
            ],
        );
    }
}
