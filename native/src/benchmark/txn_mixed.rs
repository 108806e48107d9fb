//! `txn-mixed`: transactions, some of which read and some of which write.

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::request_op::Request;
use quorate_api::etcdserverpb::{PutRequest, RangeRequest, RequestOp, TxnRequest};
use quorate_core::prng::draw;

use super::keys::SEED;
use super::load::Bench;
use super::range::is_serializable;
use super::writes::Writes;
use crate::ctl::failure::Failure;

/// Benchmark a mixed load of txn-put & txn-range
#[derive(Args, Clone, Debug)]
pub(super) struct TxnMixed {
    #[command(flatten)]
    writes: Writes,
    /// Read/write ops ratio
    #[arg(long, default_value_t = 1.0)]
    rw_ratio: f64,
    /// Read operation range end key
    #[arg(long, default_value = "")]
    end_key: String,
    /// Read operation range result limit
    #[arg(long, default_value_t = 1_000)]
    limit: i64,
    /// Linearizable(l) or Serializable(s)
    #[arg(long, default_value = "l")]
    consistency: String,
    /// The key that is read
    #[arg(value_name = "KEY", allow_hyphen_values = true)]
    keys: Vec<String>,
}

impl TxnMixed {
    /// Reads and writes, and tells how long each took.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        let [key] = &self.keys[..] else {
            return Err(Failure::arguments("txn-mixed takes one key to read"));
        };
        if !self.rw_ratio.is_finite() || self.rw_ratio < 0.0 {
            return Err(Failure::arguments(format!(
                "--rw-ratio {}: reads for each write, 0 or more",
                self.rw_ratio
            )));
        }
        let range = RangeRequest {
            key: Bytes::from(key.clone()),
            range_end: Bytes::from(self.end_key.clone()),
            limit: self.limit,
            serializable: is_serializable(&self.consistency)?,
            ..RangeRequest::default()
        };
        let keys = self.writes.keys(false)?;
        let value = self.writes.value();
        let reads_per_mille = (self.rw_ratio / (1.0 + self.rw_ratio) * 1_000.0).round() as u64;
        let is_read = move |number| draw(SEED, 1, number) % 1_000 < reads_per_mille;
        let kind = move |number| usize::from(!is_read(number));
        let all = bench.run_apart(self.writes.amount(), kind, move |caller, number| {
            let request = if is_read(number) {
                Request::RequestRange(range.clone())
            } else {
                Request::RequestPut(PutRequest {
                    key: keys.key(number),
                    value: value.clone(),
                    ..PutRequest::default()
                })
            };
            let txn = TxnRequest {
                success: vec![RequestOp {
                    request: Some(request),
                }],
                ..TxnRequest::default()
            };
            async move { KvClient::new(caller.channel).txn(txn).await.map(drop) }
        });
        let [reads, writes] = all.await?;
        bench.say(&format!("Total Read Ops: {}", reads.count()))?;
        bench.say(&format!("Total Write Ops: {}", writes.count()))?;
        bench.print(&[("Read:", &reads), ("Write:", &writes)])
    }
}
