//! Every version that is stored, in the order of writing.

use std::collections::VecDeque;
use std::ops::{Bound, RangeBounds};

use bytes::Bytes;

use super::version::VersionId;

/// Records side by side. To remove one moves those behind it, so not too many; and to find one
/// takes two searches, so not too few.
const CHUNK_LENGTH: usize = 256;

/// What the revision order knows of a version; the rest stands in its key's history.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// The same bytes as in the tree, not a copy.
    pub(super) key: Bytes,
    /// See [`Sizes::add`](super::size::Sizes::add).
    pub(super) freed_bytes: u64,
}

/// Records by their versions. What is new comes behind all others, and what is removed may stand
/// anywhere: a list in chunks is full where a B-tree that grows at its end is half empty, and a
/// store of many keys has one of these for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    /// Ascending, none of them empty.
    chunks: VecDeque<Chunk>,
    count: usize,
}

type Chunk = Vec<(VersionId, Record)>;

impl Records {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Adds one behind all others.
    pub(super) fn push(&mut self, id: VersionId, record: Record) {
        debug_assert!(
            self.last().is_none_or(|last| last < id),
            "versions are written in order"
        );
        self.count += 1;
        match self.chunks.back_mut() {
            Some(chunk) if chunk.len() < CHUNK_LENGTH => chunk.push((id, record)),
            _ => self.chunks.push_back(vec![(id, record)]),
        }
    }

    /// The newest.
    pub(super) fn last(&self) -> Option<VersionId> {
        self.chunks.back()?.last().map(|(id, _)| *id)
    }

    /// Takes the newest out.
    pub(super) fn pop_last(&mut self) -> Option<(VersionId, Record)> {
        let chunk = self.chunks.back_mut()?;
        let record = chunk.pop()?;
        self.count -= 1;
        if chunk.is_empty() {
            self.chunks.pop_back();
        }
        Some(record)
    }

    /// Takes one out; nothing when it is not there.
    pub(super) fn remove(&mut self, id: VersionId) -> Option<Record> {
        let at = self.chunks.partition_point(|chunk| ends_before(chunk, id));
        let chunk = self.chunks.get_mut(at)?;
        let place = chunk.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let (_, record) = chunk.remove(place);
        self.count -= 1;
        self.close_up(at);
        Some(record)
    }

    /// Those within bounds, in order.
    pub(super) fn range(
        &self,
        bounds: impl RangeBounds<VersionId>,
    ) -> impl DoubleEndedIterator<Item = (VersionId, &Record)> {
        let (start, end) = (bounds.start_bound().cloned(), bounds.end_bound().cloned());
        let is_before = move |id: &VersionId| match start {
            Bound::Included(start) => *id < start,
            Bound::Excluded(start) => *id <= start,
            Bound::Unbounded => false,
        };
        let is_within = move |id: &VersionId| match end {
            Bound::Included(end) => *id <= end,
            Bound::Excluded(end) => *id < end,
            Bound::Unbounded => true,
        };
        let first = self
            .chunks
            .partition_point(|chunk| chunk.last().is_some_and(|(id, _)| is_before(id)));
        let until = self
            .chunks
            .partition_point(|chunk| chunk.first().is_some_and(|(id, _)| is_within(id)));
        let chunks = self.chunks.range(first..until.max(first));
        chunks.flat_map(move |chunk| {
            let first = chunk.partition_point(|(id, _)| is_before(id));
            let until = chunk.partition_point(|(id, _)| is_within(id));
            let records = chunk[first..until.max(first)].iter();
            records.map(|(id, record)| (*id, record))
        })
    }

    /// Gives back the room of what was removed from a chunk: a chunk that has become small joins
    /// its neighbour, if both together are not large.
    fn close_up(&mut self, at: usize) {
        if self.length(at) > CHUNK_LENGTH / 4 {
            return;
        }
        let mut neighbours = at.checked_sub(1).into_iter().chain([at]);
        let is_small = |left: usize| {
            let both = self.length(left) + self.length(left + 1);
            both <= CHUNK_LENGTH / 2
        };
        if let Some(left) = neighbours.find(|left| is_small(*left)) {
            let right = self.chunks.remove(left + 1).unwrap_or_default();
            let chunk = &mut self.chunks[left];
            chunk.extend(right);
            chunk.shrink_to(CHUNK_LENGTH / 2);
        } else if self.length(at) == 0 {
            self.chunks.remove(at);
        } else {
            self.chunks[at].shrink_to(CHUNK_LENGTH / 2);
        }
    }

    /// Of a chunk that is not there: too much to join.
    fn length(&self, at: usize) -> usize {
        self.chunks.get(at).map_or(CHUNK_LENGTH, Vec::len)
    }
}

/// In ascending order.
impl FromIterator<(VersionId, Record)> for Records {
    fn from_iter<T: IntoIterator<Item = (VersionId, Record)>>(records: T) -> Self {
        let mut all = Self::default();
        for (id, record) in records {
            all.push(id, record);
        }
        all
    }
}

fn ends_before(chunk: &Chunk, id: VersionId) -> bool {
    chunk.last().is_some_and(|(last, _)| *last < id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::id::Revision;
    use crate::prng::Prng;

    fn id(number: u64) -> VersionId {
        let main = Revision(i64::try_from(number / 3).expect("small"));
        let sub = u32::try_from(number % 3).expect("below 3");
        VersionId { main, sub }
    }

    fn record(number: u64) -> Record {
        Record {
            key: Bytes::new(),
            freed_bytes: number,
        }
    }

    fn ids(records: &Records, bounds: impl RangeBounds<VersionId>) -> Vec<VersionId> {
        records.range(bounds).map(|(id, _)| id).collect()
    }

    #[test]
    fn it_holds_what_a_map_would() {
        let mut prng = Prng::new(7);
        let (mut records, mut map) = (Records::default(), BTreeMap::new());
        let mut next = 0;
        for round in 0..20_000 {
            // Grows, then shrinks.
            let pushes = if round < 8_000 { 7 } else { 3 };
            if prng.below(10) < pushes {
                next += 1 + prng.below(3);
                records.push(id(next), record(next));
                map.insert(id(next), next);
            } else if prng.below(10) == 0 {
                let popped = records
                    .pop_last()
                    .map(|(id, record)| (id, record.freed_bytes));
                assert_eq!(popped, map.pop_last());
            } else {
                let some = id(prng.below(next + 1));
                let removed = records.remove(some).map(|record| record.freed_bytes);
                assert_eq!(removed, map.remove(&some));
            }
            assert_eq!(records.len(), map.len());
            assert_eq!(records.last(), map.keys().last().copied());
            if round % 100 == 0 {
                let (start, end) = (id(prng.below(next + 1)), id(prng.below(next + 9)));
                let end = end.max(start);
                assert_eq!(ids(&records, ..), Vec::from_iter(map.keys().copied()));
                let some: Vec<_> = map.range(start..=end).map(|(id, _)| *id).collect();
                assert_eq!(ids(&records, start..=end), some);
                let some: Vec<_> = map.range(start..end).rev().map(|(id, _)| *id).collect();
                let back: Vec<_> = records.range(start..end).rev().map(|(id, _)| id).collect();
                assert_eq!(back, some);
                let above = (Bound::Excluded(start), Bound::Unbounded);
                let some: Vec<_> = map.range(above).map(|(id, _)| *id).collect();
                assert_eq!(ids(&records, above), some);
            }
        }
        assert!(records.chunks.iter().all(|chunk| !chunk.is_empty()));
    }

    #[test]
    fn what_is_left_of_many_stands_close_together() {
        let mut records: Records = (0..10_000)
            .map(|number| (id(number), record(number)))
            .collect();
        assert_eq!(records.chunks.len(), 10_000_usize.div_ceil(CHUNK_LENGTH));
        for number in (0..10_000).filter(|number| number % 100 != 0) {
            records.remove(id(number)).expect("it is there");
        }
        assert_eq!(records.len(), 100);
        assert!(records.chunks.len() <= 4, "{}", records.chunks.len());
        let room: usize = records.chunks.iter().map(Vec::capacity).sum();
        assert!(room <= 4 * CHUNK_LENGTH, "{room}");
    }
}
