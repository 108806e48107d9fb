//! Sending a snapshot to a follower that needs entries this leader no longer has.
//!
//! The store is pinned and read in chunks while writes go on. A few chunks are under way at once;
//! the follower tells which it wants next, and what is lost is sent again from there. Nothing
//! about it blocks: a follower that does not answer is given up, and raft tries again later.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::consensus::wire::{SnapshotChunk, SnapshotProgress, SnapshotProgressState};
use crate::id::{Index, Term};
use crate::limits::{SNAPSHOT_CHUNK_SIZE_BYTES, SNAPSHOT_CHUNKS_IN_FLIGHT_MAX};
use crate::mvcc::{Cursor, Pin, Store};
use crate::snapshot::SnapshotHeader;

/// A snapshot on its way to one follower.
pub(super) struct TransferOut {
    transfer: u64,
    term: Term,
    index: Index,
    log_term: Term,
    pin: Pin,
    cursor: Option<Cursor>,
    /// The next part to be made.
    next: u32,
    /// Whether the last part has been made.
    complete: bool,
    /// Parts made and not known to have come, oldest first.
    window: VecDeque<(u32, Bytes, bool)>,
    /// When it last got on.
    moved_at_ticks: u64,
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It goes on.
    Going,
    /// The follower has it.
    Finished,
    /// It is given up.
    Failed,
}

impl TransferOut {
    /// Begins to send the store as it is now. `transfer` was not used before by this leader.
    pub(super) fn begin(
        transfer: u64,
        term: Term,
        header: &SnapshotHeader,
        store: &mut Store,
        now_ticks: u64,
    ) -> Self {
        Self {
            transfer,
            term,
            index: header.index,
            log_term: header.term,
            pin: store.pin(),
            cursor: None,
            next: 1,
            complete: false,
            window: VecDeque::from([(0, header.encode(), false)]),
            moved_at_ticks: now_ticks,
        }
    }

    /// Which index it holds.
    pub(super) fn index(&self) -> Index {
        self.index
    }

    /// All parts that are to be under way and are not known to have come. Called at the start
    /// and when time has passed without an answer.
    pub(super) fn resend(&mut self, store: &Store) -> Vec<SnapshotChunk> {
        self.fill(store);
        self.window.iter().map(|part| self.message(part)).collect()
    }

    /// An answer: what is to be sent now, and how it stands.
    pub(super) fn progress(
        &mut self,
        progress: SnapshotProgress,
        store: &Store,
        now_ticks: u64,
    ) -> (Vec<SnapshotChunk>, Outcome) {
        if progress.transfer != self.transfer || progress.index != self.index.0 {
            return (Vec::new(), Outcome::Going);
        }
        match progress.state {
            SnapshotProgressState::Installed => return (Vec::new(), Outcome::Finished),
            SnapshotProgressState::Failed => return (Vec::new(), Outcome::Failed),
            SnapshotProgressState::Receiving => {}
        }
        let before = self.window.len();
        self.window.retain(|(number, ..)| *number >= progress.next);
        if self.window.len() == before {
            return (Vec::new(), Outcome::Going);
        }
        self.moved_at_ticks = now_ticks;
        let sent = self.next;
        self.fill(store);
        let new = self.window.iter().filter(|(number, ..)| *number >= sent);
        (new.map(|part| self.message(part)).collect(), Outcome::Going)
    }

    /// For how long nothing has moved.
    pub(super) fn idle_ticks(&self, now_ticks: u64) -> u64 {
        now_ticks.saturating_sub(self.moved_at_ticks)
    }

    /// Gives the pin back.
    pub(super) fn end(self, store: &mut Store) {
        store.unpin(self.pin);
    }

    fn fill(&mut self, store: &Store) {
        while !self.complete && self.window.len() < SNAPSHOT_CHUNKS_IN_FLIGHT_MAX as usize {
            let chunk =
                store.read_chunk(&self.pin, self.cursor.as_ref(), SNAPSHOT_CHUNK_SIZE_BYTES);
            let Some((chunk, cursor)) = chunk else { return };
            let Ok(bytes) = chunk.encode() else { return };
            self.complete = cursor.is_none();
            self.cursor = cursor;
            self.window.push_back((self.next, bytes, self.complete));
            self.next += 1;
        }
    }

    fn message(&self, (number, bytes, last): &(u32, Bytes, bool)) -> SnapshotChunk {
        SnapshotChunk {
            term: self.term.0,
            index: self.index.0,
            log_term: self.log_term.0,
            transfer: self.transfer,
            number: *number,
            last: *last,
            bytes: bytes.clone(),
        }
    }
}
