//! Clients that ask without a pause to think while faults come and go.

mod draw;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;

use crate::plan::ClusterPlan;
use crate::recorder::Recorder;
pub(crate) use draw::all_keys;
use worker::Worker;

/// Clients that write and read.
const WRITERS: u64 = 4;
/// Clients that only read.
const READERS: u64 = 3;

/// All clients of a round.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    clients: JoinSet<()>,
}

impl Load {
    /// Lets the clients of a round begin.
    pub(crate) fn start(
        plan: &ClusterPlan,
        round: u64,
        client_ports: &[u16],
        recorder: &Recorder,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for number in 1..=WRITERS + READERS {
            let worker = Worker::new(
                number,
                number <= WRITERS,
                plan.prng(&format!("client {number}"), round),
                client_ports.to_vec(),
                recorder.clone(),
            );
            clients.spawn(worker.run(stop.clone()));
        }
        Self { stop, clients }
    }

    /// Lets each client end what it is at.
    pub(crate) async fn finish(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.clients.join_all().await;
    }
}
