//! The store as a row of chunks: what snapshots and checkpoints are made of.

use std::ops::Bound;

use bytes::Bytes;
use rkyv::rancor::BoxedError;
use rkyv::{Archive, Deserialize, Serialize};
use thiserror::Error;

use super::key::Key;
use super::version::{ArchivedVersion, Version, VersionId};
use super::{Pin, Store};
use crate::archive;
use crate::known_bug::KnownBug;

/// A part of the store: some keys in ascending order, each with versions in ascending order. A
/// key whose versions do not fit goes on in the next chunk.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckpointChunk {
    /// Which chunk this is, from 0.
    pub number: u32,
    /// Whether no more follow.
    pub is_last: bool,
    /// The keys.
    pub keys: Vec<CheckpointKey>,
}

/// One key of a chunk.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckpointKey {
    /// The key.
    pub key: Bytes,
    /// Its versions, or a part of them; never none.
    pub versions: Vec<Version>,
}

/// Where a chunk ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    key: Bytes,
    version: VersionId,
    next_chunk: u32,
}

/// A chunk, or a row of them, cannot be what a store wrote.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("checkpoint: {0}")]
pub struct CheckpointError(pub(super) String);

impl CheckpointChunk {
    /// As bytes, the same for equal chunks on every platform. Without version, length or
    /// checksum: those belong to the file or frame around it, and are checked before
    /// [`CheckpointChunk::decode`].
    ///
    /// # Errors
    /// When the chunk is too large for an archive (2 GiB), which no chunk near the size asked of
    /// [`Store::read_chunk`] is.
    pub fn encode(&self) -> Result<Bytes, CheckpointError> {
        rkyv::api::high::to_bytes_in::<_, BoxedError>(self, Vec::new())
            .map(Bytes::from)
            .map_err(|error| CheckpointError(format!("cannot encode a chunk: {error}")))
    }

    /// How long [`CheckpointChunk::encode`] will be, without making it: an archive holds each
    /// value's bytes once, and a record of fixed size for each value, key and list, without gaps.
    pub(crate) fn encoded_size_bytes(&self) -> usize {
        let version = |version: &Version| size_of::<ArchivedVersion>() + version.value.len();
        let key = |key: &CheckpointKey| {
            let versions: usize = key.versions.iter().map(version).sum();
            size_of::<ArchivedCheckpointKey>() + key.key.len() + versions
        };
        size_of::<ArchivedCheckpointChunk>() + self.keys.iter().map(key).sum::<usize>()
    }

    /// Reads what [`CheckpointChunk::encode`] wrote. Keys and values are copied out, so that they
    /// do not hold on to the whole chunk.
    ///
    /// # Errors
    /// When the bytes are no chunk. That they *are* one says nothing about whether they are the
    /// ones that were written.
    pub fn decode(bytes: &[u8]) -> Result<Self, CheckpointError> {
        archive::decode(bytes)
            .map_err(|error| CheckpointError(format!("cannot decode a chunk: {error}")))
    }
}

impl Store {
    /// Reads the chunk that follows a cursor, or the first, of the pinned view: versions at or
    /// below the pinned revision that its compact revision has not forgotten, about `size_bytes`
    /// of them, at least one if there are any. The cursor is for the next chunk; without one,
    /// this was the last.
    ///
    /// Nothing when the pin is not this store's: then the store has been replaced meanwhile, and
    /// the reader must start anew.
    pub fn read_chunk(
        &self,
        pin: &Pin,
        after: Option<&Cursor>,
        size_bytes: usize,
    ) -> Option<(CheckpointChunk, Option<Cursor>)> {
        if !self.pins.holds(pin) {
            return None;
        }
        let mut chunk = CheckpointChunk {
            number: after.map_or(0, |cursor| cursor.next_chunk),
            ..CheckpointChunk::default()
        };
        let mut end: Option<(&Bytes, VersionId)> = None;
        let mut filled_bytes = 0u64;
        for (key, version) in self.pinned_versions(pin, after) {
            if let Some((end_key, end_version)) = end
                && filled_bytes >= size_bytes as u64
            {
                let cursor = Cursor {
                    key: end_key.clone(),
                    version: end_version,
                    next_chunk: chunk.number + 1,
                };
                return Some((chunk, Some(cursor)));
            }
            filled_bytes += version.size_bytes(key);
            match chunk.keys.last_mut().filter(|last| last.key == *key) {
                Some(last) => last.versions.push(version.clone()),
                None => chunk.keys.push(CheckpointKey {
                    key: key.clone(),
                    versions: vec![version.clone()],
                }),
            }
            end = Some((key, version.id));
        }
        chunk.is_last = true;
        Some((chunk, None))
    }

    /// All versions of a pinned view behind a cursor, in the order of keys, then of revisions.
    fn pinned_versions<'a>(
        &'a self,
        pin: &'a Pin,
        after: Option<&'a Cursor>,
    ) -> impl Iterator<Item = (&'a Bytes, &'a Version)> {
        let first_key = after.map_or(Bound::Unbounded, |cursor| {
            Bound::Included(Key::from(&cursor.key))
        });
        let is_dropped = move |version: &Version| {
            self.bugs.has(KnownBug::SnapshotDropsDelete)
                && version.is_tombstone()
                && version.id.main == pin.compact_revision()
        };
        let is_behind = move |key: &Bytes, version: &Version| {
            after.is_none_or(|cursor| *key != cursor.key || version.id > cursor.version)
        };
        self.keys
            .range((first_key, Bound::Unbounded))
            .flat_map(move |(key, history)| {
                history
                    .kept_at(pin.compact_revision())
                    .take_while(move |version| {
                        version.id.main <= pin.revision()
                            || self.bugs.has(KnownBug::SnapshotReadsPastItsPin)
                    })
                    .filter(move |version| is_behind(key.bytes(), version) && !is_dropped(version))
                    .map(move |version| (key.bytes(), version))
            })
    }
}
