//! What waits for the member, in two queues.
//!
//! What the host says (ticks, frames of other members, a disk that is done) goes before what
//! clients ask, however much that is: a member whose heartbeats waited behind requests would be
//! taken for dead when it is busy.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use quorate_core::Input;
use quorate_core::command::{Command, SaveAnswer, SaveRequest, WatchRequest};
use quorate_core::id::{SaveId, WatchStreamId};
use quorate_core::member::{Figures, Standing};
use tokio::sync::{mpsc, oneshot, watch};

use super::Answer;
use super::clock::DueTicks;
use super::watch_stream::WatchSender;

/// Inputs that may wait in each queue; whoever has one more waits with it.
pub(super) const INPUTS_MAX: usize = 16_384;
/// Inputs of each queue handed to the member before its outputs are taken.
pub(super) const INPUTS_IN_BATCH_MAX: usize = 4_096;

/// What the host says.
pub(super) enum Urgent {
    Input(Input),
    /// Ticks are due: how many stands elsewhere.
    Ticks(Arc<DueTicks>),
}

/// What clients ask, and those who look at the member.
pub(super) enum Event {
    Request {
        command: Command,
        answer: oneshot::Sender<Answer>,
    },
    /// Something is asked on a watch stream.
    Watch(WatchRequest),
    /// A watch stream begins: before anything is asked on it.
    WatchOpened {
        stream: WatchStreamId,
        responses: WatchSender,
    },
    /// Nobody listens to a watch stream any more.
    WatchClosed { stream: WatchStreamId },
    /// A client that saves the store asks for a piece.
    Save(SaveRequest),
    /// A client saves the store.
    SaveOpened {
        save: SaveId,
        answers: mpsc::UnboundedSender<SaveAnswer>,
    },
    /// It has all of it, or is gone.
    SaveClosed { save: SaveId },
    /// Somebody wants to see the member in numbers.
    Look(oneshot::Sender<Figures>),
}

/// The inputs of a member that has not been started.
pub(crate) struct MemberInbox {
    pub(super) urgent: mpsc::Receiver<Urgent>,
    pub(super) events: mpsc::Receiver<Event>,
    pub(super) standing: watch::Sender<Standing>,
}

/// What a member is handed at a time.
pub(super) struct Batch {
    pub(super) urgent: Vec<Urgent>,
    pub(super) events: Vec<Event>,
}

impl Batch {
    pub(super) fn new() -> Self {
        Self {
            urgent: Vec::with_capacity(INPUTS_IN_BATCH_MAX),
            events: Vec::with_capacity(INPUTS_IN_BATCH_MAX),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.events.is_empty()
    }
}

impl MemberInbox {
    /// The host's next input, for a test that has no member.
    #[cfg(test)]
    pub(crate) async fn next_input(&mut self) -> Option<Input> {
        match self.urgent.recv().await? {
            Urgent::Input(input) => Some(input),
            Urgent::Ticks(_) => Some(Input::Tick),
        }
    }

    /// Takes what is there of both queues, and waits for something if there is nothing; false
    /// when nobody will send anything again.
    pub(super) async fn wait(&mut self, batch: &mut Batch) -> bool {
        poll_fn(|context| self.poll(batch, context)).await
    }

    /// Takes what is there without waiting for more; false when nobody will send anything again.
    pub(super) fn take_waiting(&mut self, batch: &mut Batch) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        match self.poll(batch, &mut context) {
            Poll::Ready(is_open) => is_open,
            Poll::Pending => true,
        }
    }

    fn poll(&mut self, batch: &mut Batch, context: &mut Context<'_>) -> Poll<bool> {
        let max = INPUTS_IN_BATCH_MAX;
        let urgent = self.urgent.poll_recv_many(context, &mut batch.urgent, max);
        let events = self.events.poll_recv_many(context, &mut batch.events, max);
        match (urgent, events) {
            // Whoever can send to one can send to the other.
            (Poll::Ready(0), Poll::Ready(0)) => Poll::Ready(false),
            (Poll::Pending, Poll::Pending) => Poll::Pending,
            _ if batch.is_empty() => Poll::Pending,
            _ => Poll::Ready(true),
        }
    }
}
