//! `range`: reads keys.

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::RangeRequest;
use quorate_api::etcdserverpb::kv_client::KvClient;
use tonic::Status;
use tonic::transport::Channel;

use super::load::{Amount, Bench};
use crate::ctl::failure::Failure;
use crate::ctl::range::prefix_end;

/// Benchmark range
#[derive(Args, Clone, Debug)]
pub(super) struct Range {
    /// Maximum range requests per second (0 is no limit)
    #[arg(long, default_value_t = 0)]
    rate: u64,
    /// Total number of range requests
    #[arg(long, default_value_t = 10_000)]
    total: u64,
    /// Linearizable(l) or Serializable(s)
    #[arg(long, default_value = "l")]
    consistency: String,
    /// Maximum number of results to return from range request (0 is no limit)
    #[arg(long, default_value_t = 0)]
    limit: i64,
    /// Only returns the count of keys
    #[arg(long)]
    count_only: bool,
    /// Only returns the keys
    #[arg(long)]
    keys_only: bool,
    /// Get keys with matching prefix
    #[arg(long)]
    prefix: bool,
    /// Read as a stream (RangeStream, etcd 3.7)
    #[arg(long)]
    stream: bool,
    /// Read in pages of --limit keys, all of them one request
    #[arg(long)]
    paginate: bool,
    /// The key, and the end of the range
    #[arg(value_names = ["KEY", "RANGE_END"], allow_hyphen_values = true)]
    keys: Vec<String>,
}

impl Range {
    /// Reads, and tells how long that took.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        let request = self.request()?;
        let kind = if request.serializable {
            "serializable"
        } else {
            "linearizable"
        };
        bench.say(&format!("bench with {kind} range"))?;
        let amount = Amount {
            total: self.total,
            rate: self.rate,
        };
        let (is_stream, is_paged) = (self.stream, self.paginate);
        let report = bench.run(amount, move |caller, _| {
            let request = request.clone();
            let channel = caller.channel;
            async move {
                match (is_stream, is_paged) {
                    (true, _) => read_stream(channel, request).await,
                    (_, true) => read_pages(channel, request).await,
                    _ => client(channel).range(request).await.map(drop),
                }
            }
        });
        bench.print(&[("", &report.await?)])
    }

    fn request(&self) -> Result<RangeRequest, Failure> {
        let (key, end) = match &self.keys[..] {
            [key] => (key, None),
            [key, end] => (key, Some(end)),
            _ => {
                return Err(Failure::arguments(
                    "range takes a key, and the end of a range if it is to be one",
                ));
            }
        };
        if self.prefix && end.is_some() {
            return Err(Failure::arguments(
                "--prefix says where the range ends: it takes one key",
            ));
        }
        if self.paginate && (self.limit <= 0 || self.stream) {
            return Err(Failure::arguments(
                "--paginate needs --limit, the keys of a page, and goes without --stream",
            ));
        }
        let range_end = match end {
            Some(end) => Bytes::from(end.clone()),
            None if self.prefix => prefix_end(key.as_bytes()),
            None => Bytes::new(),
        };
        // All keys: the first that there can be is one zero byte.
        let key = match key.as_str() {
            "" if self.prefix => Bytes::from_static(b"\0"),
            key => Bytes::from(key.to_owned()),
        };
        Ok(RangeRequest {
            key,
            range_end,
            limit: self.limit,
            serializable: is_serializable(&self.consistency)?,
            count_only: self.count_only,
            keys_only: self.keys_only,
            ..RangeRequest::default()
        })
    }
}

/// # Errors
/// It is neither.
pub(super) fn is_serializable(consistency: &str) -> Result<bool, Failure> {
    match consistency {
        "l" => Ok(false),
        "s" => Ok(true),
        other => Err(Failure::arguments(format!(
            "--consistency {other:?}: l (linearizable) or s (serializable)"
        ))),
    }
}

fn client(channel: Channel) -> KvClient<Channel> {
    KvClient::new(channel).max_decoding_message_size(i32::MAX as usize)
}

async fn read_stream(channel: Channel, request: RangeRequest) -> Result<(), Status> {
    let mut parts = client(channel).range_stream(request).await?.into_inner();
    while parts.message().await?.is_some() {}
    Ok(())
}

async fn read_pages(channel: Channel, mut request: RangeRequest) -> Result<(), Status> {
    let mut client = client(channel);
    loop {
        let page = client.range(request.clone()).await?.into_inner();
        let Some(last) = page.kvs.last().filter(|_| page.more) else {
            return Ok(());
        };
        // All pages are of one revision, and each begins behind the one before.
        request.revision = match (request.revision, &page.header) {
            (0, Some(header)) => header.revision,
            (revision, _) => revision,
        };
        request.key = Bytes::from([&last.key[..], &[0]].concat());
    }
}
