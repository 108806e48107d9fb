//! How all others speak to the member.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quorate_core::Input;
use quorate_core::command::{Command, Reply, ReplyHeader};
use quorate_core::error::Error;
use quorate_core::id::WatchStreamId;
use quorate_core::member::{Figures, Standing};
use tokio::sync::{mpsc, oneshot, watch};

use super::clock::DueTicks;
use super::inbox::{Event, INPUTS_MAX, MemberInbox, Urgent};
use super::watch_stream::{self, WatchRequests, WatchResponses};

/// What a request is answered with.
pub(crate) type Answer = (ReplyHeader, Result<Reply, Error>);

/// Speaks to the member; clones speak to the same one.
#[derive(Clone)]
pub(crate) struct MemberHandle {
    urgent: mpsc::Sender<Urgent>,
    pub(super) events: mpsc::Sender<Event>,
    standing: watch::Receiver<Standing>,
    next_name: Arc<AtomicU64>,
}

/// A handle, and what it fills.
pub(crate) fn channel() -> (MemberHandle, MemberInbox) {
    let (urgent_sender, urgent) = mpsc::channel(INPUTS_MAX);
    let (events_sender, events) = mpsc::channel(INPUTS_MAX);
    let (told, standing) = watch::channel(Standing::default());
    let handle = MemberHandle {
        urgent: urgent_sender,
        events: events_sender,
        standing,
        next_name: Arc::new(AtomicU64::new(1)),
    };
    let inbox = MemberInbox {
        urgent,
        events,
        standing: told,
    };
    (handle, inbox)
}

/// For the host.
impl MemberHandle {
    /// Hands over an input from a thread that may wait; false when the member is gone.
    pub(crate) fn blocking_send(&self, input: Input) -> bool {
        self.urgent.blocking_send(Urgent::Input(input)).is_ok()
    }

    /// Hands over an input; false when the member is gone.
    pub(crate) async fn send(&self, input: Input) -> bool {
        self.urgent.send(Urgent::Input(input)).await.is_ok()
    }

    /// Whether somebody takes what is sent.
    pub(super) fn is_there(&self) -> bool {
        !self.urgent.is_closed()
    }

    /// Says that ticks are due; false when the member is gone.
    pub(super) fn blocking_tick(&self, due: Arc<DueTicks>) -> bool {
        self.urgent.blocking_send(Urgent::Ticks(due)).is_ok()
    }
}

/// For clients.
impl MemberHandle {
    /// Asks, and waits for the answer. The core bounds how long that takes. To drop the future
    /// is to give the answer up; a write may be carried out all the same.
    pub(crate) async fn ask(&self, command: Command) -> Answer {
        let stopped = || (ReplyHeader::default(), Err(Error::Stopped));
        let (answer, reply) = oneshot::channel();
        let event = Event::Request { command, answer };
        if self.events.send(event).await.is_err() {
            return stopped();
        }
        reply.await.unwrap_or_else(|_| stopped())
    }

    /// Begins a watch stream; nothing when the member is gone.
    pub(crate) async fn watch(&self) -> Option<(WatchRequests, WatchResponses)> {
        let stream = WatchStreamId(self.next_name());
        let (responses, requests, receiver) = watch_stream::open(stream, &self.events);
        let opened = Event::WatchOpened { stream, responses };
        self.events.send(opened).await.ok()?;
        Some((requests, receiver))
    }

    /// A number that this member has not been given as a name before.
    pub(super) fn next_name(&self) -> u64 {
        self.next_name.fetch_add(1, Ordering::Relaxed)
    }

    /// How the member stands in the cluster, as of its last round.
    pub(crate) fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    /// The same, to wait for changes.
    pub(crate) fn standings(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// The member in numbers; nothing when it is gone.
    pub(crate) async fn figures(&self) -> Option<Figures> {
        let (answer, figures) = oneshot::channel();
        self.events.send(Event::Look(answer)).await.ok()?;
        figures.await.ok()
    }
}
