//! Reading: ranges of keys at a revision, filtered, sorted, limited.

use std::cmp::Ordering;
use std::ops::Bound;

use bytes::Bytes;

use super::Store;
use super::history::KeyHistory;
use super::key::Key;
use crate::command::{KeyValue, Range, RangeReply, SortOrder, SortTarget};
use crate::error::Error;
use crate::id::Revision;

/// A range's bounds: for a range end of one zero byte, without end.
type KeySpan = (Bound<Key>, Bound<Key>);

impl Store {
    /// [`Store::range`] where `current` is the newest revision: one above the store's own inside
    /// of a transaction that has written.
    pub(super) fn range_within(
        &self,
        range: &Range,
        current: Revision,
    ) -> Result<RangeReply, Error> {
        if range.key.is_empty() {
            return Err(Error::EmptyKey);
        }
        let revision = self.readable(range.revision, current)?;
        let mut found = self
            .scan(&range.key, &range.range_end)
            .filter_map(|(key, history)| Some((key, history.at(revision)?)));
        if range.count_only {
            return Ok(RangeReply {
                count: found.count() as i64,
                ..RangeReply::default()
            });
        }
        let fetch = fetch_count(range);
        let mut key_values: Vec<KeyValue> = found
            .by_ref()
            .take(fetch)
            .map(|(key, version)| version.to_key_value(key))
            .collect();
        let count = key_values.len() as i64 + found.count() as i64;
        key_values.retain(|key_value| passes(range, key_value));
        sort(&mut key_values, range);
        let limit = limit_count(range.limit);
        let more = key_values.len() > limit;
        key_values.truncate(limit);
        if range.keys_only {
            for key_value in &mut key_values {
                key_value.value = Bytes::new();
            }
        }
        Ok(RangeReply {
            key_values,
            more,
            count,
        })
    }

    /// The keys of a range with their histories, deleted ones too, in ascending order.
    pub(super) fn scan<'a>(
        &'a self,
        key: &Bytes,
        range_end: &Bytes,
    ) -> impl Iterator<Item = (&'a Bytes, &'a KeyHistory)> + use<'a> {
        // One key is by far the most frequent, and `get` is one descent where `range` is two.
        let one = range_end
            .is_empty()
            .then(|| self.keys.get_key_value(&Key::from(key)));
        let many = span(key, range_end).map(|span| self.keys.range(span));
        one.flatten()
            .into_iter()
            .chain(many.into_iter().flatten())
            .map(|(key, history)| (key.bytes(), history))
    }

    /// The revision that a request for `asked` reads at.
    fn readable(&self, asked: Revision, current: Revision) -> Result<Revision, Error> {
        if asked > current {
            return Err(Error::FutureRevision);
        }
        let revision = if asked.0 <= 0 { current } else { asked };
        if revision < self.compact_revision() {
            return Err(Error::Compacted);
        }
        Ok(revision)
    }
}

/// The bounds of a range of more than one key; nothing for one key, and nothing for a range that
/// ends before it begins.
fn span(key: &Bytes, range_end: &Bytes) -> Option<KeySpan> {
    let from = |key| Bound::Included(Key::from(key));
    match range_end.as_ref() {
        [] => None,
        [0] => Some((from(key), Bound::Unbounded)),
        _ if range_end <= key => None,
        _ => Some((from(key), Bound::Excluded(Key::from(range_end)))),
    }
}

/// How many key-values to look at: all when they are to be filtered or sorted, else one more than
/// the limit, to know whether there are more.
///
/// As in etcd, an order of `None` with another target than the key takes the first keys of the
/// range and sorts only those.
fn fetch_count(range: &Range) -> usize {
    let needs_all = range.sort_order != SortOrder::None
        || range.min_mod_revision.0 != 0
        || range.max_mod_revision.0 != 0
        || range.min_create_revision.0 != 0
        || range.max_create_revision.0 != 0;
    if needs_all {
        usize::MAX
    } else {
        limit_count(range.limit).saturating_add(1)
    }
}

fn limit_count(limit: i64) -> usize {
    if limit <= 0 {
        usize::MAX
    } else {
        usize::try_from(limit).unwrap_or(usize::MAX)
    }
}

fn passes(range: &Range, key_value: &KeyValue) -> bool {
    let within = |min: Revision, value: Revision, max: Revision| {
        (min.0 == 0 || value >= min) && (max.0 == 0 || value <= max)
    };
    within(
        range.min_mod_revision,
        key_value.mod_revision,
        range.max_mod_revision,
    ) && within(
        range.min_create_revision,
        key_value.create_revision,
        range.max_create_revision,
    )
}

/// Sorts by the target; what is equal there stays in the order of keys.
fn sort(key_values: &mut [KeyValue], range: &Range) {
    let by: fn(&KeyValue, &KeyValue) -> Ordering = match range.sort_target {
        SortTarget::Key if range.sort_order != SortOrder::Descend => return,
        SortTarget::Key => |one, two| one.key.cmp(&two.key),
        SortTarget::Version => |one, two| one.version.cmp(&two.version),
        SortTarget::Create => |one, two| one.create_revision.cmp(&two.create_revision),
        SortTarget::Mod => |one, two| one.mod_revision.cmp(&two.mod_revision),
        SortTarget::Value => |one, two| one.value.cmp(&two.value),
    };
    key_values.sort_by(|one, two| match range.sort_order {
        SortOrder::None | SortOrder::Ascend => by(one, two),
        SortOrder::Descend => by(two, one),
    });
}
