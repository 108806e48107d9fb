//! `txn-mixed`: transactions, some of which read and some of which write.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::request_op::Request;
use quorate_api::etcdserverpb::{PutRequest, RangeRequest, RequestOp, TxnRequest};
use quorate_core::prng::{Prng, draw};

use super::keys::{KeySpace, SEED, random};
use super::load::{Amount, Bench, text_of};
use super::range::is_serializable;
use super::report::Tally;
use crate::ctl::failure::Failure;

/// Benchmark a mixed load of txn-put & txn-range
#[derive(Args, Clone, Debug)]
pub(super) struct TxnMixed {
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
    /// Key size of mixed txn
    #[arg(long, default_value_t = 8)]
    key_size: usize,
    /// Value size of mixed txn
    #[arg(long, default_value_t = 8)]
    val_size: usize,
    /// Maximum txns per second (0 is no limit)
    #[arg(long, default_value_t = 0)]
    rate: u64,
    /// Total number of txn requests
    #[arg(long, default_value_t = 10_000)]
    total: u64,
    /// Maximum possible keys
    #[arg(long, default_value_t = 1)]
    key_space_size: u64,
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
        let keys = KeySpace::new(self.key_space_size, self.key_size, false)?;
        let value = random(&mut Prng::new(SEED), self.val_size);
        let reads_per_mille = (self.rw_ratio / (1.0 + self.rw_ratio) * 1_000.0).round() as u64;
        let amount = Amount {
            total: self.total,
            rate: self.rate,
        };
        let by_second = bench.settings.sample;
        // Reads apart from writes: which is which only the request knows.
        let tallies = [(); 2].map(|()| Arc::new(Mutex::new(Tally::new(by_second))));
        let [reads, writes] = tallies.clone();
        let start = Instant::now();
        let all = bench.run(amount, move |caller, number| {
            let is_read = draw(SEED, 1, number) % 1_000 < reads_per_mille;
            let request = if is_read {
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
            let tally = Arc::clone(if is_read { &reads } else { &writes });
            async move {
                let start = Instant::now();
                let result = KvClient::new(caller.channel).txn(txn).await.map(drop);
                let told = result.clone().map_err(text_of);
                if let Ok(mut tally) = tally.lock() {
                    tally.add(start.elapsed(), told);
                }
                result
            }
        });
        all.await?;
        let total = start.elapsed();
        let [reads, writes] = tallies.map(|tally| {
            let tally = tally.lock().map(|mut tally| std::mem::take(&mut *tally));
            tally.unwrap_or_default().report(total)
        });
        bench.say(&format!("Total Read Ops: {}", reads.count()))?;
        bench.say(&format!("Total Write Ops: {}", writes.count()))?;
        bench.print(&[("Read:", &reads), ("Write:", &writes)])
    }
}
