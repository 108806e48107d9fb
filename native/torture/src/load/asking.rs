//! All clients of a round that ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use super::leaser::Leaser;
use super::worker::Worker;
use crate::plan::ClusterPlan;
use crate::recorder::Recorder;

/// Clients that write and read.
const WRITERS: u64 = 4;
/// Clients that only read.
const READERS: u64 = 3;
/// Clients of leases.
const LEASERS: u64 = 2;

/// Clients that ask until they are stopped.
pub(crate) struct Asking {
    stop: Arc<AtomicBool>,
    clients: JoinSet<()>,
}

impl Asking {
    /// Lets them begin.
    pub(crate) fn start(
        plan: &ClusterPlan,
        round: u64,
        client_ports: &[u16],
        recorder: &Recorder,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for number in 1..=WRITERS + READERS + LEASERS {
            let prng = plan.prng(&format!("client {number}"), round);
            let (client_ports, recorder) = (client_ports.to_vec(), recorder.clone());
            if number <= WRITERS + READERS {
                let writes = number <= WRITERS;
                let worker = Worker::new(number, writes, prng, client_ports, recorder);
                clients.spawn(worker.run(stop.clone()));
            } else {
                let leaser = Leaser::new(number, prng, client_ports, recorder);
                clients.spawn(leaser.run(stop.clone()));
            }
        }
        Self { stop, clients }
    }

    /// Lets each client end what it is at.
    ///
    /// # Errors
    /// When one ended otherwise: what it has asked would be missing from the history.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.clients.join_next().await {
            ended.context("a client did not come to its end")?;
        }
        Ok(())
    }
}
