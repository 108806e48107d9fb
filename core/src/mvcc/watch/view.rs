//! The watches as a picture: for drawing, nothing to act on.

use bytes::Bytes;

use super::Watches;
use crate::id::{Revision, WatchId, WatchStreamId};

/// Where a watch stands on the axis of revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchView {
    /// On which stream.
    pub stream: WatchStreamId,
    /// Which watch of it.
    pub watch: WatchId,
    /// The first key.
    pub key: Bytes,
    /// Where its range ends, as a request says it: empty for the one key, a zero byte for no end.
    pub end: Bytes,
    /// The next revision that it will be told of: all before it has been told.
    pub next: Revision,
    /// Whether it has heard of everything up to now.
    pub is_synced: bool,
}

impl Watches {
    /// All watches, in the order of their streams.
    pub fn watch_views(&self) -> Vec<WatchView> {
        let after_told = Revision(self.told.0 + 1);
        let streams = self.streams.iter();
        streams
            .flat_map(|(id, stream)| stream.watches.iter().map(move |found| (*id, found)))
            .map(|(stream, (watch, found))| WatchView {
                stream,
                watch: *watch,
                key: found.interest.key.clone(),
                end: found.interest.range_end(),
                // Of a synced watch `next` means something only while it is in the future.
                next: match found.is_synced {
                    true => found.next.max(after_told),
                    false => found.next,
                },
                is_synced: found.is_synced,
            })
            .collect()
    }
}
