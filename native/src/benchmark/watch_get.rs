//! `watch-get`: watches that begin in the past and read what there was.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::{PutRequest, WatchCreateRequest};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::Status;
use tonic::transport::Channel;

use super::load::{Bench, failed, text_of};
use super::report::Tally;
use super::settings::at_least_one;
use super::watch_stream::WatchStream;
use crate::ctl::failure::{Exit, Failure};

/// Benchmark watch get
#[derive(Args, Clone, Debug)]
pub(super) struct WatchGet {
    /// Total number of watchers
    #[arg(long, default_value_t = 10_000)]
    watchers: usize,
    /// Total watcher streams
    #[arg(long, default_value_t = 1)]
    streams: usize,
    /// Number of events per watcher
    #[arg(long, default_value_t = 8)]
    events: u64,
}

impl WatchGet {
    /// Writes, watches what was written, and tells how long each watch took to hear all of it.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        at_least_one("watchers", self.watchers as u64)?;
        at_least_one("streams", self.streams as u64)?;
        at_least_one("events", self.events)?;
        let first_revision = self.write(bench.channel(0)).await.map_err(failed)?;
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for stream in 0..self.streams {
            let more = usize::from(stream < self.watchers % self.streams);
            let count = self.watchers / self.streams + more;
            if count > 0 {
                let tally = Tally::new(bench.settings.sample);
                let reading = read(bench.channel(stream), count, self.events, first_revision);
                tasks.spawn(async move {
                    let mut tally = tally;
                    match reading.await {
                        Ok(times) => times.into_iter().for_each(|time| tally.add_time(time)),
                        Err(status) => tally.add(Duration::ZERO, Err(text_of(status))),
                    }
                    tally
                });
            }
        }
        let mut tally = Tally::new(bench.settings.sample);
        while let Some(ended) = tasks.join_next().await {
            tally.merge(ended.map_err(|error| Failure::new(Exit::Error, error))?);
        }
        bench.print(&[("", &tally.report(start.elapsed()))])
    }

    /// Puts one key so often; the revision of the first.
    async fn write(&self, channel: Channel) -> Result<i64, Status> {
        let mut client = KvClient::new(channel);
        let mut first = None;
        for _ in 0..self.events {
            let put = PutRequest {
                key: Bytes::from_static(KEY),
                value: Bytes::from_static(KEY),
                ..PutRequest::default()
            };
            let header = client.put(put).await?.into_inner().header;
            first = first.or(header.map(|header| header.revision));
        }
        Ok(first.unwrap_or_default())
    }
}

/// Makes so many watches on one stream, all at once; how long each took to hear all.
async fn read(
    channel: Channel,
    watches: usize,
    events: u64,
    first_revision: i64,
) -> Result<Vec<Duration>, Status> {
    let create = WatchCreateRequest {
        key: Bytes::from_static(KEY),
        start_revision: first_revision,
        ..WatchCreateRequest::default()
    };
    let start = Instant::now();
    let mut stream = WatchStream::open(channel, create.clone()).await?;
    for _ in 1..watches {
        stream.add(create.clone())?;
    }
    let mut missing: HashMap<i64, u64> = HashMap::new();
    let mut times = Vec::with_capacity(watches);
    while times.len() < watches {
        let response = timeout(PATIENCE, stream.next()).await;
        let response = response.map_err(|_| {
            let text = format!("no event came for {PATIENCE:?}, and some were still missing");
            Status::deadline_exceeded(text)
        })??;
        let of_watch = missing.entry(response.watch_id).or_insert(events);
        if *of_watch > 0 {
            *of_watch = of_watch.saturating_sub(response.events.len() as u64);
            if *of_watch == 0 {
                times.push(start.elapsed());
            }
        }
    }
    Ok(times)
}

/// What is put and watched.
const KEY: &[u8] = b"quorate-benchmark/watch-get";
/// Events are waited for as long as some come within this time of each other.
const PATIENCE: Duration = Duration::from_secs(10);
