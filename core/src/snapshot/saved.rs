//! Snapshots that clients have saved.
//!
//! etcd's clients take what a server sends for a database of whole sectors (512 bytes) with a
//! SHA-256 of it behind, and refuse a file of any other length. So a snapshot on its way to a
//! client is filled up with zeros and followed by the checksum. A file that was copied from a
//! data directory has neither.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::header::Tail;
use super::reader::read_padded;
use super::{SnapshotError, SnapshotFile, SnapshotHeader};
use crate::archive;
use crate::wal::frame;

/// Adds up what is sent to a client, and gives what has to follow it.
#[derive(Clone, Debug, Default)]
pub struct SavedChecksum {
    hasher: Sha256,
    length_bytes: u64,
}

impl SavedChecksum {
    /// Nothing has been sent yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a piece of the snapshot, in order.
    pub fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.length_bytes += bytes.len() as u64;
    }

    /// Zeros up to a whole sector, where the pieces do not end with one, and the checksum of all
    /// before it.
    pub fn finish(mut self) -> Bytes {
        let padding = padding(self.length_bytes);
        self.hasher.update(padding);
        let mut end = padding.to_vec();
        end.extend_from_slice(&self.hasher.finalize());
        end.into()
    }
}

/// The zeros that fill a length up to a whole sector.
pub(crate) fn padding(length_bytes: u64) -> &'static [u8] {
    let odd = length_bytes.wrapping_neg() % SECTOR_BYTES as u64;
    &[0; SECTOR_BYTES][..odd as usize]
}

/// Adds up how long a snapshot will be on its way to a client, before it is made: zeros included,
/// the checksum behind it not, as etcd counts it.
#[derive(Clone, Copy, Debug)]
pub struct SavedSize {
    length_bytes: u64,
}

impl SavedSize {
    /// A snapshot with this header.
    pub fn begin(header: &SnapshotHeader) -> Self {
        Self {
            length_bytes: frame::size_bytes(header.encode().len()),
        }
    }

    /// It has a chunk of so many bytes.
    pub fn chunk(&mut self, size_bytes: usize) {
        self.length_bytes += frame::size_bytes(size_bytes);
    }

    /// It has no more.
    pub fn finish(self) -> u64 {
        let tail = archive::encode(&Tail::default());
        let length_bytes = self.length_bytes + frame::size_bytes(tail.len());
        length_bytes + padding(length_bytes).len() as u64
    }
}

/// Why a saved snapshot cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SavedError {
    /// It is not of the length that a saved snapshot has, so it has no checksum.
    #[error("snapshot missing hash but --skip-hash-check=false")]
    NoChecksum,
    /// It is not what was sent.
    #[error("expected sha256 {expected:?}, got {found:?}")]
    Checksum {
        /// What stands at its end.
        expected: Vec<u8>,
        /// What it is.
        found: Vec<u8>,
    },
    /// The snapshot in it is broken, or newer than this program.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

/// Reads a saved snapshot. Without the check of its checksum a snapshot from a data directory is
/// read too; that it is whole is then known by its own checksums.
///
/// # Errors
/// [`SavedError`].
pub fn read_saved(file: &Bytes, skip_checksum: bool) -> Result<SnapshotFile, SavedError> {
    let has_checksum = file.len() % SECTOR_BYTES == CHECKSUM_BYTES;
    if !has_checksum {
        if !skip_checksum {
            return Err(SavedError::NoChecksum);
        }
        return Ok(read_padded(file)?);
    }
    let (body, expected) = file.split_at(file.len() - CHECKSUM_BYTES);
    let found = Sha256::digest(body).to_vec();
    if found != expected && !skip_checksum {
        let expected = expected.to_vec();
        return Err(SavedError::Checksum { expected, found });
    }
    Ok(read_padded(&file.slice_ref(body))?)
}

/// What a client takes for the smallest sector of a disk.
const SECTOR_BYTES: usize = 512;
/// SHA-256.
const CHECKSUM_BYTES: usize = 32;
