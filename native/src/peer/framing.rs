//! Frames on a stream: a length of four bytes, little-endian, then that many bytes.
//!
//! A length of nothing is a sign of life. What is in a frame is the core's, and checked there;
//! here only its length is believed, up to a limit.

use bytes::{Buf, Bytes, BytesMut};
use quorate_core::limits;
use thiserror::Error;

/// Bytes before each frame.
pub(super) const PREFIX_SIZE_BYTES: usize = 4;
/// Reserved at once for a frame, beyond what has come of it: its sender must send what it
/// announces before it has our memory.
const RESERVED_SIZE_BYTES_MAX: usize = 1_024 * 1_024;

/// What goes before a frame on the stream.
pub(super) fn prefix(frame: &[u8]) -> [u8; PREFIX_SIZE_BYTES] {
    u32::try_from(frame.len())
        .expect("the core makes no frame above FRAME_SIZE_BYTES_MAX")
        .to_le_bytes()
}

/// The stream cannot be followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a frame of {size_bytes} bytes, more than the {} allowed",
    limits::FRAME_SIZE_BYTES_MAX
)]
pub(super) struct FrameTooLarge {
    size_bytes: u32,
}

/// Takes frames out of bytes as they come.
#[derive(Default)]
pub(super) struct FrameDecoder {
    /// What was read and not taken yet; the reader appends to it.
    pub(super) buffer: BytesMut,
}

impl FrameDecoder {
    /// A decoder that has been given its first bytes.
    pub(super) fn new(first: &[u8]) -> Self {
        Self {
            buffer: BytesMut::from(first),
        }
    }

    /// The next whole frame; empty for a sign of life, nothing when more bytes are needed.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, FrameTooLarge> {
        let Some(prefix) = self.buffer.first_chunk::<PREFIX_SIZE_BYTES>() else {
            return Ok(None);
        };
        let size_bytes = u32::from_le_bytes(*prefix);
        // Before anything is allocated for it.
        if size_bytes > limits::FRAME_SIZE_BYTES_MAX {
            return Err(FrameTooLarge { size_bytes });
        }
        let size = size_bytes as usize;
        let needed = PREFIX_SIZE_BYTES + size;
        if self.buffer.len() < needed {
            let missing = needed - self.buffer.len();
            self.buffer.reserve(missing.min(RESERVED_SIZE_BYTES_MAX));
            return Ok(None);
        }
        self.buffer.advance(PREFIX_SIZE_BYTES);
        Ok(Some(self.buffer.split_to(size).freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(frames: &[&[u8]]) -> Vec<u8> {
        frames
            .iter()
            .flat_map(|frame| [&prefix(frame), *frame].concat())
            .collect()
    }

    #[test]
    fn frames_come_out_however_the_bytes_came_in() {
        let frames: &[&[u8]] = &[b"one", b"", b"three", &[7; 70_000]];
        let bytes = stream(frames);
        for step in [1, 2, 3, 5, 1_000, bytes.len()] {
            let mut decoder = FrameDecoder::new(b"");
            let mut found = Vec::new();
            for part in bytes.chunks(step) {
                decoder.buffer.extend_from_slice(part);
                while let Some(frame) = decoder.next().expect("good") {
                    found.push(frame);
                }
            }
            assert_eq!(found, frames, "in steps of {step}");
        }
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused_before_it_is_allocated() {
        let too_large = limits::FRAME_SIZE_BYTES_MAX + 1;
        let mut decoder = FrameDecoder::new(&too_large.to_le_bytes());
        assert_eq!(
            decoder.next(),
            Err(FrameTooLarge {
                size_bytes: too_large
            })
        );
        assert!(decoder.buffer.capacity() < 1_024);
    }

    #[test]
    fn a_frame_that_is_only_announced_takes_little() {
        let announced = limits::FRAME_SIZE_BYTES_MAX.to_le_bytes();
        let mut decoder = FrameDecoder::new(&announced);
        assert_eq!(decoder.next(), Ok(None));
        assert!(decoder.buffer.capacity() < 2 * RESERVED_SIZE_BYTES_MAX);
    }
}
