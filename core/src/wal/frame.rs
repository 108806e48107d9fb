//! The frame around every record: length, kind, version and a checksum, outside the archive.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | length of the body in bytes, without padding |
//! | 4 | 1 | kind |
//! | 5 | 1 | format version of the body |
//! | 6 | 2 | zero |
//! | 8 | 4 | the checksum of the frame before this one: the chain |
//! | 12 | 4 | checksum |
//! | 16 | … | body, then zeros up to a multiple of 8 |
//!
//! The checksum is CRC-32C, run on from the one before it over this frame's [`Place`], bytes
//! 0..8, the body and the padding. The chain makes a frame vouch for all before it; the place
//! makes a frame that stands where it was not written (a stale sector, a copied file) a bad one;
//! naming the one before lets a frame be checked on its own, which telling a torn end from a
//! corrupt middle rests on. Numbers are little-endian.

use bytes::{BufMut, Bytes, BytesMut};

use crate::checksum::crc32c_append;
use crate::limits::RECORD_SIZE_BYTES_MAX;

/// Where a frame stands: part of what its checksum covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// A number that tells this file from its like: a segment's sequence, 0 in a snapshot.
    pub(crate) file: u64,
    /// The frame's first byte in the file.
    pub(crate) at_bytes: u64,
}

/// A frame whose checksum is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// What the body is.
    pub(crate) kind: u8,
    /// In which version of the format it is written.
    pub(crate) version: u8,
    /// The chain's value before this frame.
    pub(crate) previous: u32,
    /// The chain's value after it.
    pub(crate) checksum: u32,
    /// The record.
    pub(crate) body: Bytes,
    /// Length of the whole frame, padding included.
    pub(crate) size_bytes: u64,
}

/// Adds a frame and gives the chain's next value. The body comes in parts, one behind the other.
pub(crate) fn write(
    out: &mut BytesMut,
    (kind, version): (u8, u8),
    place: Place,
    previous: u32,
    body: &[&[u8]],
) -> u32 {
    let length_bytes: usize = body.iter().map(|part| part.len()).sum();
    let length = u32::try_from(length_bytes)
        .ok()
        .filter(|length| *length <= RECORD_SIZE_BYTES_MAX)
        .expect("records are split long before they grow to the largest that is read");
    let head = head(length, kind, version);
    let padding = &[0u8; ALIGNMENT_BYTES][..padding_bytes(length_bytes)];
    let parts = body.iter().copied().chain([padding]);
    let checksum = checksum(place, previous, &head, parts.clone());
    out.reserve(HEADER_BYTES + length_bytes + padding.len());
    out.put_slice(&head);
    out.put_u32_le(previous);
    out.put_u32_le(checksum);
    for part in parts {
        out.put_slice(part);
    }
    checksum
}

/// Reads the frame that begins at `place.at_bytes`, or says what is wrong with it.
pub(crate) fn read(file: &Bytes, place: Place) -> Result<Frame, &'static str> {
    let start = usize::try_from(place.at_bytes).map_err(|_| "beyond the end")?;
    let bytes = file.get(start..).ok_or("beyond the end")?;
    let header = bytes.get(..HEADER_BYTES).ok_or("incomplete header")?;
    let length = number(header, 0);
    if length > RECORD_SIZE_BYTES_MAX {
        return Err("impossible length");
    }
    let length_bytes = length as usize;
    let size_bytes = HEADER_BYTES + length_bytes + padding_bytes(length_bytes);
    let rest = bytes
        .get(HEADER_BYTES..size_bytes)
        .ok_or("incomplete record")?;
    let (kind, version) = (header[4], header[5]);
    let (previous, found) = (number(header, 8), number(header, 12));
    if checksum(place, previous, &header[..8], [rest]) != found {
        return Err("wrong checksum");
    }
    // Zeros are bytes too: a checksum over what must be nothing would let it be something.
    if header[6..8] != [0, 0] || rest[length_bytes..].iter().any(|byte| *byte != 0) {
        return Err("padding is not zero");
    }
    let body_start = start + HEADER_BYTES;
    Ok(Frame {
        kind,
        version,
        previous,
        checksum: found,
        body: file.slice(body_start..body_start + length_bytes),
        size_bytes: size_bytes as u64,
    })
}

/// How long the whole frame of a body is.
pub(crate) fn size_bytes(body_bytes: usize) -> u64 {
    (HEADER_BYTES + body_bytes + padding_bytes(body_bytes)) as u64
}

fn head(length: u32, kind: u8, version: u8) -> [u8; 8] {
    let [a, b, c, d] = length.to_le_bytes();
    [a, b, c, d, kind, version, 0, 0]
}

fn checksum<'a>(
    place: Place,
    previous: u32,
    head: &[u8],
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> u32 {
    let mut checksum = crc32c_append(previous, &place.file.to_le_bytes());
    checksum = crc32c_append(checksum, &place.at_bytes.to_le_bytes());
    checksum = crc32c_append(checksum, head);
    for part in parts {
        checksum = crc32c_append(checksum, part);
    }
    checksum
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn padding_bytes(length_bytes: usize) -> usize {
    length_bytes.wrapping_neg() % ALIGNMENT_BYTES
}

/// Bytes before the body.
pub(crate) const HEADER_BYTES: usize = 16;
/// Frames begin at multiples of this.
pub(crate) const ALIGNMENT_BYTES: usize = 8;
