//! HashKV: one number over all that is stored, equal on members that store the same.
//!
//! etcd hashes the raw records of its backend, so this module writes down what those would be:
//! the revision as 17 bytes (18 for a tombstone) and the version as a `mvccpb.KeyValue`.

use bytes::Bytes;

use super::Store;
use super::history::KeyHistory;
use super::key::Key;
use super::version::{Version, VersionId};
use crate::checksum::{crc32c, crc32c_append};
use crate::command::HashKvReply;
use crate::error::Error;
use crate::id::Revision;

impl Store {
    /// Hashes the store at a revision, 0 for the newest: etcd's `HashKV`, the same number.
    ///
    /// In it are all versions up to the revision that compaction has not forgotten; of those at
    /// or below the compact revision, only what is still visible at the hashed revision. A
    /// tombstone exactly at the compact revision is left out: older versions of etcd remove it,
    /// newer ones do not, and their hashes agree.
    ///
    /// Goes through the whole store: about two microseconds for each version.
    ///
    /// # Errors
    /// [`Error::Compacted`] below the compact revision, [`Error::FutureRevision`] above the
    /// newest.
    pub fn hash_kv(&self, revision: Revision) -> Result<HashKvReply, Error> {
        let compact_revision = self.compact_revision();
        if revision.0 > 0 && revision < compact_revision {
            return Err(Error::Compacted);
        }
        if revision > self.revision {
            return Err(Error::FutureRevision);
        }
        let hash_revision = if revision.0 <= 0 {
            self.revision
        } else {
            revision
        };
        let mut hash = crc32c(BUCKET);
        let mut buffer = Vec::new();
        let is_hashed = self.hash_filter(hash_revision);
        for (&id, record) in self.records.range(..=VersionId::last_of(hash_revision)) {
            let found = self.keys.get(&Key::from(&record.key)).and_then(|history| {
                let (version, _) = history.find(id)?;
                is_hashed(history, version).then_some(version)
            });
            if let Some(version) = found {
                buffer.clear();
                write_record(&mut buffer, &record.key, version);
                hash = crc32c_append(hash, &buffer);
            }
        }
        Ok(HashKvReply {
            hash,
            compact_revision,
            hash_revision,
        })
    }

    /// What was written at each revision above one, as far as it is stored: a checksum over the
    /// versions of each, ascending. Equal on members that have written the same.
    pub(crate) fn written_after(&self, revision: Revision) -> Vec<(Revision, u32)> {
        let mut written: Vec<(Revision, u32)> = Vec::new();
        let mut buffer = Vec::new();
        let above = VersionId::first_of(Revision(revision.0.saturating_add(1)));
        for (&id, record) in self.records.range(above..) {
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

    /// Which versions up to the hashed revision count; at or below the compact revision never a
    /// tombstone, which nobody sees.
    fn hash_filter(
        &self,
        hash_revision: Revision,
    ) -> impl Fn(&KeyHistory, &Version) -> bool + use<> {
        let compact_revision = self.compact_revision();
        // When no key is alive at the revision etcd's list of what to keep is empty, which it
        // takes for "there is no list": then all that compaction left is hashed.
        let none_is_alive = self
            .keys
            .values()
            .all(|key| key.at(hash_revision).is_none());
        move |history, version| {
            if version.id.main > compact_revision {
                return true;
            }
            let visible_at = if none_is_alive {
                compact_revision
            } else {
                hash_revision
            };
            history
                .at(visible_at)
                .is_some_and(|seen| seen.id == version.id)
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
