//! `txn-put`: writes keys, several a transaction.

use clap::Args;
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::request_op::Request;
use quorate_api::etcdserverpb::{PutRequest, RequestOp, TxnRequest};
use quorate_core::prng::Prng;

use super::keys::{KeySpace, SEED, random};
use super::load::{Amount, Bench};
use super::settings::at_least_one;
use crate::ctl::failure::Failure;

/// Benchmark txn-put
#[derive(Args, Clone, Debug)]
pub(super) struct TxnPut {
    /// Key size of txn put
    #[arg(long, default_value_t = 8)]
    key_size: usize,
    /// Value size of txn put
    #[arg(long, default_value_t = 8)]
    val_size: usize,
    /// Number of puts per txn
    #[arg(long, default_value_t = 1)]
    txn_ops: u64,
    /// Maximum txns per second (0 is no limit)
    #[arg(long, default_value_t = 0)]
    rate: u64,
    /// Total number of txn requests
    #[arg(long, default_value_t = 10_000)]
    total: u64,
    /// Maximum possible keys
    #[arg(long, default_value_t = 1)]
    key_space_size: u64,
}

impl TxnPut {
    /// Writes, and tells how long that took.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        at_least_one("txn-ops", self.txn_ops)?;
        if self.txn_ops > self.key_space_size {
            return Err(Failure::arguments(format!(
                "--txn-ops {} has to be at most --key-space-size {}: no transaction may put a key \
                 twice",
                self.txn_ops, self.key_space_size
            )));
        }
        let keys = KeySpace::new(self.key_space_size, self.key_size, true)?;
        let value = random(&mut Prng::new(SEED), self.val_size);
        let amount = Amount {
            total: self.total,
            rate: self.rate,
        };
        let count = self.txn_ops;
        let report = bench.run(amount, move |caller, number| {
            let put = |at: u64| RequestOp {
                request: Some(Request::RequestPut(PutRequest {
                    key: keys.key(number * count + at),
                    value: value.clone(),
                    ..PutRequest::default()
                })),
            };
            let txn = TxnRequest {
                success: (0..count).map(put).collect(),
                ..TxnRequest::default()
            };
            async move { KvClient::new(caller.channel).txn(txn).await.map(drop) }
        });
        bench.print(&[("", &report.await?)])
    }
}
