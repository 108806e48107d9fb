//! The log in memory, as raft reads it.
//!
//! Raft reads its log through this; the disk behind it is the member's business. An entry stands
//! here as soon as it is handed out for writing, before it is durable: raft keeps count of what
//! is durable itself.

use std::collections::VecDeque;

use raft::eraftpb::{ConfState, Entry, HardState, Snapshot};
use raft::{GetEntriesContext, RaftState, Result, Storage, StorageError};

/// The log of one member from behind its last compaction on.
#[derive(Clone, Debug, Default)]
pub(super) struct LogStore {
    /// Contiguous; the first has index `offset + 1`.
    entries: VecDeque<Entry>,
    /// The last index that is no longer held.
    offset: u64,
    /// Its term.
    offset_term: u64,
    hard_state: HardState,
    conf_state: ConfState,
    /// How far the store has applied, with the configuration there: what a snapshot would hold.
    applied: Snapshot,
}

impl LogStore {
    /// A log that begins behind `offset`. The entries must be contiguous from there.
    pub(super) fn new(
        offset: u64,
        offset_term: u64,
        entries: Vec<Entry>,
        hard_state: HardState,
        conf_state: ConfState,
    ) -> Self {
        let mut store = Self {
            entries: entries.into(),
            offset,
            offset_term,
            hard_state,
            conf_state: conf_state.clone(),
            applied: Snapshot::default(),
        };
        store.set_applied(offset, conf_state);
        store
    }

    /// Adds entries, throwing away what stood at or behind the first of them.
    /// Answers from where entries were thrown away, if any were.
    pub(super) fn append(&mut self, entries: &[Entry]) -> Option<u64> {
        let first = entries.first()?.index;
        assert!(
            first > self.offset,
            "raft never rewrites what is behind a snapshot"
        );
        let keep = (first - self.offset - 1) as usize;
        assert!(keep <= self.entries.len(), "raft appends without gaps");
        let truncated = (keep < self.entries.len()).then_some(first);
        self.entries.truncate(keep);
        self.entries.extend(entries.iter().cloned());
        truncated
    }

    /// Forgets all, and goes on behind a snapshot.
    pub(super) fn restore(&mut self, index: u64, term: u64, conf_state: ConfState) {
        self.entries.clear();
        self.offset = index;
        self.offset_term = term;
        self.conf_state = conf_state.clone();
        self.set_applied(index, conf_state);
    }

    /// Forgets entries up to an index. True when there were any.
    pub(super) fn compact(&mut self, index: u64) -> bool {
        if index <= self.offset || index > self.last() {
            return false;
        }
        let Ok(term) = self.term(index) else {
            return false;
        };
        self.entries.drain(..(index - self.offset) as usize);
        self.offset = index;
        self.offset_term = term;
        true
    }

    /// Takes down how far the store has applied.
    pub(super) fn set_applied(&mut self, index: u64, conf_state: ConfState) {
        let term = self.term(index).unwrap_or(self.offset_term);
        let metadata = self.applied.mut_metadata();
        metadata.index = index;
        metadata.term = term;
        metadata.set_conf_state(conf_state);
    }

    /// The last index and its term at which a snapshot could be taken now.
    pub(super) fn applied(&self) -> &Snapshot {
        &self.applied
    }

    /// The last index before them.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// All entries held, in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The entries held from an index on, in order.
    pub(super) fn entries_from(&self, first: u64) -> impl Iterator<Item = &Entry> {
        let behind = first.saturating_sub(self.offset + 1);
        let at = usize::try_from(behind).unwrap_or(usize::MAX);
        self.entries.range(at.min(self.entries.len())..)
    }

    fn last(&self) -> u64 {
        self.offset + self.entries.len() as u64
    }
}

impl Storage for LogStore {
    fn initial_state(&self) -> Result<RaftState> {
        Ok(RaftState::new(
            self.hard_state.clone(),
            self.conf_state.clone(),
        ))
    }

    fn entries(
        &self,
        low: u64,
        high: u64,
        max_size: impl Into<Option<u64>>,
        _context: GetEntriesContext,
    ) -> Result<Vec<Entry>> {
        if low <= self.offset {
            return Err(raft::Error::Store(StorageError::Compacted));
        }
        if high > self.last() + 1 {
            return Err(raft::Error::Store(StorageError::Unavailable));
        }
        let from = (low - self.offset - 1) as usize;
        let to = (high - self.offset - 1) as usize;
        let limit = max_size.into().unwrap_or(u64::MAX);
        let mut size = 0_u64;
        let entries = self
            .entries
            .range(from..to.max(from))
            .enumerate()
            .take_while(|(position, entry)| {
                // The constant stands for the fields beside the data. The first always goes.
                size = size.saturating_add(entry.data.len() as u64 + 24);
                *position == 0 || size <= limit
            })
            .map(|(_, entry)| entry.clone())
            .collect();
        Ok(entries)
    }

    fn term(&self, index: u64) -> Result<u64> {
        if index == self.offset {
            return Ok(self.offset_term);
        }
        if index < self.offset {
            return Err(raft::Error::Store(StorageError::Compacted));
        }
        let position = (index - self.offset - 1) as usize;
        match self.entries.get(position) {
            Some(entry) => Ok(entry.term),
            None => Err(raft::Error::Store(StorageError::Unavailable)),
        }
    }

    fn first_index(&self) -> Result<u64> {
        Ok(self.offset + 1)
    }

    fn last_index(&self) -> Result<u64> {
        Ok(self.last())
    }

    /// A snapshot of what is applied now: its place only. The member pins the store at this very
    /// moment and sends the contents itself, chunk by chunk.
    fn snapshot(&self, request_index: u64, _to: u64) -> Result<Snapshot> {
        let index = self.applied.get_metadata().index;
        if index == 0 || index < request_index {
            return Err(raft::Error::Store(
                StorageError::SnapshotTemporarilyUnavailable,
            ));
        }
        Ok(self.applied.clone())
    }
}
