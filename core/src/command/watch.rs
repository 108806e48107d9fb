//! Watches: what a client asks on a watch stream, and what it hears.
//!
//! A stream is one client's connection to one member and carries many watches, each with an id of
//! its own (`etcdserverpb.WatchRequest`). Nothing here goes through the log: a watch is served
//! from the store of the member that was asked.

use bytes::Bytes;

use super::ReplyHeader;
use super::kv::KeyValue;
use crate::id::{Revision, WatchId, WatchStreamId};
#[cfg(doc)]
use crate::limits;

/// What is asked on a stream. A stream begins with its first request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchRequest {
    /// Watch a range. Answered by a response that says `created`.
    Create(WatchCreate),
    /// End one watch. Answered by a response that says `canceled`.
    Cancel {
        /// On which stream.
        stream: WatchStreamId,
        /// Which.
        watch: WatchId,
    },
    /// Tell the revision that every watch of the stream has reached; answered once they all have.
    Progress {
        /// Of which stream.
        stream: WatchStreamId,
    },
    /// The client has taken in so many responses: as many more may be sent. What a slow client
    /// has not taken is not kept for it, but read again from the store's history. A host may
    /// collect a few before it says so, see [`limits::WATCH_TAKEN_UNREPORTED_MAX`].
    Taken {
        /// On which stream.
        stream: WatchStreamId,
        /// How many.
        responses: u32,
    },
    /// The connection is gone, and all its watches with it. Not answered.
    Close {
        /// Which stream.
        stream: WatchStreamId,
    },
}

/// A range to be watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchCreate {
    /// On which stream.
    pub stream: WatchStreamId,
    /// The id that the client wants; 0 lets the member choose.
    pub watch: WatchId,
    /// First key; empty for the first key there can be.
    pub key: Bytes,
    /// End of the range, as in [`super::Range`].
    pub range_end: Bytes,
    /// From which revision, itself included; 0 for what comes from now on.
    pub start_revision: Revision,
    /// Whether to tell the version before each event.
    pub previous: bool,
    /// Leave out puts.
    pub no_put: bool,
    /// Leave out deletions.
    pub no_delete: bool,
    /// Whether to tell from time to time that nothing happened.
    pub progress_notify: bool,
}

/// What a stream hears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchResponse {
    /// On which stream.
    pub stream: WatchStreamId,
    /// Of which watch; -1 for an answer about the whole stream.
    pub watch: WatchId,
    /// The state it was told in. With events it is at the last event's revision or later; without
    /// any, all events up to its revision have been told.
    pub header: ReplyHeader,
    /// The watch has begun.
    pub created: bool,
    /// The watch has ended.
    pub canceled: bool,
    /// Why it has ended, in etcd's words; empty when it was asked to.
    pub cancel_reason: String,
    /// When the watch ended because its start was compacted away: the compaction's revision.
    /// Else 0.
    pub compact_revision: Revision,
    /// In the order of revisions; all events of one revision stand in one response.
    pub events: Vec<WatchEvent>,
}

/// One change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchEvent {
    /// Whether the key was put or deleted.
    pub kind: WatchEventKind,
    /// The key as it is now. Of a deletion only the key and its mod revision mean something.
    pub key_value: KeyValue,
    /// The version before, if asked for, there was one, and it is not compacted away.
    pub previous: Option<KeyValue>,
}

impl WatchResponse {
    /// About how many bytes it takes in a message.
    pub fn size_bytes(&self) -> usize {
        self.events.iter().map(WatchEvent::size_bytes).sum()
    }
}

impl WatchEvent {
    /// About how many bytes it takes in a message.
    pub fn size_bytes(&self) -> usize {
        let size = |kv: &KeyValue| EVENT_OVERHEAD_BYTES + kv.key.len() + kv.value.len();
        size(&self.key_value) + self.previous.as_ref().map_or(0, size)
    }
}

/// The numbers of a key-value in protobuf, and the message around it, at most.
const EVENT_OVERHEAD_BYTES: usize = 64;

/// What happened to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchEventKind {
    /// It was written.
    Put,
    /// It was deleted.
    Delete,
}
