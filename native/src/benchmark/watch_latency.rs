//! `watch-latency`: how long after a write its watchers hear of it.

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::WatchCreateRequest;
use quorate_core::prng::Prng;

use super::keys::{SEED, random};
use super::load::{Amount, Bench};
use super::settings::at_least_one;
use super::watch_stream::{Fleet, FleetSize, Sent, put_in_turn};
use crate::ctl::failure::Failure;

/// Benchmark watch latency
#[derive(Args, Clone, Debug)]
pub(super) struct WatchLatency {
    /// Total watch streams
    #[arg(long, default_value_t = 10)]
    streams: usize,
    /// Total watchers per stream
    #[arg(long, default_value_t = 10)]
    watchers_per_stream: usize,
    /// PrevKV enabled on watch requests
    #[arg(long)]
    prevkv: bool,
    /// Total number of put requests
    #[arg(long, default_value_t = 1_000)]
    put_total: u64,
    /// Number of keys to put per second (0 is no limit)
    #[arg(long, default_value_t = 100)]
    put_rate: u64,
    /// Key size of watch response
    #[arg(long, default_value_t = 32)]
    key_size: usize,
    /// Value size of watch response
    #[arg(long, default_value_t = 32)]
    val_size: usize,
}

impl WatchLatency {
    /// Watches, writes, and tells how late the events came.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        at_least_one("streams", self.streams as u64)?;
        at_least_one("watchers-per-stream", self.watchers_per_stream as u64)?;
        at_least_one("key-size", self.key_size as u64)?;
        let mut prng = Prng::new(SEED);
        let key: Bytes = random(&mut prng, self.key_size);
        let value = random(&mut prng, self.val_size);
        let size = FleetSize {
            streams: self.streams,
            watches_a_stream: self.watchers_per_stream,
        };
        let (watched, prev_kv) = (key.clone(), self.prevkv);
        let fleet = Fleet::open(bench, size, move |_| WatchCreateRequest {
            key: watched.clone(),
            prev_kv,
            ..WatchCreateRequest::default()
        });
        let (_, listening) = fleet.await?.listen();
        let sent = Sent::default();
        let amount = Amount {
            total: self.put_total,
            rate: self.put_rate,
        };
        let put = put_in_turn(bench, amount, vec![key], value, &sent).await?;
        let watches = (self.streams * self.watchers_per_stream) as u64;
        let expected = put.count() as u64 * watches;
        let heard = listening.finish(bench, expected, &sent).await?;
        bench.print(&[("Put summary:", &put), ("Watch latency summary:", &heard)])
    }
}
