//! `stm`: software transactional memory. A transaction reads and writes keys one by one, commits
//! only if nothing of it has changed meanwhile, and else begins again.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::compare::{CompareResult, CompareTarget, TargetUnion};
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::lease_client::LeaseClient;
use quorate_api::etcdserverpb::request_op::Request;
use quorate_api::etcdserverpb::{
    Compare, LeaseGrantRequest, LeaseRevokeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest,
};
use quorate_api::v3lockpb::lock_client::LockClient;
use quorate_api::v3lockpb::{LockRequest, UnlockRequest};
use quorate_core::prng::{Prng, draw};
use tonic::Status;
use tonic::transport::Channel;

use super::keys::{SEED, numbered, random};
use super::load::{Amount, Bench, Caller, failed};
use super::settings::at_least_one;
use crate::ctl::failure::Failure;

/// Benchmark STM
#[derive(Args, Clone, Debug)]
pub(super) struct Stm {
    /// Read Committed (c), Repeatable Reads (r), Serializable (s), or Snapshot (ss)
    #[arg(long, default_value = "r")]
    isolation: Isolation,
    /// Total unique keys accessible by the benchmark
    #[arg(long, default_value_t = 1)]
    keys: u64,
    /// Total number of completed STM transactions
    #[arg(long, default_value_t = 10_000)]
    total: u64,
    /// Number of keys to access per transaction
    #[arg(long, default_value_t = 1)]
    keys_per_txn: u64,
    /// Percentage of keys to overwrite per transaction
    #[arg(long, default_value_t = 50)]
    txn_wr_percent: u64,
    /// Wrap STM transaction with custom locking mechanism (stm, lock-rpc)
    #[arg(long, default_value = "stm")]
    stm_locker: Locker,
    /// Value size of txn put
    #[arg(long, default_value_t = 8)]
    val_size: usize,
    /// Maximum STM transactions per second (0 is no limit)
    #[arg(long, default_value_t = 0)]
    rate: u64,
}

/// What must not have changed for a transaction to be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Isolation {
    /// Nothing.
    ReadCommitted,
    /// What it has read.
    RepeatableReads,
    /// What it has read, all at one revision.
    Serializable,
    /// That, and what it writes.
    Snapshot,
}

impl FromStr for Isolation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "c" => Ok(Self::ReadCommitted),
            "r" => Ok(Self::RepeatableReads),
            "s" => Ok(Self::Serializable),
            "ss" => Ok(Self::Snapshot),
            _ => Err("c, r, s or ss".to_owned()),
        }
    }
}

/// Who keeps transactions apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Locker {
    /// They notice themselves.
    Stm,
    /// Each locks its keys first, by the server's lock service.
    LockRpc,
}

impl FromStr for Locker {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "stm" => Ok(Self::Stm),
            "lock-rpc" => Ok(Self::LockRpc),
            "lock-client" => Err(
                "lock-client is not supported yet by quorate-benchmark: lock-rpc takes the same \
                 lock, by the server"
                    .to_owned(),
            ),
            _ => Err("stm or lock-rpc".to_owned()),
        }
    }
}

impl Stm {
    /// Makes transactions, and tells how long each took until it was committed.
    pub(super) async fn run(self, bench: &Bench) -> Result<(), Failure> {
        at_least_one("keys", self.keys)?;
        at_least_one("keys-per-txn", self.keys_per_txn)?;
        if self.txn_wr_percent > 100 {
            let text = format!("--txn-wr-percent {}: 0 to 100", self.txn_wr_percent);
            return Err(Failure::arguments(text));
        }
        if self.keys_per_txn > self.keys {
            return Err(Failure::arguments(format!(
                "--keys-per-txn {} is more than there are: --keys {}",
                self.keys_per_txn, self.keys
            )));
        }
        let leases = Arc::new(self.leases(bench).await?);
        let again = Arc::new(AtomicU64::new(0));
        let amount = Amount {
            total: self.total,
            rate: self.rate,
        };
        let value = random(&mut Prng::new(SEED), self.val_size);
        let (counted, granted) = (Arc::clone(&again), Arc::clone(&leases));
        let report = bench.run(amount, move |caller, number| {
            let work = Work::of(&self, number, value.clone());
            let (again, leases) = (Arc::clone(&counted), Arc::clone(&granted));
            async move {
                let tries = match leases.get(caller.client) {
                    Some(lease) => work.locked(caller, *lease).await?,
                    None => work.commit(&mut KvClient::new(caller.channel)).await?,
                };
                again.fetch_add(tries - 1, Ordering::Relaxed);
                Ok(())
            }
        });
        let report = report.await?;
        let mut client = LeaseClient::new(bench.channel(0));
        for id in leases.iter() {
            let request = LeaseRevokeRequest { id: *id };
            client.lease_revoke(request).await.map_err(failed)?;
        }
        let retries = again.load(Ordering::Relaxed);
        bench.say(&format!("Transactions begun again: {retries}"))?;
        bench.print(&[("", &report)])
    }

    /// A lease for each client's locks, if there are any.
    async fn leases(&self, bench: &Bench) -> Result<Vec<i64>, Failure> {
        let mut leases = Vec::new();
        if self.stm_locker == Locker::LockRpc {
            let mut client = LeaseClient::new(bench.channel(0));
            for _ in 0..bench.settings.clients {
                let grant = LeaseGrantRequest {
                    ttl: LOCK_TTL_SECONDS,
                    id: 0,
                };
                let granted = client.lease_grant(grant).await.map_err(failed)?;
                leases.push(granted.into_inner().id);
            }
        }
        Ok(leases)
    }
}

/// One transaction.
#[derive(Debug)]
struct Work {
    isolation: Isolation,
    /// The keys it touches, each once, and whether it writes it.
    keys: BTreeMap<Bytes, bool>,
    value: Bytes,
}

impl Work {
    fn of(stm: &Stm, number: u64, value: Bytes) -> Self {
        let mut keys = BTreeMap::new();
        let mut count = 0;
        while (keys.len() as u64) < stm.keys_per_txn {
            let key = draw(SEED, number, count) % stm.keys;
            let is_written = draw(SEED ^ 1, number, count) % 100 < stm.txn_wr_percent;
            keys.insert(numbered(key, KEY_BYTES), is_written);
            count += 1;
        }
        Self {
            isolation: stm.isolation,
            keys,
            value,
        }
    }

    /// Takes a lock for each key first: in ascending order, or two could wait for each other.
    async fn locked(&self, caller: Caller, lease: i64) -> Result<u64, Status> {
        let mut locks = LockClient::new(caller.channel.clone());
        let mut held = Vec::new();
        for key in self.keys.keys() {
            let name = Bytes::from([LOCK_PREFIX, &key[..]].concat());
            let answer = locks.lock(LockRequest { name, lease }).await?;
            held.push(answer.into_inner().key);
        }
        let tries = self.commit(&mut KvClient::new(caller.channel)).await?;
        for key in held {
            locks.unlock(UnlockRequest { key }).await?;
        }
        Ok(tries)
    }

    /// Tries until it is committed; how often that was.
    async fn commit(&self, client: &mut KvClient<Channel>) -> Result<u64, Status> {
        let mut tries = 1;
        while !self.try_once(client).await? {
            tries += 1;
        }
        Ok(tries)
    }

    async fn try_once(&self, client: &mut KvClient<Channel>) -> Result<bool, Status> {
        let is_of_one_revision = matches!(
            self.isolation,
            Isolation::Serializable | Isolation::Snapshot
        );
        let mut first_revision = 0;
        let mut txn = TxnRequest::default();
        for (key, is_written) in &self.keys {
            let range = RangeRequest {
                key: key.clone(),
                revision: if is_of_one_revision {
                    first_revision
                } else {
                    0
                },
                ..RangeRequest::default()
            };
            let answer = client.range(range).await?.into_inner();
            if first_revision == 0 {
                first_revision = answer.header.map_or(0, |header| header.revision);
            }
            let seen = answer.kvs.first().map_or(0, |kv| kv.mod_revision);
            if self.isolation != Isolation::ReadCommitted {
                txn.compare
                    .push(is_unchanged(key, CompareResult::Equal, seen));
            }
            if *is_written {
                txn.success.push(RequestOp {
                    request: Some(Request::RequestPut(PutRequest {
                        key: key.clone(),
                        value: self.value.clone(),
                        ..PutRequest::default()
                    })),
                });
                if self.isolation == Isolation::Snapshot {
                    let until = first_revision + 1;
                    txn.compare
                        .push(is_unchanged(key, CompareResult::Less, until));
                }
            }
        }
        Ok(client.txn(txn).await?.into_inner().succeeded)
    }
}

fn is_unchanged(key: &Bytes, result: CompareResult, revision: i64) -> Compare {
    Compare {
        result: result.into(),
        target: CompareTarget::Mod.into(),
        key: key.clone(),
        target_union: Some(TargetUnion::ModRevision(revision)),
        ..Compare::default()
    }
}

/// Long enough to tell any number of keys apart.
const KEY_BYTES: usize = 10;
/// In front of a key stands the name of its lock.
const LOCK_PREFIX: &[u8] = b"quorate-benchmark/stm/";
/// Longer than any run: a lock is given up by its holder, and at the end with its lease.
const LOCK_TTL_SECONDS: i64 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_touches_as_many_keys_as_asked_for() {
        let stm = Stm {
            isolation: Isolation::Serializable,
            keys: 4,
            total: 1,
            keys_per_txn: 4,
            txn_wr_percent: 50,
            stm_locker: Locker::Stm,
            val_size: 8,
            rate: 0,
        };
        let work = Work::of(&stm, 7, Bytes::new());
        assert_eq!(work.keys.len(), 4);
        let all = Work::of(
            &Stm {
                txn_wr_percent: 100,
                ..stm.clone()
            },
            7,
            Bytes::new(),
        );
        assert!(all.keys.values().all(|is_written| *is_written));
        let none = Work::of(
            &Stm {
                txn_wr_percent: 0,
                ..stm
            },
            7,
            Bytes::new(),
        );
        assert!(none.keys.values().all(|is_written| !*is_written));
    }

    #[test]
    fn what_is_no_isolation_or_locker_is_told_what_is() {
        assert_eq!("x".parse::<Isolation>(), Err("c, r, s or ss".to_owned()));
        let error = "lock-client".parse::<Locker>().expect_err("not there");
        assert!(error.contains("lock-rpc"), "{error}");
    }
}
