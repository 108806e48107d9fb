//! The names of segments: `{sequence:016x}-{index:016x}.wal`, as etcd's.

use std::fmt;

use crate::disk::WAL_DIRECTORY;
use crate::id::Index;
use crate::limits::TERM_OR_INDEX_MAX;

/// A segment's name: which one it is, and the index of the entry that was to come next when it
/// was begun (the last saved index + 1; 0 for the first segment).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SegmentName {
    pub(crate) sequence: u64,
    pub(crate) index: Index,
}

impl SegmentName {
    /// The first segment's.
    pub(crate) const FIRST: SegmentName = SegmentName {
        sequence: 0,
        index: Index(0),
    };

    /// The path in the data directory.
    pub(crate) fn path(self) -> String {
        format!("{WAL_DIRECTORY}/{self}")
    }

    /// The name in a path; nothing when it is no segment's.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let name = path.strip_prefix(WAL_DIRECTORY)?.strip_prefix('/')?;
        let (sequence, index) = name.strip_suffix(".wal")?.split_once('-')?;
        let sequence = hexadecimal(sequence)?;
        let index = Index(hexadecimal(index)?);
        Some(Self { sequence, index })
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}.wal", self.sequence, self.index.0)
    }
}

/// Sixteen lower-case digits, below the largest index there may be, so that adding one is safe.
pub(crate) fn hexadecimal(digits: &str) -> Option<u64> {
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if digits.len() != 16 || !digits.bytes().all(lower) {
        return None;
    }
    u64::from_str_radix(digits, 16)
        .ok()
        .filter(|number| *number <= TERM_OR_INDEX_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        let name = SegmentName {
            sequence: 2,
            index: Index(0x2000),
        };
        let path = "member/wal/0000000000000002-0000000000002000.wal";
        assert_eq!(name.path(), path);
        assert_eq!(SegmentName::parse(path), Some(name));
    }

    #[test]
    fn what_is_no_segment_is_left_alone() {
        for path in [
            "member/wal/0.tmp",
            "member/wal/2-2000.wal",
            "member/wal/000000000000000A-0000000000000000.wal",
            "member/wal/+000000000000000-0000000000000000.wal",
            "member/wal/ffffffffffffffff-0000000000000000.wal",
            "member/snap/0000000000000000-0000000000000000.wal",
            "member/wal/0000000000000000-0000000000000000.wal.broken",
        ] {
            assert_eq!(SegmentName::parse(path), None, "{path}");
        }
    }
}
