//! Numbers of a member that a scenario can compare.

use crate::member::MemberView;

/// One of a member's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Term,
    Commit,
    Applied,
    Synced,
    Last,
    Snapshot,
    Revision,
    CompactRevision,
    Size,
    SizeInUse,
}

impl Measure {
    /// All names.
    pub(super) const NAMES: [(&'static str, Measure); 10] = [
        ("term", Measure::Term),
        ("commit", Measure::Commit),
        ("applied", Measure::Applied),
        ("synced", Measure::Synced),
        ("last", Measure::Last),
        ("snapshot", Measure::Snapshot),
        ("revision", Measure::Revision),
        ("compact-revision", Measure::CompactRevision),
        ("size", Measure::Size),
        ("size-in-use", Measure::SizeInUse),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        let mut names = Self::NAMES.iter();
        names.find(|(known, _)| *known == name).map(|found| found.1)
    }

    pub(super) fn name(self) -> &'static str {
        let mut names = Self::NAMES.iter();
        let found = names.find(|(_, known)| *known == self);
        found.map_or("", |found| found.0)
    }

    /// Its value; -1 stands for a compaction that never was.
    pub(super) fn of(self, view: &MemberView) -> i128 {
        match self {
            Measure::Term => view.term.0.into(),
            Measure::Commit => view.commit.0.into(),
            Measure::Applied => view.applied.0.into(),
            Measure::Synced => view.synced.0.into(),
            Measure::Last => last(view).into(),
            Measure::Snapshot => view.snapshot.map_or(0, |(index, _)| index.0).into(),
            Measure::Revision => view.revision.0.into(),
            Measure::CompactRevision => view.compact_revision.0.into(),
            Measure::Size => view.size_bytes.into(),
            Measure::SizeInUse => view.size_in_use_bytes.into(),
        }
    }
}

/// The last index of a member's log.
pub(super) fn last(view: &MemberView) -> u64 {
    let last = view.log.last().map(|entry| entry.index);
    last.unwrap_or(view.log_offset).0
}
