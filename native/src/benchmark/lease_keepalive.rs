//! `lease-keepalive`: renews a lease, each time over a stream of its own.

use clap::Args;
use quorate_api::etcdserverpb::lease_client::LeaseClient;
use quorate_api::etcdserverpb::{LeaseGrantRequest, LeaseKeepAliveRequest};
use tonic::Status;

use super::load::{Amount, Bench, failed};
use crate::ctl::failure::Failure;

/// Benchmark lease keepalive
#[derive(Args, Clone, Debug)]
pub(super) struct LeaseKeepalive {
    /// Total number of lease keepalive requests
    #[arg(long, default_value_t = 10_000)]
    total: u64,
}

impl LeaseKeepalive {
    /// Renews, and tells how long that took.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        let grant = LeaseGrantRequest {
            ttl: TTL_SECONDS,
            id: 0,
        };
        let granted = LeaseClient::new(bench.channel(0)).lease_grant(grant).await;
        let lease = granted.map_err(failed)?.into_inner().id;
        let amount = Amount {
            total: self.total,
            rate: 0,
        };
        let report = bench.run(amount, move |caller, _| async move {
            let request = LeaseKeepAliveRequest { id: lease };
            let requests = tokio_stream::iter([request]);
            let mut answers = LeaseClient::new(caller.channel)
                .lease_keep_alive(requests)
                .await?
                .into_inner();
            match answers.message().await? {
                Some(answer) if answer.ttl > 0 => Ok(()),
                _ => Err(Status::not_found("etcdserver: requested lease not found")),
            }
        });
        bench.print(&[("", &report.await?)])
    }
}

/// etcd's tool grants it for as long.
const TTL_SECONDS: i64 = 100;
