//! `watch`: many watches, and writes that they all hear of.

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::WatchCreateRequest;
use quorate_core::prng::Prng;

use super::keys::{KeySpace, SEED, random};
use super::load::{Amount, Bench};
use super::settings::at_least_one;
use super::watch_stream::{Fleet, FleetSize, Sent, put_in_turn};
use crate::ctl::failure::Failure;

/// Benchmark watch
#[derive(Args, Clone, Debug)]
pub(super) struct Watch {
    /// Total watch streams
    #[arg(long, default_value_t = 10)]
    streams: usize,
    /// Total watchers per stream
    #[arg(long, default_value_t = 100)]
    watch_per_stream: usize,
    /// Total number of keys to be watched
    #[arg(long, default_value_t = 1)]
    watched_key_total: u64,
    /// Number of keys to put per second (0 is no limit)
    #[arg(long, default_value_t = 0)]
    put_rate: u64,
    /// Number of put requests
    #[arg(long, default_value_t = 1_000)]
    put_total: u64,
    /// Key size of watch request
    #[arg(long, default_value_t = 32)]
    key_size: usize,
    /// Maximum possible keys
    #[arg(long, default_value_t = 1)]
    key_space_size: u64,
    /// Use sequential keys
    #[arg(long)]
    sequential_keys: bool,
}

impl Watch {
    /// Watches, writes, and tells when the events came.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        at_least_one("streams", self.streams as u64)?;
        at_least_one("watch-per-stream", self.watch_per_stream as u64)?;
        at_least_one("watched-key-total", self.watched_key_total)?;
        // Keys that are watched have to differ, or more events would come than are counted.
        let space = self.key_space_size.max(self.watched_key_total);
        let space = KeySpace::new(space, self.key_size, true)?;
        let keys: Vec<Bytes> = (0..self.watched_key_total)
            .map(|at| space.key(at))
            .collect();

        let size = FleetSize {
            streams: self.streams,
            watches_a_stream: self.watch_per_stream,
        };
        let watched = keys.clone();
        let fleet = Fleet::open(bench, size, move |number| WatchCreateRequest {
            key: watched[number % watched.len()].clone(),
            ..WatchCreateRequest::default()
        });
        let (created, listening) = fleet.await?.listen();

        let sent = Sent::default();
        let value = random(&mut Prng::new(SEED), VALUE_BYTES);
        let amount = Amount {
            total: self.put_total,
            rate: self.put_rate,
        };
        let put = put_in_turn(bench, amount, keys, value, &sent).await?;
        let expected = self.events(put.count() as u64);
        let heard = listening.finish(bench, expected, &sent).await?;
        bench.say(&format!("Total watch events: {}", heard.count()))?;
        bench.print(&[
            ("Watch creation summary:", &created),
            ("Put summary:", &put),
            ("Watch events received summary:", &heard),
        ])
    }

    /// How many events so many puts, made in turn over the keys, are for all watches.
    fn events(&self, puts: u64) -> u64 {
        let watches = (self.streams * self.watch_per_stream) as u64;
        let keys = self.watched_key_total;
        let of_key = |total: u64, key: u64| total / keys + u64::from(key < total % keys);
        (0..keys)
            .map(|key| of_key(puts, key) * of_key(watches, key))
            .sum()
    }
}

/// etcd's tool puts values of as many.
const VALUE_BYTES: usize = 32;
