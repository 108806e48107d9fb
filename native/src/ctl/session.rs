//! A lease that is kept alive, and keys that hang on it: what locks and elections stand on
//! (`clientv3/concurrency`).

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use quorate_api::etcdserverpb::compare::{CompareResult, CompareTarget, TargetUnion};
use quorate_api::etcdserverpb::range_request::{SortOrder, SortTarget};
use quorate_api::etcdserverpb::request_op::Request;
use quorate_api::etcdserverpb::{
    Compare, DeleteRangeRequest, LeaseGrantRequest, LeaseKeepAliveResponse, PutRequest,
    RangeRequest, RangeResponse, RequestOp, TxnRequest,
};
use quorate_api::mvccpb::event::EventType;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::client::{CallError, Client, Watch, WatchOptions, deadline_in, keep_alive};
use super::failure::{Exit, Failure};
use super::range::prefix_end;

/// A lease that lives as long as this does, and a little longer.
pub(crate) struct Session {
    client: Client,
    /// The lease.
    pub(crate) lease: i64,
    renewals: mpsc::Receiver<LeaseKeepAliveResponse>,
}

impl Session {
    /// Grants a lease and keeps it alive.
    ///
    /// # Errors
    /// What a call may fail of.
    pub(crate) async fn start(client: &Client, ttl_seconds: i64) -> Result<Self, CallError> {
        let request = LeaseGrantRequest {
            ttl: ttl_seconds,
            id: 0,
        };
        let lease = client.lease_grant(request).await?.id;
        Ok(Self {
            client: client.clone(),
            lease,
            renewals: keep_alive(client, lease),
        })
    }

    /// Returns when the lease is over.
    pub(crate) async fn expired(&mut self) {
        while self.renewals.recv().await.is_some() {}
    }

    /// Puts a key of this session below a prefix, and waits until it is the oldest there.
    ///
    /// # Errors
    /// What a call may fail of.
    pub(crate) async fn queue(&self, prefix: &str, value: &[u8]) -> Result<Place, CallError> {
        let key = Bytes::from(format!("{prefix}{:x}", self.lease));
        let absent = Compare {
            result: CompareResult::Equal.into(),
            target: CompareTarget::Create.into(),
            key: key.clone(),
            range_end: Bytes::new(),
            target_union: Some(TargetUnion::CreateRevision(0)),
        };
        let put = PutRequest {
            key: key.clone(),
            value: Bytes::copy_from_slice(value),
            lease: self.lease,
            ..PutRequest::default()
        };
        // A lease is new, so the key is not there: nobody else could have put it.
        let txn = TxnRequest {
            compare: vec![absent],
            success: vec![RequestOp {
                request: Some(Request::RequestPut(put)),
            }],
            failure: Vec::new(),
        };
        let response = self.client.txn(txn).await?;
        let revision = response.header.map_or(0, |header| header.revision);
        let place = Place { key, revision };
        if let Err(error) = self.wait_for_turn(prefix, revision).await {
            // What is left of it goes with the lease.
            let _ = self.client.delete_range(place.deletion()).await;
            return Err(error);
        }
        Ok(place)
    }

    /// Waits until no older key stands below the prefix: for the youngest of them, then again.
    async fn wait_for_turn(&self, prefix: &str, revision: i64) -> Result<(), CallError> {
        let range = RangeRequest {
            key: Bytes::copy_from_slice(prefix.as_bytes()),
            range_end: prefix_end(prefix.as_bytes()),
            limit: 1,
            sort_order: SortOrder::Descend.into(),
            sort_target: SortTarget::Create.into(),
            max_create_revision: revision - 1,
            ..RangeRequest::default()
        };
        loop {
            let response = self.client.range(range.clone()).await?;
            let Some(before) = response.kvs.into_iter().next() else {
                return Ok(());
            };
            let revision = response.header.map_or(0, |header| header.revision);
            wait_for_deletion(&self.client, before.key, revision).await?;
        }
    }

    /// The key, if it is still there, within some time.
    ///
    /// # Errors
    /// What a call may fail of.
    pub(crate) async fn look(
        &self,
        place: &Place,
        timeout: Duration,
    ) -> Result<RangeResponse, CallError> {
        let request = RangeRequest {
            key: place.key.clone(),
            ..RangeRequest::default()
        };
        let client = self.client.until(deadline_in(timeout));
        client.range(request).await
    }
}

/// A key in a queue.
pub(crate) struct Place {
    /// The key.
    pub(crate) key: Bytes,
    /// When it was put.
    pub(crate) revision: i64,
}

impl Place {
    /// What deletes it.
    pub(crate) fn deletion(&self) -> DeleteRangeRequest {
        DeleteRangeRequest {
            key: self.key.clone(),
            ..DeleteRangeRequest::default()
        }
    }
}

async fn wait_for_deletion(client: &Client, key: Bytes, revision: i64) -> Result<(), CallError> {
    let options = WatchOptions {
        key,
        revision,
        ..WatchOptions::default()
    };
    let mut watch = Watch::start(client, options);
    while let Some(news) = watch.next().await {
        let mut events = news.response.events.iter();
        if events.any(|event| event.r#type() == EventType::Delete) {
            return Ok(());
        }
        if let Some(error) = news.end {
            return Err(error);
        }
    }
    let text = "lost watcher waiting for delete".to_owned();
    Err(CallError::Other(text))
}

/// The oldest key below a prefix, with the state it was read in.
pub(crate) fn oldest(prefix: &str) -> RangeRequest {
    RangeRequest {
        key: Bytes::copy_from_slice(prefix.as_bytes()),
        range_end: prefix_end(prefix.as_bytes()),
        limit: 1,
        sort_order: SortOrder::Ascend.into(),
        sort_target: SortTarget::Create.into(),
        ..RangeRequest::default()
    }
}

/// As etcdctl says it.
pub(crate) fn canceled() -> Failure {
    Failure::new(Exit::Error, "context canceled")
}

/// What ends a command in order: SIGINT or SIGTERM.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// One has come that nobody has heard of yet.
    is_pending: bool,
}

impl Signals {
    /// From now on these signals do not end the process.
    ///
    /// # Errors
    /// The system cannot do that.
    pub(crate) fn catch() -> Result<Self, Failure> {
        let catch = |kind| signal(kind).map_err(|error| Failure::new(Exit::Error, error));
        Ok(Self {
            interrupt: catch(SignalKind::interrupt())?,
            terminate: catch(SignalKind::terminate())?,
            is_pending: false,
        })
    }

    /// Returns when one has come.
    pub(crate) async fn come(&mut self) {
        if !std::mem::take(&mut self.is_pending) {
            self.next().await;
        }
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for something that belongs to what a signal ends in order: the first one is heard of
    /// by the next who asks, and only a second one ends the wait.
    ///
    /// # Errors
    /// A second signal came first.
    pub(crate) async fn unless_two_come<T>(
        &mut self,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                () = self.next() => {
                    if std::mem::replace(&mut self.is_pending, true) {
                        return Err(canceled());
                    }
                }
            }
        }
    }

    /// Waits for something, but not once a signal comes: a server that does not answer must not
    /// make the command one that nobody can stop.
    ///
    /// # Errors
    /// A signal came first.
    pub(crate) async fn unless_one_comes<T>(
        &mut self,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        tokio::select! {
            done = work => Ok(done),
            () = self.come() => Err(canceled()),
        }
    }
}
