//! One client: turns to a member, asks a while, and turns to another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use quorate_core::audit::Outcome;
use quorate_core::prng::Prng;
use tokio::time::sleep;

use super::draw::Draw;
use crate::client::Client;
use crate::recorder::Recorder;

/// How long a client waits for an answer: longer than an election, not much longer.
const ANSWER_LIMIT: Duration = Duration::from_millis(800);
/// The pause after nobody was there.
const PAUSE_ALONE: Duration = Duration::from_millis(20);
/// Questions to one member before the next one is turned to.
const QUESTIONS: (u64, u64) = (3, 40);
/// The pause between two questions, in milliseconds.
const PAUSE_MS: (u64, u64) = (1, 14);

/// A client.
pub(super) struct Worker {
    number: u64,
    prng: Prng,
    client_ports: Vec<u16>,
    recorder: Recorder,
    draw: Draw,
}

impl Worker {
    pub(super) fn new(
        number: u64,
        writes: bool,
        prng: Prng,
        client_ports: Vec<u16>,
        recorder: Recorder,
    ) -> Self {
        // What other rounds wrote under this client's number, it must not write again.
        let begun_at = recorder.look(|history| history.operations.len());
        Self {
            number,
            draw: Draw::new(
                prng.fork("questions"),
                format!("{number}.{begun_at}"),
                writes,
            ),
            prng,
            client_ports,
            recorder,
        }
    }

    /// Asks until it is to stop.
    pub(super) async fn run(mut self, stop: Arc<AtomicBool>) {
        while !stop.load(Ordering::Relaxed) {
            let node = self.prng.below(self.client_ports.len() as u64) as usize;
            match Client::connect(self.client_ports[node]).await {
                Some(client) => self.ask_one(&client, node, &stop).await,
                None => sleep(PAUSE_ALONE).await,
            }
        }
    }

    /// Asks one member, until an answer is missing.
    async fn ask_one(&mut self, client: &Client, node: usize, stop: &AtomicBool) {
        let questions = self.prng.between(QUESTIONS.0, QUESTIONS.1);
        for _ in 0..questions {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let command = self.draw.next();
            let asked = self.recorder.ask(self.number, node, command.clone());
            let outcome = client.ask(&command, ANSWER_LIMIT).await;
            let is_lost = matches!(outcome, Outcome::Unknown(_));
            if let Outcome::Done { header, reply } = &outcome {
                self.draw.learn(header, reply);
            }
            self.recorder.answer(asked, outcome);
            if is_lost {
                return;
            }
            let pause_ms = self.prng.between(PAUSE_MS.0, PAUSE_MS.1);
            sleep(Duration::from_millis(pause_ms)).await;
        }
    }
}
