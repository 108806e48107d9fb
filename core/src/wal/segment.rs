//! Reading one segment: frames one by one, and what a bad one means.

use bytes::Bytes;
use rkyv::Archive;
use rkyv::api::high::{HighDeserializer, HighValidator};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::BoxedError;
use rkyv::{Deserialize, Portable};

use super::WalError;
use super::frame::{self, ALIGNMENT_BYTES, Frame, Place};
use super::record::{
    Batch, FORMAT_VERSION, KIND_BATCH, KIND_HEAD, KIND_MARKER, SegmentHead, SnapshotMarker,
};
use super::segment_name::SegmentName;
use crate::archive;

/// One segment's bytes, and how far they have been read.
pub(crate) struct Segment<'a> {
    pub(crate) name: SegmentName,
    bytes: &'a Bytes,
    at_bytes: u64,
    /// The chain's value there; unknown before the first frame of the first segment.
    chain: Option<u32>,
}

/// A record as read.
#[derive(Debug)]
pub(crate) enum Record {
    Head(SegmentHead),
    Batch(Batch),
    Marker(SnapshotMarker),
}

/// What comes next in a segment.
#[derive(Debug)]
pub(crate) enum Next {
    /// A record, and where its frame begins.
    Record(Record, u64),
    /// The end.
    End,
    /// A bad frame, with the reason, that a crash may have left: nothing says that it had ever
    /// been durable.
    Torn(&'static str),
}

impl<'a> Segment<'a> {
    pub(crate) fn new(name: SegmentName, bytes: &'a Bytes, chain: Option<u32>) -> Self {
        Self {
            name,
            bytes,
            at_bytes: 0,
            chain,
        }
    }

    /// How far the segment has been read: the beginning of the next, or bad, frame.
    pub(crate) fn at_bytes(&self) -> u64 {
        self.at_bytes
    }

    /// The chain's value at [`Segment::at_bytes`].
    pub(crate) fn chain(&self) -> Option<u32> {
        self.chain
    }

    /// Reads the next record. What is wrong beyond doubt is an error.
    pub(crate) fn next(&mut self) -> Result<Next, WalError> {
        let length_bytes = self.bytes.len() as u64;
        if self.at_bytes == length_bytes && length_bytes > 0 {
            return Ok(Next::End);
        }
        let frame = match frame::read(self.bytes, self.place(self.at_bytes)) {
            Ok(frame) if self.chain.is_none_or(|chain| chain == frame.previous) => frame,
            Ok(_) if self.at_bytes == 0 => {
                return Err(self.corrupt("the end of the segment before it is missing"));
            }
            Ok(_) => return self.judge("broken chain"),
            Err(reason) => return self.judge(reason),
        };
        let record = self.record(&frame)?;
        let at_bytes = self.at_bytes;
        self.at_bytes += frame.size_bytes;
        self.chain = Some(frame.checksum);
        Ok(Next::Record(record, at_bytes))
    }

    /// The error that this segment is corrupt where it has been read to.
    pub(crate) fn corrupt(&self, what: impl Into<String>) -> WalError {
        self.corrupt_at(self.at_bytes, what)
    }

    /// The error that this segment is corrupt at a frame.
    pub(crate) fn corrupt_at(&self, at_bytes: u64, what: impl Into<String>) -> WalError {
        WalError::Corrupt {
            file: self.name.path(),
            at_bytes,
            what: what.into(),
        }
    }

    /// Torn or corrupt? Corrupt, if any good frame behind the bad one was written in the
    /// knowledge that the bad one had been synced.
    fn judge(&self, reason: &'static str) -> Result<Next, WalError> {
        let length_bytes = self.bytes.len() as u64;
        let behind = (self.at_bytes..length_bytes)
            .step_by(ALIGNMENT_BYTES)
            .skip(1);
        for at_bytes in behind {
            if self.synced_mark(at_bytes) > Some(self.at_bytes) {
                let what = format!("{reason}, though synced before byte {at_bytes} was written");
                return Err(self.corrupt(what));
            }
        }
        Ok(Next::Torn(reason))
    }

    /// The synced mark of the frame at an offset, if there is a good one.
    fn synced_mark(&self, at_bytes: u64) -> Option<u64> {
        let start = usize::try_from(at_bytes).ok()?;
        // Cheap first: every offset of a long tail comes by here.
        if !is_kind(*self.bytes.get(start + 4)?) {
            return None;
        }
        let frame = frame::read(self.bytes, self.place(at_bytes)).ok()?;
        let mark = u64::from_le_bytes(*frame.body.first_chunk()?);
        Some(mark).filter(|mark| *mark <= at_bytes)
    }

    fn record(&self, frame: &Frame) -> Result<Record, WalError> {
        if frame.version > FORMAT_VERSION {
            return Err(WalError::NewerFormat {
                file: self.name.path(),
                version: frame.version,
                known: FORMAT_VERSION,
            });
        }
        if frame.version != FORMAT_VERSION {
            return Err(self.corrupt(format!("format {} never was", frame.version)));
        }
        let (kind, first) = (frame.kind, self.at_bytes == 0);
        if !is_kind(kind) || (kind == KIND_HEAD) != first {
            return Err(self.corrupt(format!("a record of kind {kind} does not belong here")));
        }
        let archive = frame.body.get(MARK_BYTES..);
        let archive = archive.ok_or_else(|| self.corrupt("a record without a synced mark"))?;
        Ok(match kind {
            KIND_HEAD => Record::Head(self.decode(archive)?),
            KIND_BATCH => Record::Batch(self.decode(archive)?),
            _ => Record::Marker(self.decode(archive)?),
        })
    }

    fn decode<T>(&self, bytes: &[u8]) -> Result<T, WalError>
    where
        T: Archive,
        T::Archived: Portable
            + for<'b> CheckBytes<HighValidator<'b, BoxedError>>
            + Deserialize<T, HighDeserializer<BoxedError>>,
    {
        archive::decode(bytes).map_err(|reason| self.corrupt(reason))
    }

    fn place(&self, at_bytes: u64) -> Place {
        Place {
            file: self.name.sequence,
            at_bytes,
        }
    }
}

fn is_kind(kind: u8) -> bool {
    [KIND_HEAD, KIND_BATCH, KIND_MARKER].contains(&kind)
}

/// The synced mark stands before every archive.
const MARK_BYTES: usize = size_of::<u64>();

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::BytesMut;

    use super::*;
    use crate::disk::DiskImage;
    use crate::prng::Prng;
    use crate::wal::{WalOptions, recover};

    /// A segment whose checksums are right, whatever is in it.
    fn segment(frames: &[(u8, u8, Vec<u8>)]) -> DiskImage {
        let mut out = BytesMut::new();
        let mut chain = 0;
        for (kind, version, body) in frames {
            let place = Place {
                file: 0,
                at_bytes: out.len() as u64,
            };
            chain = frame::write(&mut out, (*kind, *version), place, chain, &[body]);
        }
        let path = SegmentName::FIRST.path();
        DiskImage {
            files: [(path, out.freeze())].into(),
        }
    }

    fn head() -> Vec<u8> {
        let (_, operations) = crate::wal::Wal::create(
            crate::wal::Metadata {
                member: crate::id::MemberId(1),
                cluster: crate::id::ClusterId(2),
            },
            WalOptions::default(),
        );
        let append = operations
            .into_iter()
            .find_map(|operation| match operation {
                crate::disk::DiskOperation::Append { bytes, .. } => Some(bytes),
                _ => None,
            });
        let place = Place {
            file: 0,
            at_bytes: 0,
        };
        let frame = frame::read(&append.unwrap(), place).unwrap();
        frame.body.to_vec()
    }

    fn read(frames: &[(u8, u8, Vec<u8>)]) -> Result<u64, WalError> {
        let image = segment(frames);
        recover(&image, None, WalOptions::default()).map(|log| log.last_index().0)
    }

    #[test]
    fn hostile_archives_with_right_checksums_do_not_panic() {
        let mut refused = 0;
        for seed in 0..20_000 {
            let mut prng = Prng::new(seed);
            let bound = *prng.choose(&[2, 16, 256]).unwrap();
            let length = prng.below(120);
            let mut body: Vec<u8> = (0..length).map(|_| prng.below(bound) as u8).collect();
            let kind = *prng.choose(&[KIND_HEAD, KIND_BATCH, KIND_MARKER]).unwrap();
            let mut frames = vec![(KIND_HEAD, FORMAT_VERSION, head())];
            if kind == KIND_HEAD {
                // A good head with a few bytes changed.
                body = head();
                let at = prng.below(body.len() as u64) as usize;
                body[at] ^= prng.bits() as u8;
                frames.clear();
            }
            frames.push((kind, FORMAT_VERSION, body));
            refused += u32::from(read(&frames).is_err());
        }
        assert!(refused > 10_000, "only {refused} refused");
    }

    #[test]
    fn a_newer_format_is_named() {
        let head = (KIND_HEAD, FORMAT_VERSION, head());
        assert_eq!(read(std::slice::from_ref(&head)), Ok(0));
        let newer = (99, FORMAT_VERSION + 1, vec![0; 9]);
        let error = read(&[head.clone(), newer]).unwrap_err();
        assert!(
            matches!(error, WalError::NewerFormat { version: 2, .. }),
            "{error}"
        );
        for wrong in [
            (KIND_BATCH, 0, vec![0; 9]),
            (99, FORMAT_VERSION, vec![0; 9]),
            (KIND_BATCH, FORMAT_VERSION, vec![0; 7]),
            head.clone(),
        ] {
            let error = read(&[head.clone(), wrong]).unwrap_err();
            assert!(matches!(error, WalError::Corrupt { .. }), "{error}");
        }
    }

    #[test]
    fn a_mark_beyond_its_own_frame_is_no_evidence() {
        let mut body = u64::MAX.to_le_bytes().to_vec();
        body.push(0);
        let mut image = segment(&[
            (KIND_HEAD, FORMAT_VERSION, head()),
            (KIND_BATCH, FORMAT_VERSION, vec![0; 9]),
            (KIND_BATCH, FORMAT_VERSION, body),
        ]);
        for bytes in image.files.values_mut() {
            let mut damaged = bytes.to_vec();
            let at = damaged.len() - 60;
            damaged[at] ^= 1;
            *bytes = damaged.into();
        }
        let log = recover(&image, None, WalOptions::default());
        assert!(log.is_ok_and(|log| log.repair.is_some()));
    }
}
