//! What stands in a machine's files, for a person: made when somebody asks for it.

use super::disk::Disk;
use super::frame::FileFrame;
use crate::disk::DiskImage;
use crate::id::{Index, Revision, Term};
use crate::offline::{LogLine, LogLineKind, log_lines};
use crate::snapshot;

/// A disk at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskView {
    /// The segments of the log, oldest first.
    pub segments: Vec<SegmentView>,
    /// The snapshots, whole or not, in the order of their names.
    pub snapshots: Vec<SnapshotView>,
    /// All other files.
    pub others: Vec<FileFrame>,
}

/// A segment of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentView {
    /// The file.
    pub file: FileFrame,
    /// What stands in it, in order.
    pub records: Vec<RecordView>,
}

/// What stands at one place of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordView {
    /// Where its frame begins.
    pub at_bytes: u64,
    /// Where its frame ends.
    pub end_bytes: u64,
    /// Whether all of it is durable: a crash cannot take it.
    pub is_durable: bool,
    /// What it is; a place that cannot be read says why.
    pub kind: LogLineKind,
}

/// A snapshot's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotView {
    /// The file.
    pub file: FileFrame,
    /// What is in it, or what is wrong with it.
    pub contents: Result<SnapshotContents, String>,
}

/// What is in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotContents {
    /// The last index in it.
    pub index: Index,
    /// That entry's term.
    pub term: Term,
    /// The store's revision.
    pub revision: Revision,
    /// How many bytes each chunk has, in order.
    pub chunks_bytes: Vec<u64>,
}

impl DiskView {
    pub(super) fn of(disk: &Disk) -> Self {
        let image = disk.image();
        let mut lines = log_lines(&image);
        let mut view = Self {
            segments: Vec::new(),
            snapshots: Vec::new(),
            others: Vec::new(),
        };
        for file in disk.files() {
            if file.path.ends_with(".wal") {
                let rest = lines.iter().position(|line| line.file != file.path);
                let own: Vec<LogLine> = match lines.first() {
                    Some(line) if line.file == file.path => {
                        lines.drain(..rest.unwrap_or(lines.len())).collect()
                    }
                    _ => Vec::new(),
                };
                view.segments.push(segment(file, own));
            } else if file.path.contains(".snap") {
                view.snapshots.push(snapshot(file, &image));
            } else {
                view.others.push(file);
            }
        }
        view
    }
}

fn segment(file: FileFrame, lines: Vec<LogLine>) -> SegmentView {
    let places: Vec<u64> = lines.iter().map(|line| line.at_bytes).collect();
    let records = lines.into_iter().enumerate().map(|(at, line)| {
        let mut later = places[at..].iter();
        let end_bytes = later
            .find(|place| **place > line.at_bytes)
            .copied()
            .unwrap_or(file.length_bytes);
        RecordView {
            at_bytes: line.at_bytes,
            end_bytes,
            is_durable: end_bytes <= file.durable_bytes,
            kind: line.kind,
        }
    });
    SegmentView {
        records: records.collect(),
        file,
    }
}

fn snapshot(file: FileFrame, image: &DiskImage) -> SnapshotView {
    let bytes = image.files.get(&file.path).cloned().unwrap_or_default();
    let contents = snapshot::read(&bytes).map(|read| SnapshotContents {
        index: read.header.index,
        term: read.header.term,
        revision: read.header.revision,
        chunks_bytes: read.chunks.iter().map(|chunk| chunk.len() as u64).collect(),
    });
    SnapshotView {
        file,
        contents: contents.map_err(|error| error.to_string()),
    }
}
