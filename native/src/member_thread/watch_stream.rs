//! A client's watch stream at the member: what it asks goes in, what it hears comes out.
//!
//! Neither side waits for the other. The member never waits for a client: it stops making
//! responses for one that has not taken those it has, which is why what is taken is reported. A
//! client that asks and does not listen is not asked what it wants any more ([`Backlog`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::vec;

use quorate_core::command::{WatchCreate, WatchRequest, WatchResponse};
use quorate_core::id::{WatchId, WatchStreamId};
use quorate_core::limits;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};

use super::inbox::Event;

/// Answers that may wait for a client that goes on asking.
const ANSWERS_WAITING_MAX: usize = 1_024;

/// What a client asks on its stream.
pub(crate) struct WatchRequests {
    stream: WatchStreamId,
    events: mpsc::Sender<Event>,
    backlog: Arc<Backlog>,
}

/// What a client hears on its stream. The stream ends when this is dropped.
pub(crate) struct WatchResponses {
    stream: WatchStreamId,
    events: mpsc::Sender<Event>,
    batches: mpsc::UnboundedReceiver<Vec<WatchResponse>>,
    batch: vec::IntoIter<WatchResponse>,
    /// What has been taken since the last report.
    taken: u32,
    taken_size_bytes: usize,
    backlog: Arc<Backlog>,
}

/// The member's end of a stream.
pub(super) struct WatchSender {
    batches: mpsc::UnboundedSender<Vec<WatchResponse>>,
    backlog: Arc<Backlog>,
}

/// The three ends of a new stream.
pub(super) fn open(
    stream: WatchStreamId,
    events: &mpsc::Sender<Event>,
) -> (WatchSender, WatchRequests, WatchResponses) {
    let backlog = Arc::new(Backlog::default());
    // The core bounds how many responses there are of events, the backlog how many of the rest.
    let (sender, receiver) = mpsc::unbounded_channel();
    let responses = WatchSender {
        batches: sender,
        backlog: backlog.clone(),
    };
    let requests = WatchRequests {
        stream,
        events: events.clone(),
        backlog: backlog.clone(),
    };
    let receiver = WatchResponses {
        stream,
        events: events.clone(),
        batches: receiver,
        batch: Vec::new().into_iter(),
        taken: 0,
        taken_size_bytes: 0,
        backlog,
    };
    (responses, requests, receiver)
}

impl WatchRequests {
    /// Begins a watch; false when the member is gone.
    pub(crate) async fn create(&self, create: WatchCreate) -> bool {
        let stream = self.stream;
        self.ask(WatchRequest::Create(WatchCreate { stream, ..create }))
            .await
    }

    /// Ends a watch; false when the member is gone.
    pub(crate) async fn cancel(&self, watch: WatchId) -> bool {
        let stream = self.stream;
        self.ask(WatchRequest::Cancel { stream, watch }).await
    }

    /// Asks how far all watches are; false when the member is gone.
    pub(crate) async fn progress(&self) -> bool {
        let stream = self.stream;
        self.ask(WatchRequest::Progress { stream }).await
    }

    async fn ask(&self, request: WatchRequest) -> bool {
        self.backlog.has_room().await;
        let event = Event::Watch(request);
        self.events.send(event).await.is_ok()
    }
}

impl WatchResponses {
    /// The next response; nothing when the member is gone.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<WatchResponse>> {
        loop {
            if let Some(response) = self.batch.next() {
                self.take(&response);
                return Poll::Ready(Some(response));
            }
            match ready!(self.batches.poll_recv(context)) {
                Some(batch) => self.batch = batch.into_iter(),
                None => return Poll::Ready(None),
            }
        }
    }

    /// Waits for the next response; nothing when the member is gone.
    pub(crate) async fn next(&mut self) -> Option<WatchResponse> {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }

    /// Reports what is taken now and then, so that a report costs next to nothing.
    fn take(&mut self, response: &WatchResponse) {
        self.backlog.taken();
        self.taken += 1;
        self.taken_size_bytes += response.size_bytes();
        let is_due = self.taken >= limits::WATCH_TAKEN_UNREPORTED_MAX
            || self.taken_size_bytes >= limits::WATCH_TAKEN_UNREPORTED_SIZE_BYTES_MAX;
        if is_due {
            self.taken_size_bytes = 0;
            let taken = WatchRequest::Taken {
                stream: self.stream,
                responses: std::mem::take(&mut self.taken),
            };
            send_soon(&self.events, Event::Watch(taken));
        }
    }
}

impl Drop for WatchResponses {
    fn drop(&mut self) {
        let stream = self.stream;
        send_soon(&self.events, Event::WatchClosed { stream });
    }
}

impl WatchSender {
    /// Hands over what a stream hears; false when nobody listens any more.
    pub(super) fn send(&self, responses: Vec<WatchResponse>) -> bool {
        self.backlog
            .waiting
            .fetch_add(responses.len(), Ordering::Relaxed);
        self.batches.send(responses).is_ok()
    }
}

/// How many responses wait for the client.
#[derive(Default)]
struct Backlog {
    waiting: AtomicUsize,
    room: Notify,
}

impl Backlog {
    async fn has_room(&self) {
        while self.waiting.load(Ordering::Relaxed) >= ANSWERS_WAITING_MAX {
            self.room.notified().await;
        }
    }

    fn taken(&self) {
        if self.waiting.fetch_sub(1, Ordering::Relaxed) == ANSWERS_WAITING_MAX {
            self.room.notify_one();
        }
    }
}

/// Hands over what must arrive, from where nobody can wait.
pub(super) fn send_soon(events: &mpsc::Sender<Event>, event: Event) {
    // A member that is gone needs to hear nothing.
    if let Err(mpsc::error::TrySendError::Full(event)) = events.try_send(event)
        && let Ok(runtime) = Handle::try_current()
    {
        let events = events.clone();
        runtime.spawn(async move { events.send(event).await });
    }
}
