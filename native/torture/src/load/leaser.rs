//! One client of leases: makes one, hangs keys on it, keeps it alive for a while, and lets it end
//! or ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use quorate_core::audit::Outcome;
use quorate_core::command::{Command, LeaseGrant, LeaseTimeToLive, Put, Range, Reply};
use quorate_core::id::LeaseId;
use quorate_core::prng::Prng;
use tokio::time::sleep;

use crate::client::Client;
use crate::recorder::Recorder;

/// How long a client waits for an answer.
const ANSWER_LIMIT: Duration = Duration::from_millis(800);
/// The pause after nobody was there.
const PAUSE_ALONE: Duration = Duration::from_millis(20);
/// The pause between two questions, in milliseconds.
const PAUSE_MS: (u64, u64) = (20, 250);
/// A lease's time to live, in seconds: as short as it gets with these election timeouts.
const TTL_SECONDS: (u64, u64) = (1, 2);

/// A client of leases.
pub(super) struct Leaser {
    number: u64,
    prng: Prng,
    client_ports: Vec<u16>,
    recorder: Recorder,
    /// What tells its keys from those of other clients and other rounds: nobody touches them.
    mark: String,
}

impl Leaser {
    pub(super) fn new(number: u64, prng: Prng, client_ports: Vec<u16>, recorder: Recorder) -> Self {
        let begun_at = recorder.look(|history| history.operations.len());
        Self {
            number,
            prng,
            client_ports,
            recorder,
            mark: format!("{number}.{begun_at}"),
        }
    }

    /// Makes lease after lease until it is to stop.
    pub(super) async fn run(mut self, stop: Arc<AtomicBool>) {
        let mut made = 0;
        while !stop.load(Ordering::Relaxed) {
            made += 1;
            self.lease(made, &stop).await;
        }
    }

    /// One lease, from its grant until nobody cares for it any longer.
    async fn lease(&mut self, made: u64, stop: &AtomicBool) {
        let grant = Command::LeaseGrant(LeaseGrant {
            id: LeaseId(0),
            ttl_seconds: self.prng.between(TTL_SECONDS.0, TTL_SECONDS.1) as i64,
        });
        let Some(Outcome::Done {
            reply: Reply::LeaseGrant(granted),
            ..
        }) = self.ask(grant).await
        else {
            return;
        };
        for key in 0..self.prng.between(1, 3) {
            let name = format!("{}.{made}.{key}", self.mark);
            let put = Command::Put(Put {
                key: Bytes::from(format!("{LEASED}{name}")),
                value: Bytes::from(name),
                lease: granted.id,
                ..Put::default()
            });
            self.ask(put).await;
        }
        for _ in 0..self.prng.below(8) {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            self.pause().await;
            let question = if self.prng.chance(700) {
                Command::LeaseKeepAlive(granted.id)
            } else {
                Command::LeaseTimeToLive(LeaseTimeToLive {
                    id: granted.id,
                    keys: true,
                })
            };
            self.ask(question).await;
        }
        if self.prng.chance(300) {
            self.ask(Command::LeaseRevoke(granted.id)).await;
        }
    }

    /// Asks some member; nothing when it is not there.
    async fn ask(&mut self, command: Command) -> Option<Outcome> {
        let node = self.prng.below(self.client_ports.len() as u64) as usize;
        let Some(client) = Client::connect(self.client_ports[node]).await else {
            sleep(PAUSE_ALONE).await;
            return None;
        };
        let asked = self.recorder.ask(self.number, node, command.clone());
        let outcome = client.ask(&command, ANSWER_LIMIT).await;
        self.recorder.answer(asked, outcome.clone());
        Some(outcome)
    }

    async fn pause(&mut self) {
        let pause_ms = self.prng.between(PAUSE_MS.0, PAUSE_MS.1);
        sleep(Duration::from_millis(pause_ms)).await;
    }
}

/// A range of all keys that hang on leases.
pub(crate) fn leased_keys() -> Range {
    Range {
        key: Bytes::from_static(LEASED.as_bytes()),
        range_end: Bytes::from_static(BEHIND_LEASED.as_bytes()),
        ..Range::default()
    }
}

/// What the names of keys that hang on leases begin with.
const LEASED: &str = "leased.";
/// The first name behind all of those.
const BEHIND_LEASED: &str = "leased/";
