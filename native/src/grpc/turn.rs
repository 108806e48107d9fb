//! Clients that wait for their turn: what locks and elections have in common, as etcd's own
//! clients have it (`client/v3/concurrency`).
//!
//! Each who wants it puts a key under one prefix, bound to a lease. Whose key was created first
//! has the turn; all others wait, each for the deletion of the one before it, so that one deletion
//! wakes one of them. A lease that ends deletes its key, and the turn goes on.

mod key_watch;
mod place;

use bytes::Bytes;
use quorate_core::command::{
    Command, Compare, CompareOutcome, CompareTarget, DeleteRange, KeyValue, LeaseGrant, Put, Range,
    RangeReply, Reply, ReplyHeader, RequestOp, ResponseOp, SortOrder, SortTarget, Txn, TxnReply,
};
use quorate_core::id::{LeaseId, Revision};
use tonic::Status;

use super::{Api, wrong_reply};
pub(super) use key_watch::KeyWatch;
pub(super) use place::Place;

/// The life of a lease that a client lets the server make, as of a session of etcd's clients.
const LEASE_TTL_SECONDS: i64 = 60;

/// All who wait for one thing.
#[derive(Clone)]
pub(super) struct Queue {
    api: Api,
    prefix: Bytes,
}

/// The answer to a transaction.
pub(super) struct Done {
    pub(super) header: ReplyHeader,
    pub(super) reply: TxnReply,
}

impl Queue {
    /// Those who wait for what is called so.
    pub(super) fn new(api: &Api, name: &[u8]) -> Self {
        Self {
            api: api.clone(),
            prefix: Bytes::from([name, b"/"].concat()),
        }
    }

    /// The key of who waits with a lease.
    pub(super) fn key(&self, lease: LeaseId) -> Bytes {
        let sign = if lease.0 < 0 { "-" } else { "" };
        let name = format!("{sign}{:x}", lease.0.unsigned_abs());
        Bytes::from([&self.prefix, name.as_bytes()].concat())
    }

    /// Who has the turn.
    pub(super) fn first(&self) -> Range {
        self.by_creation(SortOrder::Ascend)
    }

    /// Waits until nobody is left who came before a revision.
    pub(super) async fn wait_for_turn(&self, created: Revision) -> Result<(), Status> {
        let before = Range {
            max_create_revision: Revision(created.0 - 1),
            ..self.by_creation(SortOrder::Descend)
        };
        loop {
            let (header, found) = self.api.range(before.clone()).await?;
            let Some(last) = found.key_values.into_iter().next() else {
                return Ok(());
            };
            let mut watch = KeyWatch::one(&self.api, last.key, header.revision).await?;
            watch.wait_for_deletion().await?;
        }
    }

    /// Everything that changes among those who wait, from a revision on.
    pub(super) async fn watch(&self, from: Revision) -> Result<KeyWatch, Status> {
        KeyWatch::range(&self.api, self.prefix.clone(), self.range_end(), from).await
    }

    fn by_creation(&self, sort_order: SortOrder) -> Range {
        Range {
            key: self.prefix.clone(),
            range_end: self.range_end(),
            limit: 1,
            sort_order,
            sort_target: SortTarget::Create,
            ..Range::default()
        }
    }

    /// The first key that does not begin with the prefix, which ends in a slash.
    fn range_end(&self) -> Bytes {
        let mut end = self.prefix.to_vec();
        if let Some(last) = end.last_mut() {
            *last += 1;
        }
        end.into()
    }
}

impl Api {
    /// The lease of a call: the client's, or one that is made for it.
    pub(super) async fn session(&self, lease: i64) -> Result<LeaseId, Status> {
        if lease != 0 {
            return Ok(LeaseId(lease));
        }
        let grant = Command::LeaseGrant(LeaseGrant {
            id: LeaseId(0),
            ttl_seconds: LEASE_TTL_SECONDS,
        });
        match self.ask(grant).await? {
            (_, Reply::LeaseGrant(reply)) => Ok(reply.id),
            _ => Err(wrong_reply()),
        }
    }

    /// Reads keys.
    pub(super) async fn range(&self, range: Range) -> Result<(ReplyHeader, RangeReply), Status> {
        match self.ask(Command::Range(range)).await? {
            (header, Reply::Range(reply)) => Ok((header, reply)),
            _ => Err(wrong_reply()),
        }
    }

    /// Carries a transaction out.
    pub(super) async fn txn(&self, txn: Txn) -> Result<Done, Status> {
        match self.ask(Command::Txn(txn)).await? {
            (header, Reply::Txn(reply)) => Ok(Done { header, reply }),
            _ => Err(wrong_reply()),
        }
    }

    /// Deletes one key.
    pub(super) async fn delete(&self, key: Bytes) -> Result<ReplyHeader, Status> {
        let deletion = Command::DeleteRange(DeleteRange {
            key,
            ..DeleteRange::default()
        });
        match self.ask(deletion).await? {
            (header, Reply::DeleteRange(_)) => Ok(header),
            _ => Err(wrong_reply()),
        }
    }
}

impl Done {
    /// What one range of the transaction found first.
    pub(super) fn found(&self, position: usize) -> Option<&KeyValue> {
        match self.reply.responses.get(position)? {
            ResponseOp::Range(reply) => reply.key_values.first(),
            _ => None,
        }
    }
}

/// True when a key was created at a revision; at 0 when it is not there.
pub(super) fn created_at(key: &Bytes, revision: Revision) -> Compare {
    Compare {
        outcome: CompareOutcome::Equal,
        target: CompareTarget::Create(revision),
        key: key.clone(),
        range_end: Bytes::new(),
    }
}

/// Puts a key that lives no longer than a lease.
pub(super) fn put(key: &Bytes, value: &Bytes, lease: LeaseId) -> RequestOp {
    RequestOp::Put(Put {
        key: key.clone(),
        value: value.clone(),
        lease,
        ..Put::default()
    })
}

/// Reads one key.
pub(super) fn get(key: &Bytes) -> Range {
    Range {
        key: key.clone(),
        ..Range::default()
    }
}
