//! The bytes of a snapshot, piece by piece.

use bytes::{Bytes, BytesMut};

use crate::archive;
use crate::wal::frame::{self, Place};

use super::SnapshotHeader;
use super::header::{FORMAT_VERSION, KIND_CHUNK, KIND_HEADER, KIND_TAIL, PLACE_FILE, Tail};

/// Makes the bytes of one snapshot: the header's, those of each chunk, and the tail's, one behind
/// the other, wherever they go.
#[derive(Clone, Debug, Default)]
pub struct SnapshotEncoder {
    chain: u32,
    written_bytes: u64,
    tail: Tail,
}

impl SnapshotEncoder {
    /// Begins a snapshot; the bytes are its first.
    pub fn begin(header: &SnapshotHeader) -> (Self, Bytes) {
        let mut encoder = Self::default();
        let first = encoder.frame(KIND_HEADER, &header.encode());
        (encoder, first)
    }

    /// A chunk, of about [`crate::limits::SNAPSHOT_CHUNK_SIZE_BYTES`].
    pub fn chunk(&mut self, bytes: &[u8]) -> Bytes {
        self.tail.chunks += 1;
        self.tail.chunk_bytes += bytes.len() as u64;
        self.frame(KIND_CHUNK, bytes)
    }

    /// The last bytes.
    pub fn finish(&mut self) -> Bytes {
        let tail = archive::encode(&self.tail);
        self.frame(KIND_TAIL, &tail)
    }

    /// How many bytes there have been.
    pub fn written_bytes(&self) -> u64 {
        self.written_bytes
    }

    fn frame(&mut self, kind: u8, body: &[u8]) -> Bytes {
        let mut bytes = BytesMut::new();
        let place = Place {
            file: PLACE_FILE,
            at_bytes: self.written_bytes,
        };
        let what = (kind, FORMAT_VERSION);
        self.chain = frame::write(&mut bytes, what, place, self.chain, &[body]);
        self.written_bytes += bytes.len() as u64;
        bytes.freeze()
    }
}
