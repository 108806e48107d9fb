//! What all clients of a cluster asked and heard, for the checkers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use quorate_core::audit::{ClientOperation, History, Outcome, WatchHistory, WatchSession};
use quorate_core::command::{Command, WatchCreate, WatchResponse};
use quorate_core::id::Revision;

/// A cluster's history while it is being made. A clone is of the same one.
#[derive(Clone)]
pub(crate) struct Recorder {
    begun: Instant,
    history: Arc<Mutex<History>>,
}

/// An operation that has been asked and not answered.
#[must_use]
pub(crate) struct Asked {
    /// Its place in the history.
    at: usize,
}

/// A watch that has begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    /// Its place in the history.
    at: usize,
}

/// One connection of a watch.
pub(crate) struct Session {
    watch: usize,
    /// Its place in the watch's history.
    at: usize,
}

impl Recorder {
    /// An empty history that begins now.
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            history: Arc::default(),
        }
    }

    /// Notes that an operation is about to be asked.
    pub(crate) fn ask(&self, client: u64, node: usize, command: Command) -> Asked {
        let mut history = self.lock();
        let at = history.operations.len();
        history.operations.push(ClientOperation {
            number: at as u64 + 1,
            client,
            node: node as u64 + 1,
            command,
            invoked_at: self.now_us(),
            returned_at: None,
            outcome: Outcome::Unknown("nobody has answered".to_owned()),
        });
        Asked { at }
    }

    /// Notes what came of it.
    pub(crate) fn answer(&self, asked: Asked, outcome: Outcome) {
        let mut history = self.lock();
        let now_us = self.now_us();
        if let Some(operation) = history.operations.get_mut(asked.at) {
            operation.returned_at = Some(now_us);
            operation.outcome = outcome;
        }
    }

    /// Notes a watch.
    pub(crate) fn begin_watch(&self, create: WatchCreate) -> Watch {
        let mut history = self.lock();
        let at = history.watches.len();
        history.watches.push(WatchHistory {
            number: at as u64 + 1,
            create,
            sessions: Vec::new(),
        });
        Watch { at }
    }

    /// Notes that a connection of a watch is about to begin.
    pub(crate) fn begin_session(&self, watch: Watch, start_revision: Revision) -> Session {
        let mut history = self.lock();
        let asked_at = self.now_us();
        let mut at = 0;
        if let Some(watch) = history.watches.get_mut(watch.at) {
            at = watch.sessions.len();
            watch.sessions.push(WatchSession {
                start_revision,
                asked_at,
                responses: Vec::new(),
            });
        }
        Session {
            watch: watch.at,
            at,
        }
    }

    /// Notes what a connection has heard.
    pub(crate) fn hear(&self, session: &Session, response: WatchResponse) {
        let mut history = self.lock();
        let now_us = self.now_us();
        let watch = history.watches.get_mut(session.watch);
        if let Some(session) = watch.and_then(|watch| watch.sessions.get_mut(session.at)) {
            session.responses.push((now_us, response));
        }
    }

    /// Looks at the history so far.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&History) -> T) -> T {
        at(&self.lock())
    }

    /// Microseconds since the cluster began.
    fn now_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, History> {
        // Nothing is done under the lock that could panic half way.
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
