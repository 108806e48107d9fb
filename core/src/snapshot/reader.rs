//! Reading a snapshot: all of it is checked before any of it is believed.

use bytes::Bytes;

use crate::archive;
use crate::wal::frame::{self, Frame, Place};

use super::header::{KIND_CHUNK, KIND_HEADER, KIND_TAIL, PLACE_FILE, Tail, check_version};
use super::{SnapshotError, SnapshotHeader};

/// A snapshot that was read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFile {
    /// What it says about itself.
    pub header: SnapshotHeader,
    /// The store's bytes, in order; parts of the file, not copies.
    pub chunks: Vec<Bytes>,
}

/// Reads the bytes of a snapshot file.
///
/// # Errors
/// [`SnapshotError`], for any bytes but those that a [`super::SnapshotWriter`] wrote.
pub fn read(file: &Bytes) -> Result<SnapshotFile, SnapshotError> {
    let (snapshot, end_bytes) = read_front(file)?;
    if end_bytes != file.len() as u64 {
        return Err(broken(end_bytes, "something follows its end"));
    }
    Ok(snapshot)
}

/// Reads a snapshot that is followed by zeros, or by nothing.
pub(super) fn read_padded(file: &Bytes) -> Result<SnapshotFile, SnapshotError> {
    let (snapshot, end_bytes) = read_front(file)?;
    let rest = usize::try_from(end_bytes)
        .ok()
        .and_then(|end| file.get(end..));
    if rest.is_none_or(|rest| rest.iter().any(|byte| *byte != 0)) {
        return Err(broken(end_bytes, "something follows its end"));
    }
    Ok(snapshot)
}

/// Reads the snapshot that a file begins with; tells where it ends.
fn read_front(file: &Bytes) -> Result<(SnapshotFile, u64), SnapshotError> {
    let mut frames = Frames {
        file,
        chain: 0,
        at_bytes: 0,
    };
    let (_, first) = frames.next()?;
    if first.kind != KIND_HEADER {
        return Err(broken(0, "it does not begin with a header"));
    }
    let header = SnapshotHeader::decode(&first.body)?;
    let mut chunks = Vec::new();
    let mut tail = Tail::default();
    loop {
        let (at_bytes, frame) = frames.next()?;
        match frame.kind {
            KIND_CHUNK => {
                tail.chunks += 1;
                tail.chunk_bytes += frame.body.len() as u64;
                chunks.push(frame.body);
            }
            KIND_TAIL => {
                let found: Tail =
                    archive::decode(&frame.body).map_err(|what| broken(at_bytes, what))?;
                if found != tail {
                    return Err(broken(at_bytes, "it ends with another count of chunks"));
                }
                break;
            }
            kind => {
                let what = format!("a frame of kind {kind} does not belong here");
                return Err(broken(at_bytes, what));
            }
        }
    }
    Ok((SnapshotFile { header, chunks }, frames.at_bytes))
}

/// The frames of a file, one by one.
struct Frames<'a> {
    file: &'a Bytes,
    chain: u32,
    at_bytes: u64,
}

impl Frames<'_> {
    fn next(&mut self) -> Result<(u64, Frame), SnapshotError> {
        let at_bytes = self.at_bytes;
        let place = Place {
            file: PLACE_FILE,
            at_bytes,
        };
        let frame = frame::read(self.file, place).map_err(|what| broken(at_bytes, what))?;
        if frame.previous != self.chain {
            return Err(broken(at_bytes, "broken chain"));
        }
        check_version(frame.version, at_bytes)?;
        self.chain = frame.checksum;
        self.at_bytes += frame.size_bytes;
        Ok((at_bytes, frame))
    }
}

fn broken(at_bytes: u64, what: impl Into<String>) -> SnapshotError {
    SnapshotError::Broken {
        at_bytes,
        what: what.into(),
    }
}
