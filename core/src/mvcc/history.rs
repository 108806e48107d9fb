//! The versions of one key.

use std::collections::VecDeque;

use super::version::{Version, VersionId};
use crate::id::Revision;

/// The versions of one key, oldest first; never none.
///
/// Generations are not stored as such: versions that follow one another up to a tombstone are
/// one. Most keys have one version, and most reads want the newest, so that one stands in the
/// tree's own node and the others, if any, elsewhere.
#[derive(Clone, Debug)]
pub(super) struct KeyHistory {
    /// Nothing where there is none.
    older: Option<Box<Older>>,
    newest: Version,
}

/// Ascending, all below the newest. A queue, since compaction takes from the front.
#[derive(Clone, Debug, Default)]
struct Older(VecDeque<Version>);

static NONE: VecDeque<Version> = VecDeque::new();

impl KeyHistory {
    /// A key's first version.
    pub(super) fn new(version: Version) -> Self {
        Self {
            older: None,
            newest: version,
        }
    }

    /// The newest version, be it a tombstone.
    pub(super) fn newest(&self) -> &Version {
        &self.newest
    }

    /// The newest version, unless the key is deleted.
    pub(super) fn live(&self) -> Option<&Version> {
        Some(&self.newest).filter(|version| !version.is_tombstone())
    }

    /// The oldest version that is still there.
    pub(super) fn oldest(&self) -> &Version {
        self.older().front().unwrap_or(&self.newest)
    }

    /// What a read at a revision sees: the newest version at or below it, if no tombstone.
    pub(super) fn at(&self, revision: Revision) -> Option<&Version> {
        let version = if self.newest.id.main <= revision {
            &self.newest
        } else {
            self.older()
                .get(self.older_until(revision).checked_sub(1)?)?
        };
        Some(version).filter(|version| !version.is_tombstone())
    }

    /// What is left of the key when it is compacted at a revision: the newest version at or below
    /// it, unless a tombstone that is strictly below, and all above. Also see the page in `mvcc`.
    pub(super) fn kept_at(&self, compact_revision: Revision) -> impl Iterator<Item = &Version> {
        let superseded = if self.newest.id.main <= compact_revision {
            self.older().len()
        } else {
            self.older_until(compact_revision).saturating_sub(1)
        };
        self.versions()
            .skip(superseded)
            .filter(move |version| !version.is_tombstone() || version.id.main >= compact_revision)
    }

    /// All versions, oldest first.
    pub(super) fn versions(&self) -> impl Iterator<Item = &Version> {
        self.older().iter().chain(std::iter::once(&self.newest))
    }

    /// The versions written at a revision and after it, oldest first.
    pub(super) fn since(&self, revision: Revision) -> impl Iterator<Item = &Version> {
        let before = Revision(revision.0.saturating_sub(1));
        self.older()
            .range(self.older_until(before)..)
            .chain((self.newest.id.main >= revision).then_some(&self.newest))
    }

    /// A version and the one before it.
    pub(super) fn find(&self, id: VersionId) -> Option<(&Version, Option<&Version>)> {
        let all = self.older();
        let older = all.partition_point(|version| version.id < id);
        let version = all.get(older).unwrap_or(&self.newest);
        let before = older.checked_sub(1).and_then(|index| all.get(index));
        (version.id == id).then_some((version, before))
    }

    /// Adds a version above all others.
    pub(super) fn push(&mut self, version: Version) {
        debug_assert!(version.id > self.newest.id, "versions are written in order");
        let older = std::mem::replace(&mut self.newest, version);
        self.older.get_or_insert_default().0.push_back(older);
    }

    /// Takes the newest version back; false, and nothing done, when there is no other.
    pub(super) fn pop_newest(&mut self) -> bool {
        let older = self.older.as_mut();
        let Some(version) = older.and_then(|older| older.0.pop_back()) else {
            return false;
        };
        self.newest = version;
        self.let_go_of_none();
        true
    }

    /// Takes the oldest version if it stands before another; never the last one.
    pub(super) fn pop_oldest_before(&mut self, id: VersionId) -> Option<Version> {
        let older = &mut self.older.as_mut()?.0;
        let version = older.pop_front_if(|version| version.id < id)?;
        self.let_go_of_none();
        Some(version)
    }

    /// A key that was busy once must not keep the room for it forever.
    fn let_go_of_none(&mut self) {
        if self.older().is_empty() {
            self.older = None;
        }
    }

    /// Gives back the room of versions that are gone.
    pub(super) fn shrink(&mut self) {
        if let Some(older) = &mut self.older {
            older.0.shrink_to_fit();
        }
    }

    fn older(&self) -> &VecDeque<Version> {
        self.older.as_ref().map_or(&NONE, |older| &older.0)
    }

    /// Where in `older` the versions above a revision begin.
    fn older_until(&self, revision: Revision) -> usize {
        self.older()
            .partition_point(|version| version.id.main <= revision)
    }
}
