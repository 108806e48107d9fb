//! What clients asked and heard.

use bytes::Bytes;

use crate::command::{Command, Reply, ReplyHeader, WatchCreate, WatchResponse};
use crate::id::{LeaseId, Revision};

/// All that the clients of one cluster saw, from its first revision on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// In the order in which they were asked.
    pub operations: Vec<ClientOperation>,
    /// In any order.
    pub watches: Vec<WatchHistory>,
}

/// One operation of one client. It is sent once: a client that asks again begins another one.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientOperation {
    /// Its number, in no other operation of the history.
    pub number: u64,
    /// Who asked.
    pub client: u64,
    /// Which member was asked, by any number that the host knows it by.
    pub node: u64,
    /// What was asked.
    pub command: Command,
    /// When: microseconds, or anything else that only grows.
    pub invoked_at: u64,
    /// When the answer came; nothing when none did.
    pub returned_at: Option<u64>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was carried out.
    Done {
        /// The state it was answered in.
        header: ReplyHeader,
        /// The answer.
        reply: Reply,
    },
    /// It was not carried out and never will be; says why.
    Failed(String),
    /// It may have been carried out, may be later, or never; says why.
    Unknown(String),
}

/// One watch, over however many streams it was resumed on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchHistory {
    /// Its number, in no other watch of the history.
    pub number: u64,
    /// What was asked the first time.
    pub create: WatchCreate,
    /// Its connections, oldest first.
    pub sessions: Vec<WatchSession>,
}

/// One connection of a watch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchSession {
    /// From which revision it was asked; 0 for what comes from then on.
    pub start_revision: Revision,
    /// When it was asked for.
    pub asked_at: u64,
    /// What it heard and when, in the order of arrival; of this watch alone or its whole stream.
    pub responses: Vec<(u64, WatchResponse)>,
}

impl History {
    /// What clients had seen at a time.
    pub fn until(&self, at: u64) -> History {
        let asked = self.operations.iter();
        let operations = asked
            .filter(|operation| operation.invoked_at <= at)
            .map(|operation| operation.until(at));
        let watches = self.watches.iter().map(|watch| WatchHistory {
            number: watch.number,
            create: watch.create.clone(),
            sessions: watch
                .sessions
                .iter()
                .filter(|session| session.asked_at <= at)
                .map(|session| session.until(at))
                .collect(),
        });
        History {
            operations: operations.collect(),
            watches: watches.collect(),
        }
    }
}

impl WatchSession {
    fn until(&self, at: u64) -> WatchSession {
        let heard = self.responses.iter();
        WatchSession {
            start_revision: self.start_revision,
            asked_at: self.asked_at,
            responses: heard
                .take_while(|(heard_at, _)| *heard_at <= at)
                .cloned()
                .collect(),
        }
    }
}

impl ClientOperation {
    fn until(&self, at: u64) -> ClientOperation {
        let mut operation = self.clone();
        if self.returned_at.is_some_and(|returned_at| returned_at > at) {
            operation.returned_at = None;
            operation.outcome = Outcome::Unknown("not answered by then".to_owned());
        }
        operation
    }

    /// The header and the answer, if it was carried out.
    pub fn done(&self) -> Option<(&ReplyHeader, &Reply)> {
        match &self.outcome {
            Outcome::Done { header, reply } => Some((header, reply)),
            Outcome::Failed(_) | Outcome::Unknown(_) => None,
        }
    }

    /// Whether nobody was told what came of it.
    pub fn is_unknown(&self) -> bool {
        matches!(self.outcome, Outcome::Unknown(_))
    }
}

/// Whether a key is in a range, given as in [`crate::command::Range`].
pub(super) fn contains(first: &Bytes, end: &Bytes, key: &Bytes) -> bool {
    match end.as_ref() {
        [] => key == first,
        [0] => key >= first,
        _ => key >= first && key < end,
    }
}

/// The lease that an operation ends, if that is what it does.
pub(super) fn revoked(command: &Command) -> Option<LeaseId> {
    match command {
        Command::LeaseRevoke(lease) => Some(*lease),
        _ => None,
    }
}
