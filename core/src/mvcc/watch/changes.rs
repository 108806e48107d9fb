//! The store's history as events, in the order it was written.

use bytes::Bytes;

use super::interest::{Extent, Interest};
use crate::command::{KeyValue, WatchEvent, WatchEventKind};
use crate::id::Revision;
use crate::limits;
use crate::mvcc::Store;
use crate::mvcc::history::KeyHistory;
use crate::mvcc::key::Key;
use crate::mvcc::version::{Version, VersionId};

/// One change of one key, before it is made an event for a certain watch.
pub(super) struct Change<'a> {
    pub(super) key: &'a Bytes,
    history: &'a KeyHistory,
    version: &'a Version,
    compact_revision: Revision,
}

impl Change<'_> {
    /// The revision it was made at.
    pub(super) fn revision(&self) -> Revision {
        self.version.id.main
    }

    /// The event as a watch wants it; nothing when it does not. It is believed to cover the key.
    pub(super) fn event(&self, interest: &Interest) -> Option<WatchEvent> {
        let kind = match self.version.is_tombstone() {
            true => WatchEventKind::Delete,
            false => WatchEventKind::Put,
        };
        if !interest.wants(kind) {
            return None;
        }
        let key_value = match kind {
            WatchEventKind::Put => self.version.to_key_value(self.key),
            WatchEventKind::Delete => KeyValue {
                key: self.key.clone(),
                mod_revision: self.revision(),
                ..KeyValue::default()
            },
        };
        let previous = interest.previous.then(|| self.previous()).flatten();
        Some(WatchEvent {
            kind,
            key_value,
            previous,
        })
    }

    /// As etcd's `sendLoop`: what a read one revision earlier sees, and nothing for a creation or
    /// where one may not read any more.
    fn previous(&self) -> Option<KeyValue> {
        let revision = Revision(self.revision().0 - 1);
        if self.version.create_revision == self.revision() || revision < self.compact_revision {
            return None;
        }
        let version = self.history.at(revision)?;
        Some(version.to_key_value(self.key))
    }
}

/// A piece of history as one watch hears it.
pub(super) struct Chunk {
    pub(super) events: Vec<WatchEvent>,
    /// How large they are together.
    pub(super) size_bytes: usize,
    /// All that happened up to here has been looked at.
    pub(super) upto: Revision,
    /// How many versions were looked at.
    pub(super) visited: usize,
}

impl Store {
    /// All that was written at some revisions, both bounds included, in order.
    pub(super) fn written_between(
        &self,
        first: Revision,
        last: Revision,
    ) -> impl Iterator<Item = (VersionId, &Bytes)> {
        self.records
            .range(VersionId::first_of(first)..=VersionId::last_of(last))
            .map(|(id, record)| (id, &record.key))
    }

    /// What a watch hears from a revision on, up to the newest or to where a chunk of so many
    /// versions is full. It is cut between revisions only.
    pub(super) fn changes_for(
        &self,
        interest: &Interest,
        from: Revision,
        versions_max: usize,
    ) -> Chunk {
        let mut filling = Filling {
            versions_max,
            ..Filling::default()
        };
        let cut = match interest.extent {
            Extent::One => {
                self.keys
                    .get_key_value(&Key::from(&interest.key))
                    .and_then(|(key, history)| {
                        // What is being written stands above the revision, and is not yet said.
                        let mut said = history
                            .since(from)
                            .take_while(|version| version.id.main <= self.revision);
                        said.find_map(|version| {
                            let change = || Some(self.change_of(key.bytes(), history, version));
                            filling.add(version.id, interest, change)
                        })
                    })
            }
            Extent::To(_) => {
                let first = VersionId::first_of(from);
                let last = VersionId::last_of(self.revision);
                let mut ahead = self.records.range(first..last.max(first));
                ahead.find_map(|(id, record)| {
                    let change = || {
                        let covered = interest.covers(&record.key);
                        covered.then(|| self.change(id, &record.key)).flatten()
                    };
                    filling.add(id, interest, change)
                })
            }
        };
        Chunk {
            events: filling.events,
            size_bytes: filling.size_bytes,
            upto: cut.unwrap_or(self.revision),
            visited: filling.visited,
        }
    }

    /// One of them, as watches hear of it.
    pub(super) fn change<'a>(&'a self, id: VersionId, key: &'a Bytes) -> Option<Change<'a>> {
        let history = self.keys.get(&Key::from(key))?;
        let (version, _) = history.find(id)?;
        Some(self.change_of(key, history, version))
    }

    fn change_of<'a>(
        &self,
        key: &'a Bytes,
        history: &'a KeyHistory,
        version: &'a Version,
    ) -> Change<'a> {
        Change {
            key,
            history,
            version,
            compact_revision: self.compact_revision(),
        }
    }
}

/// A chunk being filled.
#[derive(Default)]
struct Filling {
    events: Vec<WatchEvent>,
    size_bytes: usize,
    visited: usize,
    versions_max: usize,
    revision: Revision,
}

impl Filling {
    /// Takes the next version in. Where a revision begins and the chunk is full it answers the
    /// revision before, and takes nothing.
    fn add<'a>(
        &mut self,
        id: VersionId,
        interest: &Interest,
        change: impl FnOnce() -> Option<Change<'a>>,
    ) -> Option<Revision> {
        let is_full = self.visited >= self.versions_max
            || self.size_bytes >= limits::WATCH_RESPONSE_SIZE_BYTES;
        if is_full && id.main > self.revision {
            return Some(Revision(id.main.0 - 1));
        }
        self.revision = id.main;
        self.visited += 1;
        if let Some(event) = change().and_then(|change| change.event(interest)) {
            self.size_bytes += event.size_bytes();
            self.events.push(event);
        }
        None
    }
}
