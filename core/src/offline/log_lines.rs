//! A log, line by line, for a person: also one that no member would start from.

use std::fmt;

use crate::disk::DiskImage;
use crate::id::Index;
use crate::member::describe_entry;
use crate::wal::{
    EntryKind, HardState, LogEntry, Metadata, RawRecord, SnapshotMarker, raw_records,
};

/// One thing that stands in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The segment, as a path.
    pub file: String,
    /// Where the frame that holds it begins.
    pub at_bytes: u64,
    /// What it is.
    pub kind: LogLineKind,
}

/// What can stand in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogLineKind {
    /// What a segment opens with: whose log it is, and how far it was.
    Head {
        /// Whose.
        metadata: Metadata,
        /// The last index before it.
        last: Index,
    },
    /// An entry, in words.
    Entry {
        /// The entry.
        entry: LogEntry,
        /// What it asks for.
        words: String,
    },
    /// Term, vote and commit index.
    HardState(HardState),
    /// A snapshot is durable.
    Marker(SnapshotMarker),
    /// From here on the file is as a crash may leave it; a member cuts it off.
    Torn(String),
    /// What had been promised is damaged here; a member would not start.
    Corrupt(String),
}

/// All lines of the segments in an image, oldest first. What is behind a damaged place of a
/// segment is not read; the next segment is.
pub fn log_lines(image: &DiskImage) -> Vec<LogLine> {
    let mut lines = Vec::new();
    for (file, at_bytes, record) in raw_records(image) {
        let line = |kind| LogLine {
            file: file.clone(),
            at_bytes,
            kind,
        };
        match record {
            RawRecord::Head { metadata, last } => {
                lines.push(line(LogLineKind::Head { metadata, last }));
            }
            RawRecord::Batch {
                entries,
                hard_state,
            } => {
                lines.extend(entries.into_iter().map(|entry| {
                    let words = describe_entry(entry.kind == EntryKind::ConfChange, &entry.data);
                    line(LogLineKind::Entry { entry, words })
                }));
                lines.extend(hard_state.map(|state| line(LogLineKind::HardState(state))));
            }
            RawRecord::Marker(marker) => lines.push(line(LogLineKind::Marker(marker))),
            RawRecord::Torn(what) => lines.push(line(LogLineKind::Torn(what))),
            RawRecord::Corrupt(what) => lines.push(line(LogLineKind::Corrupt(what))),
        }
    }
    lines
}

impl fmt::Display for LogLineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head { metadata, last } => write!(f, "{metadata}, log up to index {last}"),
            Self::Entry { words, .. } => f.write_str(words),
            Self::HardState(state) if state.vote == crate::id::MemberId::NONE => {
                write!(f, "no vote, commit {}", state.commit)
            }
            Self::HardState(state) => {
                write!(f, "voted for {}, commit {}", state.vote, state.commit)
            }
            Self::Marker(marker) if marker.replaces_log => {
                f.write_str("a leader's snapshot takes the log's place")
            }
            Self::Marker(_) => f.write_str("a snapshot up to here is durable"),
            Self::Torn(what) => write!(f, "torn end, cut off at the next start: {what}"),
            Self::Corrupt(what) => f.write_str(what),
        }
    }
}
