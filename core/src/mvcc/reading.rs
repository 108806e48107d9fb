//! One range, read a step at a time.
//!
//! Keys are looked at in ascending order, once each. What is sorted is sorted as it comes, so that
//! no step is longer than another, and what is beyond the limit is let go at once.

use std::cmp::Reverse;

use bytes::Bytes;

use super::Store;
use super::walk::Walk;
use crate::collections::BTreeMap;
use crate::command::{KeyValue, Range, RangeReply, SortOrder, SortTarget};
use crate::error::Error;
use crate::id::Revision;

/// A range under way.
#[derive(Debug)]
pub(super) struct Reading {
    range: Range,
    /// What it is read at.
    revision: Revision,
    walk: Walk,
    /// Keys that there are, whatever the filters and the limit.
    count: usize,
    /// Of those that the answer is chosen from: how many pass the filters.
    passed: usize,
    /// Those of them that are in the answer so far; sorted ones stand in `ranked` first.
    found: Vec<KeyValue>,
    ranked: BTreeMap<Rank, KeyValue>,
}

/// The state that a range is read in.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// The newest revision: one above the store's own in a transaction that has written.
    pub(super) newest: Revision,
    /// Below this nothing can be read.
    pub(super) compacted: Revision,
}

/// Where a key-value comes in the answer; those that are equal in what they are sorted by come in
/// the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Ascending(SortedBy, usize),
    Descending(Reverse<SortedBy>, usize),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SortedBy {
    Number(i64),
    Bytes(Bytes),
}

impl Reading {
    /// Begins.
    ///
    /// # Errors
    /// [`Error::EmptyKey`]; [`Error::Compacted`], [`Error::FutureRevision`] where the revision
    /// cannot be read.
    pub(super) fn begin(range: &Range, view: View) -> Result<Self, Error> {
        if range.key.is_empty() {
            return Err(Error::EmptyKey);
        }
        Ok(Self {
            revision: readable(range.revision, view)?,
            walk: Walk::over(&range.key, &range.range_end),
            range: range.clone(),
            count: 0,
            passed: 0,
            found: Vec::new(),
            ranked: BTreeMap::new(),
        })
    }

    /// Looks at so many keys; true when that was all.
    pub(super) fn step(&mut self, store: &Store, budget: &mut usize) -> bool {
        let limit = limit_count(self.range.limit);
        let fetch = fetch_count(&self.range);
        for (key, history) in store.ahead(&self.walk) {
            if *budget == 0 {
                self.walk.go_on_at(key.clone());
                return false;
            }
            *budget -= 1;
            let Some(version) = history.at(self.revision) else {
                continue;
            };
            self.count += 1;
            if self.range.count_only || self.count > fetch {
                continue;
            }
            let key_value = version.to_key_value(key.bytes());
            if passes(&self.range, &key_value) {
                self.passed += 1;
                self.take(key_value, limit);
            }
        }
        self.walk = Walk::Over;
        while let Some((_, key_value)) = self.ranked.pop_first() {
            self.found.push(key_value);
            *budget = budget.saturating_sub(1);
            if *budget == 0 && !self.ranked.is_empty() {
                return false;
            }
        }
        true
    }

    /// What was found.
    pub(super) fn reply(self) -> RangeReply {
        let limit = limit_count(self.range.limit);
        RangeReply {
            key_values: self.found,
            more: self.passed > limit,
            count: self.count as i64,
        }
    }

    fn take(&mut self, mut key_value: KeyValue, limit: usize) {
        let rank = self.rank(&key_value);
        if self.range.keys_only {
            key_value.value = Bytes::new();
        }
        let Some(rank) = rank else {
            if self.found.len() < limit {
                self.found.push(key_value);
            }
            return;
        };
        self.ranked.insert(rank, key_value);
        if self.ranked.len() > limit {
            self.ranked.pop_last();
        }
    }

    /// Nothing where the order is that of the keys.
    fn rank(&self, key_value: &KeyValue) -> Option<Rank> {
        let is_descending = self.range.sort_order == SortOrder::Descend;
        let by = match self.range.sort_target {
            SortTarget::Key if !is_descending => return None,
            SortTarget::Key => SortedBy::Bytes(key_value.key.clone()),
            SortTarget::Version => SortedBy::Number(key_value.version),
            SortTarget::Create => SortedBy::Number(key_value.create_revision.0),
            SortTarget::Mod => SortedBy::Number(key_value.mod_revision.0),
            SortTarget::Value => SortedBy::Bytes(key_value.value.clone()),
        };
        Some(if is_descending {
            Rank::Descending(Reverse(by), self.passed)
        } else {
            Rank::Ascending(by, self.passed)
        })
    }
}

/// The revision that a request for `asked` reads at.
fn readable(asked: Revision, view: View) -> Result<Revision, Error> {
    if asked > view.newest {
        return Err(Error::FutureRevision);
    }
    let revision = if asked.0 <= 0 { view.newest } else { asked };
    if revision < view.compacted {
        return Err(Error::Compacted);
    }
    Ok(revision)
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
