//! Writing: puts and deletions, each adding versions at one main revision.

use bytes::Bytes;

use super::Store;
use super::history::KeyHistory;
use super::key::Key;
use super::records::Record;
use super::size::Sizes;
use super::version::{Version, VersionId};
use super::walk::Walk;
use crate::collections::btree_map::Entry;
use crate::command::{DeleteRange, DeleteRangeReply, KeyValue, Put, PutReply};
use crate::error::Error;
use crate::id::Revision;
use crate::limits::REVISION_MAX;

/// The writes of one request, until they are committed or taken back.
#[derive(Debug)]
pub(super) struct Writing {
    /// What the next write is called.
    next: VersionId,
    /// As they were before the first write.
    sizes_before: Sizes,
}

impl Writing {
    /// The newest revision as the request itself sees it.
    pub(super) fn current(&self) -> Revision {
        if self.has_written() {
            self.next.main
        } else {
            Revision(self.next.main.0 - 1)
        }
    }

    /// The first version that was written; nothing when none was.
    pub(super) fn first(&self) -> Option<VersionId> {
        self.has_written()
            .then(|| VersionId::first_of(self.next.main))
    }

    fn has_written(&self) -> bool {
        self.next.sub > 0
    }

    pub(super) fn take_id(&mut self) -> VersionId {
        let id = self.next;
        self.next.sub += 1;
        id
    }
}

impl Store {
    pub(super) fn apply_put(&mut self, put: &Put) -> Result<PutReply, Error> {
        // etcd looks for the lease first here, and in a transaction for the key first.
        self.check_lease(put.lease)?;
        let mut writing = self.begin();
        let result = self.put(&mut writing, put);
        self.end(writing, result)
    }

    pub(super) fn begin(&self) -> Writing {
        Writing {
            next: VersionId::first_of(Revision(self.revision.0 + 1)),
            sizes_before: self.sizes,
        }
    }

    /// Commits what was written if all went well, else takes it back.
    fn end<T>(&mut self, writing: Writing, result: Result<T, Error>) -> Result<T, Error> {
        let result = match result {
            Ok(_) if writing.has_written() => self.check_revision().and(result),
            result => result,
        };
        if result.is_err() {
            self.take_back(&writing, &mut usize::MAX.clone());
        } else if let Some(first) = writing.first() {
            self.hang_keys_on_leases(&mut first.clone(), &mut usize::MAX.clone());
            self.revision = first.main;
        }
        result
    }

    /// Whether there is a revision for one more write.
    pub(super) fn check_revision(&self) -> Result<(), Error> {
        if self.revision.0 >= REVISION_MAX {
            return Err(Error::RevisionsExhausted);
        }
        Ok(())
    }

    pub(super) fn put(&mut self, writing: &mut Writing, put: &Put) -> Result<PutReply, Error> {
        if put.key.is_empty() {
            return Err(Error::EmptyKey);
        }
        self.check_lease(put.lease)?;
        let entry = self.keys.entry(Key::from(&put.key));
        let live = match &entry {
            Entry::Occupied(occupied) => occupied.get().live(),
            Entry::Vacant(_) => None,
        };
        if live.is_none() && (put.ignore_value || put.ignore_lease) {
            return Err(Error::KeyNotFound);
        }
        let previous = live
            .filter(|_| put.previous)
            .map(|version| version.to_key_value(entry.key().bytes()));
        let id = writing.take_id();
        let version = Version {
            id,
            create_revision: live.map_or(id.main, |live| live.create_revision),
            version: live.map_or(1, |live| live.version + 1),
            lease: live
                .filter(|_| put.ignore_lease)
                .map_or(put.lease, |live| live.lease),
            value: live
                .filter(|_| put.ignore_value)
                .map_or(&put.value, |live| &live.value)
                .clone(),
        };
        let (key, freed_bytes) = match entry {
            Entry::Occupied(mut occupied) => {
                // The key's first handle is kept, so that a key is in memory once.
                let key = occupied.key().bytes().clone();
                let history = occupied.get_mut();
                let freed_bytes = self.sizes.add(&key, &version, Some(history.newest()));
                history.push(version);
                (key, freed_bytes)
            }
            Entry::Vacant(vacant) => {
                let freed_bytes = self.sizes.add(&put.key, &version, None);
                vacant.insert(KeyHistory::new(version));
                (put.key.clone(), freed_bytes)
            }
        };
        self.records.push(id, Record { key, freed_bytes });
        Ok(PutReply { previous })
    }

    /// Writes a tombstone over each key of a range that is there; true when that was all.
    pub(super) fn delete_step(
        &mut self,
        writing: &mut Writing,
        deleting: &mut Deleting,
        budget: &mut usize,
    ) -> bool {
        let Some(bounds) = deleting.walk.bounds() else {
            return true;
        };
        for (key, history) in self.keys.range_mut(bounds) {
            if *budget == 0 {
                let here = key.clone();
                deleting.walk.go_on_at(here);
                return false;
            }
            *budget -= 1;
            let Some(version) = history.live() else {
                continue;
            };
            deleting.deleted += 1;
            if deleting.keeps_previous {
                deleting.previous.push(version.to_key_value(key.bytes()));
            }
            let (id, key) = (writing.take_id(), key.bytes().clone());
            let freed_bytes = bury(id, &key, history, &mut self.sizes);
            self.records.push(id, Record { key, freed_bytes });
        }
        true
    }

    /// Writes a tombstone over a key that is there.
    pub(super) fn bury(&mut self, id: VersionId, key: &Bytes) {
        let Some(history) = self.keys.get_mut(&Key::from(key)) else {
            return;
        };
        let freed_bytes = bury(id, key, history, &mut self.sizes);
        let key = key.clone();
        self.records.push(id, Record { key, freed_bytes });
    }

    /// Takes back what a request has written; true when all is taken back.
    ///
    /// Hardly anything can fail after a transaction's checks. One that deletes a key (by a range
    /// without end, see `interval`) and then puts it with `ignore_value` can: etcd panics there.
    pub(super) fn take_back(&mut self, writing: &Writing, budget: &mut usize) -> bool {
        let first = VersionId::first_of(writing.next.main);
        while self.records.last().is_some_and(|last| last >= first) {
            if *budget == 0 {
                return false;
            }
            *budget -= 1;
            let Some((_, record)) = self.records.pop_last() else {
                break;
            };
            let key = Key::from(&record.key);
            let is_empty = self
                .keys
                .get_mut(&key)
                .is_some_and(|history| !history.pop_newest());
            if is_empty {
                self.keys.remove(&key);
            }
        }
        self.sizes = writing.sizes_before;
        true
    }
}

fn bury(id: VersionId, key: &Bytes, history: &mut KeyHistory, sizes: &mut Sizes) -> u64 {
    let tombstone = Version::tombstone(id);
    let freed_bytes = sizes.add(key, &tombstone, Some(history.newest()));
    history.push(tombstone);
    freed_bytes
}

/// A deletion under way.
#[derive(Debug)]
pub(super) struct Deleting {
    walk: Walk,
    keeps_previous: bool,
    deleted: i64,
    previous: Vec<KeyValue>,
}

impl Deleting {
    /// Begins.
    ///
    /// # Errors
    /// [`Error::EmptyKey`].
    pub(super) fn begin(delete: &DeleteRange) -> Result<Self, Error> {
        if delete.key.is_empty() {
            return Err(Error::EmptyKey);
        }
        Ok(Self {
            walk: Walk::over(&delete.key, &delete.range_end),
            keeps_previous: delete.previous,
            deleted: 0,
            previous: Vec::new(),
        })
    }

    /// What was deleted.
    pub(super) fn reply(self) -> DeleteRangeReply {
        DeleteRangeReply {
            deleted: self.deleted,
            previous: self.previous,
        }
    }
}
