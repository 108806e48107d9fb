//! One client's watches.

use std::collections::VecDeque;

use super::interest::Interest;
use crate::collections::{BTreeMap, BTreeSet};
use crate::id::{Revision, WatchId};
use crate::limits;

/// One watch.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) interest: Interest,
    /// What comes next: all before it has been told, or was not asked for. Of a synced watch it
    /// means something only while it is in the future.
    pub(super) next: Revision,
    /// Whether it has heard of everything up to now, and is told of changes as they happen.
    pub(super) is_synced: bool,
    /// Whether to tell it from time to time that nothing happened.
    pub(super) progress_notify: bool,
    /// When it last heard something.
    pub(super) heard_at_ticks: u64,
    /// When it is next looked at whether it has heard something.
    pub(super) due_at_ticks: u64,
}

/// A stream and its watches.
#[derive(Debug, Default)]
pub(super) struct Stream {
    pub(super) watches: BTreeMap<WatchId, Watch>,
    /// Those that still read history.
    pub(super) unsynced: BTreeSet<WatchId>,
    /// Whose turn to read it was last.
    pub(super) turn: WatchId,
    /// What the member names the next watch that is to be named.
    next_id: i64,
    /// Responses handed out, or begun, that the host has not reported taken.
    pub(super) in_flight: u32,
    /// How large each of those is that were handed out, in order.
    handed_out: VecDeque<usize>,
    /// How large they are together, with what has been put into those that are begun.
    pub(super) size_in_flight_bytes: usize,
    /// No watch begins later: before it the stream as a whole says nothing of its progress.
    pub(super) latest_start: Revision,
}

impl Stream {
    /// Whether another response may be made, where so many may be on their way.
    pub(super) fn has_room(&self, responses_max: u32) -> bool {
        self.in_flight < responses_max && self.has_bytes_left()
    }

    /// Whether more may be put into those that are begun.
    pub(super) fn has_bytes_left(&self) -> bool {
        self.size_in_flight_bytes < limits::WATCH_SIZE_IN_FLIGHT_BYTES_MAX
    }

    /// A response of so many bytes, which are counted already, has been handed out.
    pub(super) fn note_handed_out(&mut self, size_bytes: usize) {
        self.handed_out.push_back(size_bytes);
    }

    /// The oldest responses have been taken.
    pub(super) fn take(&mut self, responses: u32) {
        let taken = usize::try_from(responses)
            .unwrap_or(usize::MAX)
            .min(self.handed_out.len());
        self.in_flight = self
            .in_flight
            .saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX));
        let size_bytes: usize = self.handed_out.drain(..taken).sum();
        self.size_in_flight_bytes = self.size_in_flight_bytes.saturating_sub(size_bytes);
    }

    /// Whether one of its watches is to read history now.
    pub(super) fn is_ready(&self, responses_max: u32) -> bool {
        self.has_room(responses_max) && !self.unsynced.is_empty()
    }

    /// Chooses a name as etcd does: numbers from 0, without those that the client chose.
    pub(super) fn choose_id(&mut self) -> WatchId {
        while self.watches.contains_key(&WatchId(self.next_id)) {
            self.next_id += 1;
        }
        self.next_id += 1;
        WatchId(self.next_id - 1)
    }

    /// Whose turn it is to read history.
    pub(super) fn take_turn(&mut self) -> Option<WatchId> {
        let after = WatchId(self.turn.0.saturating_add(1));
        let next = self.unsynced.range(after..).next();
        self.turn = *next.or_else(|| self.unsynced.first())?;
        Some(self.turn)
    }

    /// Sets `latest_start` anew, after the watch that may have made it has gone.
    pub(super) fn note_starts(&mut self) {
        let starts = self.watches.values().map(|watch| watch.next);
        self.latest_start = starts.max().unwrap_or_default();
    }
}
