//! HashKV: one number over all that is stored, equal on members that store the same.
//!
//! etcd hashes the raw records of its backend, so this module writes down what those would be:
//! the revision as 17 bytes (18 for a tombstone) and the version as a `mvccpb.KeyValue`.
//!
//! In it are all versions up to the hashed revision that compaction has not forgotten; of those at
//! or below the compact revision, only what is still visible at the hashed revision. A tombstone
//! exactly at the compact revision is left out: older versions of etcd remove it, newer ones do
//! not, and their hashes agree.
//!
//! A large store is hashed in steps, of a pinned view, while writes and compactions go on.

use std::ops::Bound;

use bytes::Bytes;

use super::history::KeyHistory;
use super::key::Key;
use super::version::{Version, VersionId};
use super::{Pin, Store};
use crate::checksum::{crc32c, crc32c_append};
use crate::command::HashKvReply;
use crate::error::Error;
use crate::id::Revision;

impl Store {
    /// Hashes the store at a revision, 0 for the newest, in one go: about two microseconds for
    /// each version. [`Store::begin_hash`] does it in steps.
    ///
    /// # Errors
    /// [`Error::Compacted`] below the compact revision, [`Error::FutureRevision`] above the
    /// newest.
    pub fn hash_kv(&self, revision: Revision) -> Result<HashKvReply, Error> {
        let revision = self.hashable(revision)?;
        let mut hasher = Hasher::new(revision, self.compact_revision());
        loop {
            if let Some(reply) = self.go_on_hashing(&mut hasher, usize::MAX) {
                return Ok(reply);
            }
        }
    }

    /// Begins to hash the store at a revision, 0 for the newest, while writes and compactions go
    /// on. To be gone on with by [`Store::hash_step`], and given back by [`Store::end_hash`].
    ///
    /// # Errors
    /// As [`Store::hash_kv`].
    pub fn begin_hash(&mut self, revision: Revision) -> Result<Hashing, Error> {
        let revision = self.hashable(revision)?;
        let pin = self.pin();
        Ok(Hashing {
            hasher: Hasher::new(revision, pin.compact_revision()),
            pin,
        })
    }

    /// Goes through at most `budget` versions.
    pub fn hash_step(&self, hashing: &mut Hashing, budget: usize) -> HashStep {
        if !self.pins.holds(&hashing.pin) {
            return HashStep::Lost;
        }
        match self.go_on_hashing(&mut hashing.hasher, budget) {
            Some(reply) => HashStep::Done(reply),
            None => HashStep::More,
        }
    }

    /// Gives a hash back, done or not.
    pub fn end_hash(&mut self, hashing: Hashing) {
        self.unpin(hashing.pin);
    }

    fn hashable(&self, revision: Revision) -> Result<Revision, Error> {
        if revision.0 > 0 && revision < self.compact_revision() {
            return Err(Error::Compacted);
        }
        if revision > self.revision {
            return Err(Error::FutureRevision);
        }
        Ok(if revision.0 <= 0 {
            self.revision
        } else {
            revision
        })
    }

    /// What was written at each revision above one, as far as it is stored: a checksum over the
    /// versions of each, ascending. Equal on members that have written the same.
    pub(crate) fn written_after(&self, revision: Revision) -> Vec<(Revision, u32)> {
        let mut written: Vec<(Revision, u32)> = Vec::new();
        let mut buffer = Vec::new();
        let above = VersionId::first_of(Revision(revision.0.saturating_add(1)));
        for (id, record) in self.records.range(above..) {
            let history = self.keys.get(&Key::from(&record.key));
            let Some((version, _)) = history.and_then(|history| history.find(id)) else {
                continue;
            };
            buffer.clear();
            write_record(&mut buffer, &record.key, version);
            match written.last_mut() {
                Some((last, hash)) if *last == id.main => *hash = crc32c_append(*hash, &buffer),
                _ => written.push((id.main, crc32c(&buffer))),
            }
        }
        written
    }

    /// Goes through at most `budget` keys or versions; answers the hash when that was all.
    fn go_on_hashing(&self, hasher: &mut Hasher, budget: usize) -> Option<HashKvReply> {
        let mut left = budget;
        let none_is_alive = match hasher.none_is_alive {
            Some(known) => known,
            None => {
                let known = self.look_for_life(hasher, &mut left)?;
                hasher.none_is_alive = Some(known);
                known
            }
        };
        let last = VersionId::last_of(hasher.revision);
        for (id, record) in self.records.range(hasher.next..=last) {
            if left == 0 {
                hasher.next = id;
                return None;
            }
            left -= 1;
            let found = self.keys.get(&Key::from(&record.key)).and_then(|history| {
                let (version, _) = history.find(id)?;
                let is_hashed = hasher.wants(history, version, none_is_alive);
                is_hashed.then_some(version)
            });
            if let Some(version) = found {
                hasher.add(&record.key, version);
            }
        }
        Some(hasher.reply())
    }

    /// Whether no key is alive at the hashed revision; nothing when the budget ends before it is
    /// known.
    fn look_for_life(&self, hasher: &mut Hasher, left: &mut usize) -> Option<bool> {
        let mut last = hasher.looked_until.take();
        let first = last.clone().map_or(Bound::Unbounded, Bound::Excluded);
        for (key, history) in self.keys.range((first, Bound::Unbounded)) {
            if *left == 0 {
                hasher.looked_until = last;
                return None;
            }
            *left -= 1;
            if history.at(hasher.revision).is_some() {
                return Some(false);
            }
            last = Some(key.clone());
        }
        Some(true)
    }
}

/// A hash under way, over a store that goes on.
#[derive(Debug)]
pub struct Hashing {
    pin: Pin,
    hasher: Hasher,
}

/// How a hash goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashStep {
    /// There is more to go through.
    More,
    /// This is it.
    Done(HashKvReply),
    /// The store that it was of has been replaced.
    Lost,
}

/// How far a hash has come.
#[derive(Debug)]
struct Hasher {
    revision: Revision,
    compact_revision: Revision,
    /// Whether no key is alive at the hashed revision, once it is known. Then etcd's list of what
    /// to keep is empty, which it takes for "there is no list": all that compaction left is
    /// hashed.
    none_is_alive: Option<bool>,
    /// Keys looked at to know that.
    looked_until: Option<Key>,
    next: VersionId,
    hash: u32,
    buffer: Vec<u8>,
}

impl Hasher {
    fn new(revision: Revision, compact_revision: Revision) -> Self {
        Self {
            revision,
            compact_revision,
            none_is_alive: None,
            looked_until: None,
            next: VersionId::default(),
            hash: crc32c(BUCKET),
            buffer: Vec::new(),
        }
    }

    /// Whether a version up to the hashed revision counts; at or below the compact revision never
    /// a tombstone, which nobody sees.
    fn wants(&self, history: &KeyHistory, version: &Version, none_is_alive: bool) -> bool {
        if version.id.main > self.compact_revision {
            return true;
        }
        let visible_at = if none_is_alive {
            self.compact_revision
        } else {
            self.revision
        };
        history
            .at(visible_at)
            .is_some_and(|seen| seen.id == version.id)
    }

    fn add(&mut self, key: &Bytes, version: &Version) {
        self.buffer.clear();
        write_record(&mut self.buffer, key, version);
        self.hash = crc32c_append(self.hash, &self.buffer);
    }

    fn reply(&self) -> HashKvReply {
        HashKvReply {
            hash: self.hash,
            compact_revision: self.compact_revision,
            hash_revision: self.revision,
        }
    }
}

/// The name of etcd's bucket, which the hash begins with.
const BUCKET: &[u8] = b"key";

/// A version as etcd's backend has it: revision, then protobuf.
fn write_record(buffer: &mut Vec<u8>, key: &Bytes, version: &Version) {
    buffer.extend_from_slice(&version.id.main.0.to_be_bytes());
    buffer.push(b'_');
    buffer.extend_from_slice(&i64::from(version.id.sub).to_be_bytes());
    if version.is_tombstone() {
        buffer.push(b't');
    }
    write_bytes(buffer, 1, key);
    if version.is_tombstone() {
        return;
    }
    write_number(buffer, 2, version.create_revision.0);
    write_number(buffer, 3, version.id.main.0);
    write_number(buffer, 4, version.version);
    write_bytes(buffer, 5, &version.value);
    write_number(buffer, 6, version.lease.0);
}

/// A field of bytes; empty ones are left out, as proto3 has it.
fn write_bytes(buffer: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    if !bytes.is_empty() {
        buffer.push(field << 3 | 2);
        write_varint(buffer, bytes.len() as u64);
        buffer.extend_from_slice(bytes);
    }
}

/// A field of an `int64`; zero is left out, a negative one is its two's complement.
fn write_number(buffer: &mut Vec<u8>, field: u8, number: i64) {
    if number != 0 {
        buffer.push(field << 3);
        write_varint(buffer, number as u64);
    }
}

fn write_varint(buffer: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        buffer.push((number as u8) | 0x80);
        number >>= 7;
    }
    buffer.push(number as u8);
}
