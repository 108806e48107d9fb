//! Records, played back in order, become the log again.

use crate::id::Index;
use crate::limits::TERM_OR_INDEX_MAX;

use super::record::{Batch, LogState, SegmentHead};
use super::{LogEntry, SnapshotMarker};

/// The log as far as it has been played back.
#[derive(Debug)]
pub(crate) struct Replay {
    /// The index before the first entry.
    pub(crate) base: Index,
    /// Whether an entry at or before `base` is a rewrite of what older segments held, rather
    /// than an absurdity: so it is where the log begins in the middle.
    rewritable: bool,
    /// Without gaps, from `base + 1` to `state.last`.
    pub(crate) entries: Vec<LogEntry>,
    pub(crate) markers: Vec<SnapshotMarker>,
    pub(crate) state: LogState,
}

impl Replay {
    /// Begins with the head of the oldest segment.
    pub(crate) fn begin(head: &SegmentHead) -> Self {
        Self {
            base: head.state.last,
            rewritable: head.sequence > 0,
            entries: Vec::new(),
            markers: head.state.marker.into_iter().collect(),
            state: head.state,
        }
    }

    /// Plays a batch back: the last write of an index wins.
    pub(crate) fn batch(&mut self, batch: Batch) -> Result<(), String> {
        for entry in batch.entries {
            self.entry(entry)?;
        }
        if let Some(hard_state) = batch.hard_state {
            check_number(hard_state.term.0)?;
            check_number(hard_state.commit.0)?;
            self.state.hard_state = hard_state;
        }
        Ok(())
    }

    /// Plays a marker back.
    pub(crate) fn marker(&mut self, marker: SnapshotMarker) -> Result<(), String> {
        check_number(marker.index.0)?;
        check_number(marker.term.0)?;
        if marker.replaces_log {
            self.entries.clear();
            self.base = marker.index;
            self.rewritable = false;
        } else if marker.index > self.state.last {
            return Err(format!("a snapshot at {} beyond the log", marker.index));
        }
        self.markers.push(marker);
        self.state.mark(marker);
        Ok(())
    }

    fn entry(&mut self, entry: LogEntry) -> Result<(), String> {
        check_number(entry.index.0)?;
        check_number(entry.term.0)?;
        if entry.index > self.state.last.next() || entry.index == Index(0) {
            return Err(format!("entry {} leaves a gap", entry.index));
        }
        if entry.index <= self.base {
            if !self.rewritable {
                return Err(format!("entry {} rewrites a snapshot", entry.index));
            }
            self.base = Index(entry.index.0 - 1);
        }
        let before = entry.index.0 - self.base.0 - 1;
        // Not beyond the length of the entries held, so it fits.
        self.entries.truncate(before as usize);
        self.state.last = entry.index;
        self.entries.push(entry);
        Ok(())
    }
}

/// Refuses what could wrap; no honest log comes near.
pub(crate) fn check_number(number: u64) -> Result<(), String> {
    if number > TERM_OR_INDEX_MAX {
        return Err(format!("{number} is no term or index"));
    }
    Ok(())
}
