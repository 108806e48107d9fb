//! The axis of revisions: which are shown, and where on it a key's versions lie.

use quorate_core::id::Revision;
use quorate_core::member::StoreView;
use quorate_core::mvcc::{KeyView, Version};

/// Most revisions that are shown; of more, the last.
const SHOWN: i64 = 24;

/// The revisions that are shown, from the first to the store's newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Revisions {
    first: i64,
    last: i64,
}

impl Revisions {
    /// The axis of a store.
    pub(crate) fn of(store: &StoreView) -> Self {
        let versions = store.keys.iter().flat_map(|key| &key.versions);
        let oldest = versions.map(|version| version.id.main.0).min();
        let last = store.revision.0;
        Self {
            first: oldest.unwrap_or(last).max(last + 1 - SHOWN).min(last),
            last,
        }
    }

    /// All of them.
    pub(crate) fn shown(self) -> impl Iterator<Item = Revision> {
        (self.first..=self.last).map(Revision)
    }

    /// A key's lane: how many revisions each version stands for, nothing where there is none. One
    /// that began before the axis goes on into it.
    pub(crate) fn cells(self, key: &KeyView) -> Vec<(i64, Option<&Version>)> {
        let mut cells: Vec<(i64, Option<&Version>)> = Vec::new();
        let mut at = self.first;
        for (position, version) in key.versions.iter().enumerate() {
            let from = version.id.main.0.max(self.first);
            let next = key.versions.get(position + 1);
            let until = match next {
                _ if version.is_tombstone() => version.id.main.0 + 1,
                Some(next) => next.id.main.0,
                None => self.last + 1,
            };
            if until <= from {
                continue;
            }
            if from > at {
                cells.push((from - at, None));
            }
            cells.push((until - from, Some(version)));
            at = until;
        }
        if at <= self.last {
            cells.push((self.last + 1 - at, None));
        }
        cells
    }

    /// How far along the axis a revision is, in a hundred.
    pub(crate) fn share(self, revision: Revision) -> f64 {
        let length = (self.last + 1 - self.first).max(1) as f64;
        (100.0 * (revision.0 - self.first) as f64 / length).clamp(0.0, 100.0)
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::mvcc::VersionId;

    use super::*;

    fn version(revision: i64, version: i64) -> Version {
        Version {
            id: VersionId {
                main: Revision(revision),
                sub: 0,
            },
            version,
            ..Version::default()
        }
    }

    fn store(revision: i64, versions: Vec<Version>) -> StoreView {
        StoreView {
            revision: Revision(revision),
            compact_revision: Revision(-1),
            keys: vec![KeyView {
                key: (&b"x"[..]).into(),
                versions,
            }],
            key_count: 1,
            watches: Vec::new(),
        }
    }

    #[test]
    fn a_lane_fills_the_axis() {
        let store = store(
            9,
            vec![version(2, 1), version(4, 2), version(6, 0), version(8, 1)],
        );
        let axis = Revisions::of(&store);
        let cells = axis.cells(&store.keys[0]);
        let spans: Vec<(i64, bool)> = cells
            .iter()
            .map(|(span, version)| (*span, version.is_some()))
            .collect();
        // 2–3, 4–5, the deletion at 6, nothing at 7, and 8–9.
        assert_eq!(
            spans,
            [(2, true), (2, true), (1, true), (1, false), (2, true)]
        );
        assert_eq!(axis.share(Revision(10)), 100.0);
        assert_eq!(axis.share(Revision(2)), 0.0);
    }

    #[test]
    fn what_began_before_the_axis_goes_on_into_it() {
        let store = store(100, vec![version(2, 1), version(90, 2)]);
        let axis = Revisions::of(&store);
        assert_eq!(axis.shown().count(), 24);
        let spans: Vec<i64> = axis
            .cells(&store.keys[0])
            .iter()
            .map(|cell| cell.0)
            .collect();
        assert_eq!(spans, [13, 11]);
    }
}
