//! Sets of keys given as ranges, for telling whether a put falls under a deletion.

use crate::collections::{BTreeMap, BTreeSet};

/// Single keys, and ranges that neither touch nor overlap one another.
#[derive(Debug, Default)]
pub(super) struct IntervalSet<'a> {
    points: BTreeSet<&'a [u8]>,
    /// First key → end.
    ranges: BTreeMap<&'a [u8], &'a [u8]>,
}

impl<'a> IntervalSet<'a> {
    /// Adds a range, given as in [`crate::command::Range`], except that one without end (a range
    /// end of one zero byte) adds nothing: etcd does not see it either, since it compares the
    /// zero byte as a key, and a transaction that deletes everything and puts anew works there.
    pub(super) fn add(&mut self, key: &'a [u8], range_end: &'a [u8]) {
        if range_end.is_empty() {
            self.points.insert(key);
        } else if key < range_end {
            self.add_range(key, range_end);
        }
    }

    /// Adds all of another set.
    pub(super) fn append(&mut self, other: IntervalSet<'a>) {
        self.points.extend(other.points);
        for (start, end) in other.ranges {
            self.add_range(start, end);
        }
    }

    /// Whether a key is in it.
    pub(super) fn contains(&self, key: &[u8]) -> bool {
        let before = self.ranges.range(..=key).next_back();
        self.points.contains(key) || before.is_some_and(|(_, end)| key < *end)
    }

    fn add_range(&mut self, mut start: &'a [u8], mut end: &'a [u8]) {
        // Every range that begins at or before our end and ends at or after our start melts in.
        while let Some((&other_start, &other_end)) = self.ranges.range(..=end).next_back() {
            if other_end < start {
                break;
            }
            self.ranges.remove(other_start);
            start = start.min(other_start);
            end = end.max(other_end);
        }
        self.ranges.insert(start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_melt_together() {
        let mut set = IntervalSet::default();
        set.add(b"b", b"d");
        set.add(b"f", b"h");
        set.add(b"x", b"z");
        assert!(!set.contains(b"e"));
        set.add(b"c", b"f");
        assert_eq!(set.ranges.len(), 2);
        assert!(!set.contains(b"a"));
        assert!(set.contains(b"b"));
        assert!(set.contains(b"e"));
        assert!(!set.contains(b"h"));
        assert!(set.contains(b"y"));
    }

    #[test]
    fn a_range_that_ends_before_it_begins_holds_nothing() {
        let mut set = IntervalSet::default();
        set.add(b"d", b"b");
        set.add(b"d", b"d");
        set.add(b"d", b"\0");
        assert!(!set.contains(b"c"));
        assert!(!set.contains(b"d"));
    }

    #[test]
    fn a_single_key_is_no_prefix() {
        let mut set = IntervalSet::default();
        set.add(b"a", b"");
        assert!(set.contains(b"a"));
        assert!(!set.contains(b"a\0"));
    }
}
