//! What is in a snapshot.

use bytes::Bytes;

use crate::checksum::crc32c_append;
use crate::id::{LeaseId, Revision};
use crate::member::restore_file;
use crate::mvcc::{CheckpointChunk, Store};
use crate::snapshot::SnapshotFile;

/// A snapshot in a few numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// CRC-32C over the header and all chunks: equal for equal snapshots.
    pub hash: u32,
    /// The store's revision.
    pub revision: Revision,
    /// Up to where it is compacted; -1 if it never was.
    pub compact_revision: Revision,
    /// Keys that are there at that revision.
    pub keys: u64,
    /// Versions of keys, deletions included.
    pub versions: u64,
    /// Leases.
    pub leases: u64,
}

/// Sums a snapshot up.
///
/// # Errors
/// A chunk that is none, though its checksum is right.
pub fn summarize(file: &SnapshotFile) -> Result<Summary, String> {
    let mut summary = Summary {
        hash: crc32c_append(0, &file.header.encode()),
        revision: file.header.revision,
        compact_revision: file.header.compact_revision,
        leases: file.header.leases.len() as u64,
        ..Summary::default()
    };
    // A key's versions may be spread over chunks: its last one says whether it is there.
    let mut last: Option<(Bytes, bool)> = None;
    for bytes in &file.chunks {
        summary.hash = crc32c_append(summary.hash, bytes);
        for line in lines_of(bytes)? {
            summary.versions += 1;
            let is_next = last.as_ref().is_some_and(|(key, _)| *key != line.key);
            if is_next && last.take().is_some_and(|(_, is_there)| is_there) {
                summary.keys += 1;
            }
            last = Some((line.key, line.value.is_some()));
        }
    }
    summary.keys += u64::from(last.is_some_and(|(_, is_there)| is_there));
    Ok(summary)
}

/// One version of a key in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// The key.
    pub key: Bytes,
    /// When it was written, and which write of that transaction it was.
    pub revision: (Revision, u32),
    /// Since when the key is there; 0 for a deletion.
    pub create_revision: Revision,
    /// How many times it was written since then; 0 for a deletion.
    pub version: i64,
    /// The lease it hangs on, 0 for none.
    pub lease: LeaseId,
    /// The value; nothing for a deletion.
    pub value: Option<Bytes>,
}

/// All versions in a snapshot, in the order of keys, then of revisions.
///
/// # Errors
/// As [`summarize`].
pub fn key_lines(file: &SnapshotFile) -> impl Iterator<Item = Result<KeyLine, String>> {
    file.chunks.iter().flat_map(|bytes| match lines_of(bytes) {
        Ok(lines) => lines.into_iter().map(Ok).collect(),
        Err(reason) => vec![Err(reason)],
    })
}

fn lines_of(bytes: &[u8]) -> Result<Vec<KeyLine>, String> {
    let chunk = CheckpointChunk::decode(bytes).map_err(|error| error.to_string())?;
    let line = |key: &Bytes, version: crate::mvcc::Version| KeyLine {
        key: key.clone(),
        revision: (version.id.main, version.id.sub),
        create_revision: version.create_revision,
        version: version.version,
        lease: version.lease,
        value: (!version.is_tombstone()).then_some(version.value),
    };
    Ok(chunk
        .keys
        .into_iter()
        .flat_map(|entry| {
            let versions = entry.versions.into_iter();
            versions
                .map(|version| line(&entry.key, version))
                .collect::<Vec<_>>()
        })
        .collect())
}

/// The store that a snapshot is of.
///
/// # Errors
/// What is wrong with it, though its checksums are right.
pub fn store_of(file: SnapshotFile) -> Result<Store, String> {
    Ok(restore_file(file)?.store)
}
