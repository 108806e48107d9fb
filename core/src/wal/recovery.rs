//! Reading a log back when a member starts.

use bytes::Bytes;

use crate::collections::InOrder;
use crate::disk::{DiskImage, DiskOperation};
use crate::id::Index;

use super::record::SegmentHead;
use super::replay::{Replay, check_number};
use super::segment::{Next, Record, Segment};
use super::segment_name::SegmentName;
use super::writer::{Position, sync_directory};
use super::{HardState, LogEntry, Metadata, SnapshotMarker, Wal, WalError, WalOptions};

/// A log as it was read back.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// Whose log it is.
    pub metadata: Metadata,
    /// The latest hard state, its commit at least that of the latest marker.
    pub hard_state: HardState,
    /// The index before the first of `entries`: 0, or what older segments or a leader's
    /// snapshot took.
    pub base: Index,
    /// All entries that are there, without gaps, the last write of each index. They may reach
    /// behind the newest snapshot: see [`Recovered::entries_after`].
    pub entries: Vec<LogEntry>,
    /// The snapshots that were durable, oldest first.
    pub markers: Vec<SnapshotMarker>,
    /// The writer, waiting for `operations`.
    pub wal: Wal,
    /// To be carried out, and [`Wal::batch_done`] called, before the member tells anybody
    /// anything: what was read may be no more than what the operating system still held in
    /// memory, so it is synced; a torn end is cut off.
    pub operations: Vec<DiskOperation>,
    /// What was cut off.
    pub repair: Option<Repair>,
}

/// The end of a log was damaged as a crash damages it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The file name of the segment.
    pub file: String,
    /// Where it was cut; at 0 the file is removed.
    pub at_bytes: u64,
    /// What was wrong there.
    pub what: String,
}

impl Recovered {
    /// The last index of the log.
    pub fn last_index(&self) -> Index {
        self.wal.last_index()
    }

    /// Whether nothing was ever promised with this log: a crash came between its creation and the
    /// first batch.
    pub fn is_blank(&self) -> bool {
        self.last_index() == Index(0)
            && self.hard_state == HardState::default()
            && self.markers.is_empty()
    }

    /// The entries behind a snapshot (0 for none). An error if the log does not reach back to
    /// it: something is lost that only another member has.
    pub fn entries_after(&self, snapshot: Index) -> Result<&[LogEntry], WalError> {
        if snapshot < self.base {
            let base = self.base;
            return Err(WalError::Gap { snapshot, base });
        }
        let covered = usize::try_from(snapshot.0 - self.base.0).unwrap_or(usize::MAX);
        Ok(self.entries.get(covered..).unwrap_or_default())
    }
}

/// Reads the log of a data directory.
///
/// # Errors
/// [`WalError`]; only [`WalError::Empty`] lets a member begin a new log.
pub fn recover(
    image: &DiskImage,
    expected: Option<Metadata>,
    options: WalOptions,
) -> Result<Recovered, WalError> {
    let mut files = segment_files(image)?;
    let mut repair = None;
    let mut operations = Vec::new();
    if let Some((name, what)) = drop_unfinished(&mut files)? {
        let path = name.path();
        operations = vec![DiskOperation::Remove { path }];
        repair = Some(Repair {
            file: name.to_string(),
            at_bytes: 0,
            what: what.to_owned(),
        });
    }
    let names = files.iter().map(|(name, _)| *name).collect();
    let whole = repair.is_some();
    let read = read_segments(unbroken_run(&files), expected, whole)?;
    if let Some((name, what)) = read.torn {
        let path = name.path();
        let length_bytes = read.written_bytes;
        operations = vec![DiskOperation::Truncate { path, length_bytes }];
        repair = Some(Repair {
            file: name.to_string(),
            at_bytes: read.written_bytes,
            what: what.to_owned(),
        });
    }
    let path = read.last.path();
    operations.push(DiskOperation::Sync { path });
    operations.push(sync_directory());
    let Replay {
        base,
        entries,
        markers,
        state,
        ..
    } = read.replay;
    let position = Position {
        segments: names,
        chain: read.chain,
        written_bytes: read.written_bytes,
        state,
    };
    Ok(Recovered {
        metadata: read.metadata,
        hard_state: state.hard_state,
        base,
        entries,
        markers,
        wal: Wal::continue_at(read.metadata, options, position),
        operations,
        repair,
    })
}

/// A run of segments as read.
struct Read {
    metadata: Metadata,
    replay: Replay,
    last: SegmentName,
    chain: u32,
    written_bytes: u64,
    torn: Option<(SegmentName, &'static str)>,
}

/// Reads segments that follow each other. All but the last must be whole: a segment is begun
/// only when the one before it is synced; `whole` says that the last must be so too.
fn read_segments(
    files: &[(SegmentName, &Bytes)],
    expected: Option<Metadata>,
    whole: bool,
) -> Result<Read, WalError> {
    let mut log: Option<(Metadata, Replay)> = None;
    let mut chain = None;
    let mut end = None;
    for (position, (name, bytes)) in files.iter().enumerate() {
        let mut segment = Segment::new(*name, bytes, chain);
        let mut torn = None;
        loop {
            match segment.next()? {
                Next::End => break,
                Next::Record(record, at_bytes) => {
                    play(&mut log, record, expected, &segment, at_bytes)?;
                }
                Next::Torn(what) if whole || position + 1 < files.len() => {
                    let what = format!("{what}, though a newer segment follows");
                    return Err(segment.corrupt(what));
                }
                Next::Torn(what) => {
                    torn = Some((*name, what));
                    break;
                }
            }
        }
        chain = segment.chain();
        end = Some((*name, segment.at_bytes(), torn));
    }
    let ((metadata, replay), (last, written_bytes, torn), Some(chain)) = (
        log.ok_or(WalError::Empty)?,
        end.ok_or(WalError::Empty)?,
        chain,
    ) else {
        return Err(WalError::Empty);
    };
    Ok(Read {
        metadata,
        replay,
        last,
        chain,
        written_bytes,
        torn,
    })
}

fn play(
    log: &mut Option<(Metadata, Replay)>,
    record: Record,
    expected: Option<Metadata>,
    segment: &Segment<'_>,
    at_bytes: u64,
) -> Result<(), WalError> {
    let played = match (record, log.as_mut()) {
        (Record::Head(head), None) => {
            check_head(&head, segment)?;
            let found = head.metadata;
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                return Err(WalError::OtherMember { found, expected });
            }
            *log = Some((found, Replay::begin(&head)));
            Ok(())
        }
        (Record::Head(head), Some((metadata, replay))) => {
            check_head(&head, segment)?;
            if head.metadata != *metadata || head.state != replay.state {
                Err("its head does not fit the segment before it".to_owned())
            } else {
                Ok(())
            }
        }
        (Record::Batch(batch), Some((_, replay))) => replay.batch(batch),
        (Record::Marker(marker), Some((_, replay))) => replay.marker(marker),
        (_, None) => Err("a segment without a head".to_owned()),
    };
    played.map_err(|what| segment.corrupt_at(at_bytes, what))
}

/// A head says which segment it is; a file under another's name is no segment.
fn check_head(head: &SegmentHead, segment: &Segment<'_>) -> Result<(), WalError> {
    let index = match head.sequence {
        0 => Index(0),
        _ => head.state.last.next(),
    };
    let name = SegmentName {
        sequence: head.sequence,
        index,
    };
    if name != segment.name {
        return Err(segment.corrupt_at(0, format!("it was written as {name}")));
    }
    let HardState { term, commit, .. } = head.state.hard_state;
    let marker = head.state.marker.map_or(Index(0), |marker| marker.index);
    for number in [head.state.last.0, term.0, commit.0, marker.0] {
        check_number(number).map_err(|what| segment.corrupt_at(0, what))?;
    }
    Ok(())
}

/// Takes the newest segment away if a crash cut its making short; gives it and what is wrong.
fn drop_unfinished(
    files: &mut Vec<(SegmentName, &Bytes)>,
) -> Result<Option<(SegmentName, &'static str)>, WalError> {
    let Some((name, bytes)) = files.pop() else {
        return Err(WalError::Empty);
    };
    let mut segment = Segment::new(name, bytes, None);
    let Next::Torn(what) = segment.next()? else {
        files.push((name, bytes));
        return Ok(None);
    };
    match files.last() {
        _ if name.sequence == 0 => Err(WalError::Empty),
        Some((before, _)) if before.sequence + 1 == name.sequence => Ok(Some((name, what))),
        // A segment as new as that has the one before it beside it.
        _ => Err(segment.corrupt(what)),
    }
}

/// The segments that end with the newest and have no gap among them. What is before a gap is
/// left over of a release that a crash undid in part; that nothing needed is missing shows when
/// the log is laid against the snapshot, [`Recovered::entries_after`].
fn unbroken_run<'a, 'b>(files: &'a [(SegmentName, &'b Bytes)]) -> &'a [(SegmentName, &'b Bytes)] {
    let gap = files
        .windows(2)
        .rposition(|pair| pair[0].0.sequence + 1 != pair[1].0.sequence);
    &files[gap.map_or(0, |gap| gap + 1)..]
}

/// The segments of an image, oldest first.
fn segment_files(image: &DiskImage) -> Result<Vec<(SegmentName, &Bytes)>, WalError> {
    let mut files: Vec<(SegmentName, &Bytes)> = image
        .files
        .iter()
        .filter_map(|(path, bytes)| Some((SegmentName::parse(path)?, bytes)))
        .collect();
    files.order_by_key(|(name, _)| *name);
    for pair in files.windows(2) {
        let (older, newer) = (pair[0].0, pair[1].0);
        if older.sequence == newer.sequence {
            let what = format!("{older} has the same sequence number");
            return Err(Segment::new(newer, pair[1].1, None).corrupt(what));
        }
    }
    Ok(files)
}
