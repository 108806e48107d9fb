//! `put`: writes keys, one a request.

use std::time::Duration;

use clap::Args;
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::maintenance_client::MaintenanceClient;
use quorate_api::etcdserverpb::{CompactionRequest, HashKvRequest, PutRequest, RangeRequest};
use tonic::Status;
use tonic::transport::Channel;

use super::connections::open_each;
use super::load::{Bench, failed};
use super::writes::Writes;
use crate::ctl::failure::{Exit, Failure};
use crate::go::parse_flag_duration;

/// Benchmark put
#[derive(Args, Clone, Debug)]
pub(super) struct Put {
    #[command(flatten)]
    writes: Writes,
    /// Use sequential keys
    #[arg(long)]
    sequential_keys: bool,
    /// Interval to compact database (0 is never)
    #[arg(long, default_value = "0s", value_parser = parse_flag_duration)]
    compact_interval: Duration,
    /// Delta between current revision and compact revision
    #[arg(long, default_value_t = 1_000)]
    compact_index_delta: i64,
    /// Check that all endpoints have the same hash afterwards
    #[arg(long)]
    check_hashkv: bool,
}

impl Put {
    /// Writes, and tells how long that took.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        let keys = self.writes.keys(self.sequential_keys)?;
        let value = self.writes.value();
        let compactor = (self.compact_interval > Duration::ZERO).then(|| {
            let (interval, delta) = (self.compact_interval, self.compact_index_delta);
            tokio::spawn(compact_now_and_then(bench.channel(0), interval, delta))
        });
        let report = bench.run(self.writes.amount(), move |caller, number| {
            let put = PutRequest {
                key: keys.key(number),
                value: value.clone(),
                ..PutRequest::default()
            };
            async move { KvClient::new(caller.channel).put(put).await.map(drop) }
        });
        let report = report.await?;
        if let Some(compactor) = compactor {
            compactor.abort();
        }
        bench.print(&[("", &report)])?;
        if self.check_hashkv {
            check_hashes(bench).await?;
        }
        Ok(())
    }
}

/// Forgets history while puts go on. What fails is tried again the next time.
async fn compact_now_and_then(channel: Channel, interval: Duration, delta: i64) {
    let mut client = KvClient::new(channel);
    loop {
        tokio::time::sleep(interval).await;
        if let Err(status) = compact(&mut client, delta).await {
            eprintln!("compaction failed: {}", super::load::text_of(status));
        }
    }
}

async fn compact(client: &mut KvClient<Channel>, delta: i64) -> Result<(), Status> {
    let range = RangeRequest {
        key: bytes::Bytes::from_static(b"\0"),
        count_only: true,
        ..RangeRequest::default()
    };
    let header = client.range(range).await?.into_inner().header;
    let revision = header.map_or(0, |header| header.revision) - delta;
    if revision > 0 {
        let request = CompactionRequest {
            revision,
            physical: false,
        };
        client.compact(request).await?;
    }
    Ok(())
}

/// Whether all endpoints have stored the same.
async fn check_hashes(bench: &Bench) -> Result<(), Failure> {
    let mut revision = 0;
    let mut first: Option<u32> = None;
    bench.say("\nHashKV:")?;
    for (endpoint, channel) in open_each(&bench.settings).await? {
        let mut client = MaintenanceClient::new(channel);
        let asked = client.hash_kv(HashKvRequest { revision });
        let answer = asked.await.map_err(failed)?.into_inner();
        // All others at the revision of the first.
        let at = answer.header.as_ref().map_or(0, |header| header.revision);
        revision = if revision == 0 { at } else { revision };
        bench.say(&format!("  {endpoint}, {}", answer.hash))?;
        if first.is_some_and(|first| first != answer.hash) {
            let text = format!("{endpoint} has stored something else at revision {revision}");
            return Err(Failure::new(Exit::Error, text));
        }
        first = Some(answer.hash);
    }
    Ok(())
}
