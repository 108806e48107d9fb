//! A store made of chunks again.

use super::Store;
use super::checkpoint::{CheckpointChunk, CheckpointError, CheckpointKey};
use super::compaction::Compaction;
use super::compaction_hash::CompactionHashes;
use super::history::KeyHistory;
use super::key::Key;
use super::pin::Pins;
use super::records::{Record, Records};
use super::size::Sizes;
use super::version::{Version, VersionId};
use crate::collections::InOrder;
use crate::id::Revision;
use crate::known_bug::KnownBugs;
use crate::lease::Leases;
use crate::limits::REVISION_MAX;

/// Takes the chunks of a checkpoint in order and makes a store of them.
///
/// Chunks come from a disk or a peer, so nothing of them is believed: whatever they hold, the
/// worst they can do is an error. After an error every call answers the same one.
#[derive(Debug, Default)]
pub struct Loader {
    /// In ascending order, as they come: the tree is made of them at the end, in one go.
    keys: Vec<(Key, KeyHistory)>,
    /// Each version and the position of its key.
    owners: Vec<(VersionId, usize)>,
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
        mut self,
        revision: Revision,
        compact_revision: Revision,
    ) -> Result<Store, CheckpointError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        ensure(self.is_whole, || "the last chunk is missing".to_owned())?;
        self.owners.order();
        for pair in self.owners.windows(2) {
            ensure(pair[0].0 != pair[1].0, || {
                format!(
                    "revision {}.{} is there twice",
                    pair[0].0.main, pair[0].0.sub
                )
            })?;
        }
        let newest = self.owners.last().map_or(1, |(id, _)| id.main.0);
        // Beyond the newest version only where the revision was moved on by hand, which compacts
        // there ([`Store::bump_revision`]).
        let is_bumped = revision.0 > newest && compact_revision == revision;
        ensure(revision.0 == newest || is_bumped, || {
            format!("says revision {revision} and ends at {newest}")
        })?;
        ensure(revision.0 <= REVISION_MAX, || {
            format!("says revision {revision}, above the limit of {REVISION_MAX}")
        })?;
        ensure((-1..=revision.0).contains(&compact_revision.0), || {
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
        let records = self.records(&mut sizes);
        Ok(Store {
            revision,
            keys: self.keys.into_iter().collect(),
            records,
            compaction: Compaction::done(compact_revision),
            compaction_hashes: CompactionHashes::default(),
            pins: Pins::default(),
            sizes,
            bugs: KnownBugs::default(),
            leases: Leases::default(),
        })
    }

    /// The versions in the order of their revisions, counted as if they were written now.
    fn records(&self, sizes: &mut Sizes) -> Records {
        let record = |&(id, owner): &(VersionId, usize)| {
            let (key, history) = self.keys.get(owner)?;
            let (version, before) = history.find(id)?;
            let freed_bytes = sizes.add(key.bytes(), version, before);
            let key = key.bytes().clone();
            Some((id, Record { key, freed_bytes }))
        };
        self.owners.iter().filter_map(record).collect()
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
        let key = Key::from(&entry.key);
        let named = |reason: String| CheckpointError(format!("{:?}: {reason}", entry.key));
        ensure(!entry.key.is_empty(), || "an empty key".to_owned())?;
        let mut versions = entry.versions.into_iter();
        let is_same = self.keys.last().is_some_and(|(last, _)| *last == key);
        if !is_same {
            let is_next = self.keys.last().is_none_or(|(last, _)| *last < key);
            ensure(is_next, || format!("{:?} is out of order", entry.key))?;
            let first = versions.next();
            let first = first.ok_or_else(|| named("has no versions".to_owned()))?;
            check_version(&first, None).map_err(named)?;
            self.owners.push((first.id, self.keys.len()));
            self.keys.push((key, KeyHistory::new(first)));
        }
        let owner = self.keys.len() - 1;
        let Some((_, history)) = self.keys.last_mut() else {
            return Ok(());
        };
        for version in versions {
            check_version(&version, Some(history.newest())).map_err(named)?;
            self.owners.push((version.id, owner));
            history.push(version);
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
