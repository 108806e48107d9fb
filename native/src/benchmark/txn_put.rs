//! `txn-put`: writes keys, several a transaction.

use clap::Args;
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::request_op::Request;
use quorate_api::etcdserverpb::{PutRequest, RequestOp, TxnRequest};

use super::load::Bench;
use super::settings::at_least_one;
use super::writes::Writes;
use crate::ctl::failure::Failure;

/// Benchmark txn-put
#[derive(Args, Clone, Debug)]
pub(super) struct TxnPut {
    #[command(flatten)]
    writes: Writes,
    /// Number of puts per txn
    #[arg(long, default_value_t = 1)]
    txn_ops: u64,
}

impl TxnPut {
    /// Writes, and tells how long that took.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        at_least_one("txn-ops", self.txn_ops)?;
        if self.txn_ops > self.writes.key_space_size {
            return Err(Failure::arguments(format!(
                "--txn-ops {} has to be at most --key-space-size {}: no transaction may put a key \
                 twice",
                self.txn_ops, self.writes.key_space_size
            )));
        }
        let keys = self.writes.keys(true)?;
        let value = self.writes.value();
        let count = self.txn_ops;
        let report = bench.run(self.writes.amount(), move |caller, number| {
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
