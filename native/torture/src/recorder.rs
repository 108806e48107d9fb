//! What all clients of a cluster asked and heard, for the checkers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use quorate_core::audit::{ClientOperation, History, Outcome};
use quorate_core::command::Command;

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
