//! Telling watches of changes: as they happen, and out of history.

use std::ops::Bound;

use super::changes::Change;
use super::{WatchName, Watches};
use crate::collections::BTreeMap;
use crate::command::{WatchEvent, WatchResponse};
use crate::id::Revision;
use crate::known_bug::KnownBug;
use crate::limits;
use crate::mvcc::Store;

/// Responses being made, while going through what was written.
type Open = BTreeMap<WatchName, Batch>;

/// What one synced watch is to hear.
struct Batch {
    events: Vec<WatchEvent>,
    /// Of its last event.
    revision: Revision,
    size_bytes: usize,
}

impl Watches {
    /// Tells the synced watches what has been written since the last time. To be called after the
    /// store was written to and before [`Store::compact_step`], which may remove what they are to
    /// hear.
    pub fn advance(&mut self, store: &Store) {
        let (told, newest) = (self.told, store.revision());
        if newest <= told {
            return;
        }
        if !self.synced.is_empty() {
            let mut open = Open::new();
            let mut found = Vec::new();
            for (id, key) in store.written_between(Revision(told.0 + 1), newest) {
                self.synced.find(key, &mut found);
                // Of most of what is written at a time nobody hears: it is not looked up.
                let heard = (!found.is_empty()).then(|| store.change(id, key)).flatten();
                let Some(change) = heard else { continue };
                for name in &found {
                    self.tell_change(&mut open, *name, &change);
                }
            }
            for (name, batch) in open {
                self.hand_out(name, batch, newest);
            }
        }
        self.told = newest;
    }

    /// Lets unsynced watches read on, in turns, as far as a bound on the work allows; ends those
    /// whose history has been compacted away. To be called after [`Watches::advance`].
    pub fn catch_up(&mut self, store: &Store) {
        self.end_overtaken(store);
        let mut budget = self.limits.step_versions;
        while budget > 0 {
            let after = (Bound::Excluded(self.turn), Bound::Unbounded);
            let next = self.ready.range(after).next();
            let Some(&id) = next.or_else(|| self.ready.first()) else {
                return;
            };
            self.turn = id;
            let turn = self
                .streams
                .get_mut(&id)
                .and_then(|stream| stream.take_turn());
            let visited = turn.map_or(0, |watch| self.read_on((id, watch), store));
            budget = budget.saturating_sub(visited + 1);
            self.note_ready(id);
        }
    }

    /// The store was replaced by one that may be newer: watches that had heard everything of the
    /// old one, up to its newest revision, read on in the new one. To be called after an
    /// [`Watches::advance`] of the old one.
    pub fn read_again(&mut self) {
        let next = Revision(self.told.0 + 1);
        for name in self.names(None) {
            if self
                .find_mut(name)
                .is_some_and(|(_, watch)| watch.is_synced)
            {
                self.unsync(name, next);
                if self.bugs.has(KnownBug::WatchTravelsBackInTime)
                    && let Some((_, watch)) = self.find_mut(name)
                {
                    watch.next = next;
                }
                self.note_ready(name.0);
            }
        }
    }

    /// Adds a change to what a synced watch is to hear. One whose client does not keep up is left
    /// to read it later.
    fn tell_change(&mut self, open: &mut Open, name: WatchName, change: &Change<'_>) {
        let revision = change.revision();
        let room = self.limits.responses_in_flight;
        let Some(stream) = self.streams.get_mut(&name.0) else {
            return;
        };
        let Some(watch) = stream.watches.get(&name.1) else {
            return;
        };
        if revision < watch.next && !self.bugs.has(KnownBug::FutureWatchHearsOldEvents) {
            return;
        }
        let Some(event) = change.event(&watch.interest) else {
            return;
        };
        let has_bytes_left = stream.has_bytes_left();
        let is_full = |batch: &Batch| {
            let is_large = batch.size_bytes >= limits::WATCH_RESPONSE_SIZE_BYTES;
            batch.revision < revision && (is_large || !has_bytes_left)
        };
        let begins = open.get(&name).is_none_or(is_full);
        if begins {
            let has_room = stream.has_room(room);
            if has_room {
                stream.in_flight += 1;
            }
            if let Some(full) = open.remove(&name) {
                self.hand_out(name, full, Revision(revision.0 - 1));
            }
            if !has_room {
                let skips = self.bugs.has(KnownBug::WatchSkipsEventOfSlowClient);
                self.unsync(name, Revision(revision.0 + i64::from(skips)));
                return;
            }
        }
        let batch = open.entry(name).or_insert_with(|| Batch {
            events: Vec::new(),
            revision,
            size_bytes: 0,
        });
        let size_bytes = event.size_bytes();
        batch.revision = revision;
        batch.size_bytes += size_bytes;
        batch.events.push(event);
        if let Some(stream) = self.streams.get_mut(&name.0) {
            stream.size_in_flight_bytes += size_bytes;
        }
    }

    /// Lets a watch read a piece of history. Answers how many versions were looked at.
    fn read_on(&mut self, name: WatchName, store: &Store) -> usize {
        let (told, chunk_versions) = (self.told, self.limits.chunk_versions);
        let Some(stream) = self.streams.get_mut(&name.0) else {
            return 0;
        };
        let Some(watch) = stream.watches.get_mut(&name.1) else {
            return 0;
        };
        if watch.next > told {
            self.sync(name);
            return 0;
        }
        let chunk = store.changes_for(&watch.interest, watch.next, chunk_versions);
        watch.next = Revision(chunk.upto.0 + 1);
        if !chunk.events.is_empty() {
            stream.in_flight += 1;
            stream.size_in_flight_bytes += chunk.size_bytes;
            let batch = Batch {
                events: chunk.events,
                revision: chunk.upto,
                size_bytes: chunk.size_bytes,
            };
            self.hand_out(name, batch, chunk.upto);
        }
        if chunk.upto >= told {
            self.sync(name);
        }
        chunk.visited
    }

    /// Hands out events that room has been found for; all up to a revision has been told.
    fn hand_out(&mut self, name: WatchName, batch: Batch, upto: Revision) {
        let now_ticks = self.now_ticks;
        if let Some((_, watch)) = self.find_mut(name) {
            watch.heard_at_ticks = now_ticks;
        }
        if let Some(stream) = self.streams.get_mut(&name.0) {
            stream.note_handed_out(batch.size_bytes);
        }
        let response = WatchResponse {
            events: batch.events,
            ..self.response(name, upto)
        };
        self.responses.push(response);
    }

    /// After a compaction: a watch that has not read what is now forgotten never will.
    fn end_overtaken(&mut self, store: &Store) {
        let compact_revision = store.compact_revision();
        if compact_revision == self.compacted {
            return;
        }
        self.compacted = compact_revision;
        if self.bugs.has(KnownBug::WatchSilentOverCompaction) {
            return;
        }
        let mut overtaken = Vec::new();
        for (id, stream) in &self.streams {
            for watch in &stream.unsynced {
                let next = stream.watches.get(watch).map(|watch| watch.next);
                if next.is_some_and(|next| next < compact_revision) {
                    overtaken.push((*id, *watch));
                }
            }
        }
        for name in overtaken {
            self.end_compacted(name, compact_revision);
        }
    }
}
