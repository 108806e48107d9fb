//! All that can be read of a log, also of one that is refused.

use crate::collections::InOrder;
use crate::disk::DiskImage;
use crate::id::Index;

use super::segment::{Next, Record, Segment};
use super::segment_name::SegmentName;
use super::{HardState, LogEntry, Metadata, SnapshotMarker};

/// What a frame holds, or what is wrong where one should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RawRecord {
    Head {
        metadata: Metadata,
        last: Index,
    },
    Batch {
        entries: Vec<LogEntry>,
        hard_state: Option<HardState>,
    },
    Marker(SnapshotMarker),
    Torn(String),
    Corrupt(String),
}

/// Path, offset and contents of every frame, segment by segment; each is read up to its end or
/// to where it is damaged.
pub(crate) fn raw_records(image: &DiskImage) -> Vec<(String, u64, RawRecord)> {
    let names = image.files.iter().filter_map(|(path, bytes)| {
        let name = SegmentName::parse(path)?;
        Some((name, path, bytes))
    });
    let mut segments: Vec<_> = names.collect();
    segments.order_by_key(|(name, ..)| *name);
    let mut records = Vec::new();
    let mut before: Option<(u64, Option<u32>)> = None;
    for (name, path, bytes) in segments {
        let chain = before
            .filter(|(sequence, _)| sequence + 1 == name.sequence)
            .and_then(|(_, chain)| chain);
        let mut segment = Segment::new(name, bytes, chain);
        let is_whole = loop {
            let here = segment.at_bytes();
            let (at_bytes, record, is_last) = match segment.next() {
                Ok(Next::End) => break true,
                Ok(Next::Record(record, at_bytes)) => (at_bytes, raw(record), false),
                Ok(Next::Torn(what)) => (here, RawRecord::Torn(what.to_owned()), true),
                Err(error) => (here, RawRecord::Corrupt(error.to_string()), true),
            };
            records.push((path.clone(), at_bytes, record));
            if is_last {
                break false;
            }
        };
        before = Some((name.sequence, segment.chain().filter(|_| is_whole)));
    }
    records
}

fn raw(record: Record) -> RawRecord {
    match record {
        Record::Head(head) => RawRecord::Head {
            metadata: head.metadata,
            last: head.state.last,
        },
        Record::Batch(batch) => RawRecord::Batch {
            entries: batch.entries,
            hard_state: batch.hard_state,
        },
        Record::Marker(marker) => RawRecord::Marker(marker),
    }
}
