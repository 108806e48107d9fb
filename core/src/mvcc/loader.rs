//! A store made of chunks again.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::checkpoint::{CheckpointChunk, CheckpointError, CheckpointKey};
use super::compaction::Compaction;
use super::history::KeyHistory;
use super::key::Key;
use super::pin::Pins;
use super::size::Sizes;
use super::version::{Version, VersionId};
use super::{Record, Store};
use crate::id::Revision;

/// Takes the chunks of a checkpoint in order and makes a store of them.
///
/// Chunks come from a disk or a peer, so nothing of them is believed: whatever they hold, the
/// worst they can do is an error. After an error every call answers the same one.
#[derive(Debug, Default)]
pub struct Loader {
    keys: BTreeMap<Key, KeyHistory>,
    /// The key each version belongs to.
    owners: BTreeMap<VersionId, Bytes>,
    next_chunk: u32,
    /// Whether the last chunk has come.
    is_whole: bool,
    failure: Option<CheckpointError>,
}

impl Loader {
    /// Without chunks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next chunk.
    ///
    /// # Errors
    /// When it is not the chunk that comes next, or does not go with those before it.
    pub fn add(&mut self, chunk: CheckpointChunk) -> Result<(), CheckpointError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let result = self.add_chunk(chunk);
        self.failure = result.clone().err();
        result
    }

    /// The store, at the revisions that the checkpoint was pinned at.
    ///
    /// # Errors
    /// When chunks are missing, or their versions are not such as a store at these revisions has.
    pub fn finish(
        self,
        revision: Revision,
        compact_revision: Revision,
    ) -> Result<Store, CheckpointError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        ensure(self.is_whole, || "the last chunk is missing".to_owned())?;
        let newest = self.owners.last_key_value().map_or(1, |(id, _)| id.main.0);
        ensure(revision.0 == newest, || {
            format!("says revision {revision} and ends at {newest}")
        })?;
        ensure((-1..=newest).contains(&compact_revision.0), || {
            format!("says compacted at {compact_revision} and ends at {newest}")
        })?;
        for (key, history) in &self.keys {
            let kept = history.kept_at(compact_revision).count();
            ensure(kept == history.versions().count(), || {
                format!(
                    "{:?} has versions forgotten at {compact_revision}",
                    key.bytes()
                )
            })?;
        }
        let mut sizes = Sizes::default();
        let keys = self.keys;
        let records = self
            .owners
            .into_iter()
            .filter_map(|(id, key)| {
                let (version, before) = keys.get(&Key::from(&key))?.find(id)?;
                let freed_bytes = sizes.add(&key, version, before);
                Some((id, Record { key, freed_bytes }))
            })
            .collect();
        Ok(Store {
            revision,
            keys,
            records,
            compaction: Compaction::done(compact_revision),
            pins: Pins::default(),
            sizes,
        })
    }

    fn add_chunk(&mut self, chunk: CheckpointChunk) -> Result<(), CheckpointError> {
        ensure(!self.is_whole, || {
            format!("chunk {} follows the last", chunk.number)
        })?;
        ensure(chunk.number == self.next_chunk, || {
            format!("chunk {} instead of {}", chunk.number, self.next_chunk)
        })?;
        self.next_chunk = self.next_chunk.saturating_add(1);
        self.is_whole = chunk.is_last;
        chunk.keys.into_iter().try_for_each(|key| self.add_key(key))
    }

    fn add_key(&mut self, entry: CheckpointKey) -> Result<(), CheckpointError> {
        let CheckpointKey { key, versions } = entry;
        ensure(!key.is_empty(), || "an empty key".to_owned())?;
        ensure(!versions.is_empty(), || format!("{key:?} has no versions"))?;
        let last_key = self.keys.last_key_value().map(|(last, _)| last.bytes());
        ensure(last_key.is_none_or(|last| *last <= key), || {
            format!("{key:?} is out of order")
        })?;
        // One handle for the key, however many chunks and versions it has.
        let key = last_key
            .filter(|last| **last == key)
            .unwrap_or(&key)
            .clone();
        let tree_key = Key::from(&key);
        for version in versions {
            let before = self.keys.get(&tree_key).map(KeyHistory::newest);
            check_version(&version, before)
                .map_err(|reason| CheckpointError(format!("{key:?}: {reason}")))?;
            let id = version.id;
            ensure(self.owners.insert(id, key.clone()).is_none(), || {
                format!("revision {}.{} is there twice", id.main, id.sub)
            })?;
            match self.keys.get_mut(&tree_key) {
                Some(history) => history.push(version),
                None => {
                    self.keys.insert(tree_key.clone(), KeyHistory::new(version));
                }
            }
        }
        Ok(())
    }
}

/// Whether a version is one that a store writes after the one before it. The oldest version may
/// stand anywhere in its generation, since compaction cuts in the middle.
fn check_version(version: &Version, before: Option<&Version>) -> Result<(), String> {
    let id = version.id;
    let named = |what: &str| format!("revision {}.{} {what}", id.main, id.sub);
    // A fresh store is at revision 1, so the first write has 2.
    if id.main.0 < 2 || id.main.0 == i64::MAX {
        return Err(named("is out of bounds"));
    }
    if before.is_some_and(|before| before.id >= id) {
        return Err(named("is out of order"));
    }
    if version.is_tombstone() {
        let is_bare = *version == Version::tombstone(id);
        let ends_something = before.is_none_or(|before| !before.is_tombstone());
        return if is_bare && ends_something {
            Ok(())
        } else {
            Err(named("is no tombstone that can be"))
        };
    }
    let goes_on = match before {
        Some(before) if before.is_tombstone() => {
            version.version == 1 && version.create_revision == id.main
        }
        Some(before) => {
            before.version.checked_add(1) == Some(version.version)
                && version.create_revision == before.create_revision
        }
        None => {
            version.version >= 1
                && version.create_revision.0 >= 2
                && version.create_revision <= id.main
        }
    };
    if goes_on {
        Ok(())
    } else {
        Err(named("does not go on from the version before"))
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), CheckpointError> {
    if holds {
        Ok(())
    } else {
        Err(CheckpointError(otherwise()))
    }
}
