//! Reads what a client asks on its watch stream.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use quorate_api::etcdserverpb as pb;
use quorate_core::id::WatchId;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tonic::{Status, Streaming};

use crate::grpc::{convert, status};
use crate::member_thread::WatchRequests;
use pb::watch_request::RequestUnion;

/// The task that reads. It ends when this is dropped.
pub(super) struct Reader {
    task: AbortHandle,
    failed: Option<oneshot::Receiver<Status>>,
    wishes: Arc<Wishes>,
}

/// What clients asked of watches that have not been answered yet: the member answers in order,
/// and knows nothing of messages' sizes.
#[derive(Default)]
struct Wishes {
    fragment: Mutex<std::collections::VecDeque<bool>>,
}

impl Reader {
    /// Begins to read.
    pub(super) fn start(calls: Streaming<pb::WatchRequest>, requests: WatchRequests) -> Self {
        let wishes = Arc::new(Wishes::default());
        let (fail, failed) = oneshot::channel();
        let reading = read(calls, requests, wishes.clone());
        let task = tokio::spawn(async move {
            if let Err(status) = reading.await {
                // A call that has ended needs no reason to.
                let _ = fail.send(status);
            }
        });
        Self {
            task: task.abort_handle(),
            failed: Some(failed),
            wishes,
        }
    }

    /// Why the call cannot go on; pending while it can. A client that has nothing more to ask
    /// still listens.
    pub(super) fn poll_failed(&mut self, context: &mut Context<'_>) -> Poll<Status> {
        let Some(failed) = &mut self.failed else {
            return Poll::Pending;
        };
        match Pin::new(failed).poll(context) {
            Poll::Ready(Ok(status)) => Poll::Ready(status),
            Poll::Ready(Err(_)) => {
                self.failed = None;
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// Whether the watch that was answered now, the oldest that was not, may be cut into
    /// fragments.
    pub(super) fn take_fragment_wish(&self) -> bool {
        self.wishes.take()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Wishes {
    fn add(&self, fragment: bool) {
        self.queue().push_back(fragment);
    }

    fn take(&self) -> bool {
        self.queue().pop_front().unwrap_or(false)
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, std::collections::VecDeque<bool>> {
        self.fragment.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(
    mut calls: Streaming<pb::WatchRequest>,
    requests: WatchRequests,
    wishes: Arc<Wishes>,
) -> Result<(), Status> {
    while let Some(call) = calls.message().await.map_err(status::received)? {
        let is_there = match call.request_union {
            Some(RequestUnion::CreateRequest(create)) => {
                wishes.add(create.fragment);
                requests.create(convert::watch_create(&create)).await
            }
            Some(RequestUnion::CancelRequest(cancel)) => {
                requests.cancel(WatchId(cancel.watch_id)).await
            }
            Some(RequestUnion::ProgressRequest(_)) => requests.progress().await,
            // Nothing is asked: no reason to end the whole stream, says etcd.
            None => true,
        };
        if !is_there {
            break;
        }
    }
    Ok(())
}
