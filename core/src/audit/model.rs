//! The simplest store that does what etcd's API says: every version of every key in a list.
//!
//! Written apart from `crate::mvcc`, so that a mistake there is not made here again.

use std::cmp::Ordering;

use bytes::Bytes;

use super::history::contains;
use crate::collections::BTreeMap;
use crate::collections::InOrder;
use crate::command::{
    Command, Compare, CompareOutcome, CompareTarget, DeleteRange, DeleteRangeReply, KeyValue, Put,
    PutReply, Range, RangeReply, Reply, RequestOp, ResponseOp, SortOrder, SortTarget, Txn,
    TxnReply,
};
use crate::id::{LeaseId, Revision};

/// A store with all its history. Nothing in it is ever compacted.
#[derive(Clone, Debug)]
pub struct Model {
    revision: Revision,
    keys: BTreeMap<Bytes, Vec<Version>>,
    /// What was written at each revision, from 2 on.
    changes: Vec<Vec<Change>>,
    /// What the running operation has written.
    open: Vec<Change>,
}

/// One change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key.
    pub key: Bytes,
    /// What it is from then on; nothing when it was deleted.
    pub now: Option<KeyValue>,
    /// What it was before the whole operation.
    pub before: Option<KeyValue>,
}

#[derive(Clone, Debug)]
struct Version {
    revision: Revision,
    /// Nothing for a deletion.
    key_value: Option<KeyValue>,
}

impl Default for Model {
    /// Empty, at revision 1.
    fn default() -> Self {
        Self {
            revision: Revision(1),
            keys: BTreeMap::new(),
            changes: Vec::new(),
            open: Vec::new(),
        }
    }
}

impl Model {
    /// The newest revision.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// What was written at a revision, in order.
    pub fn changes_at(&self, revision: Revision) -> &[Change] {
        let at = usize::try_from(revision.0.saturating_sub(2)).ok();
        at.and_then(|at| self.changes.get(at))
            .map_or(&[], Vec::as_slice)
    }

    /// A key at a revision.
    pub fn at(&self, key: &Bytes, revision: Revision) -> Option<&KeyValue> {
        let versions = self.keys.get(key)?;
        let found = versions
            .iter()
            .rev()
            .find(|version| version.revision <= revision)?;
        found.key_value.as_ref()
    }

    /// The keys that are attached to a lease, in ascending order.
    pub fn keys_of(&self, lease: LeaseId) -> Vec<Bytes> {
        self.keys
            .keys()
            .filter(|key| {
                self.at(key, self.revision)
                    .is_some_and(|live| live.lease == lease)
            })
            .cloned()
            .collect()
    }

    /// All leases that a key is attached to.
    pub fn leases(&self) -> Vec<LeaseId> {
        let mut leases: Vec<LeaseId> = self
            .keys
            .keys()
            .filter_map(|key| Some(self.at(key, self.revision)?.lease))
            .filter(|lease| *lease != LeaseId(0))
            .collect();
        leases.order();
        leases.dedup();
        leases
    }

    /// Carries an operation out at the next revision. The revision moves on if it wrote. Nothing
    /// when it is none of the store, or fails.
    pub fn carry_out(&mut self, command: &Command) -> Option<Reply> {
        let reply = match command {
            Command::Range(range) => self.range(range).map(Reply::Range),
            Command::Put(put) => self.put(put).map(Reply::Put),
            Command::DeleteRange(delete) => Some(Reply::DeleteRange(self.delete(delete))),
            Command::Txn(txn) => {
                let branches = self.decide(txn);
                self.txn(&branches).map(Reply::Txn)
            }
            Command::LeaseRevoke(lease) => {
                self.expire(*lease);
                return Some(Reply::LeaseRevoke);
            }
            _ => None,
        };
        if reply.is_some() {
            self.commit();
        } else {
            self.roll_back();
        }
        reply
    }

    /// Ends a lease: its keys are deleted at one revision, if there are any.
    pub fn expire(&mut self, lease: LeaseId) {
        for key in self.keys_of(lease) {
            self.write(key, None);
        }
        self.commit();
    }

    /// Takes back all that was written after a revision.
    pub fn undo_to(&mut self, revision: Revision) {
        while self.revision > revision {
            for change in self.changes.pop().unwrap_or_default() {
                self.pop_version(&change.key, self.revision);
            }
            self.revision.0 -= 1;
        }
    }

    fn commit(&mut self) {
        if !self.open.is_empty() {
            self.changes.push(std::mem::take(&mut self.open));
            self.revision.0 += 1;
        }
    }

    fn roll_back(&mut self) {
        for change in std::mem::take(&mut self.open) {
            self.pop_version(&change.key, self.next());
        }
    }

    fn pop_version(&mut self, key: &Bytes, revision: Revision) {
        if let Some(versions) = self.keys.get_mut(key) {
            versions.pop_if(|version| version.revision == revision);
        }
    }

    fn next(&self) -> Revision {
        Revision(self.revision.0 + 1)
    }

    /// The newest revision as the running operation sees it.
    fn current(&self) -> Revision {
        if self.open.is_empty() {
            self.revision
        } else {
            self.next()
        }
    }

    fn write(&mut self, key: Bytes, now: Option<KeyValue>) {
        let before = self.at(&key, self.revision).cloned();
        let version = Version {
            revision: self.next(),
            key_value: now.clone(),
        };
        self.keys.entry(key.clone()).or_default().push(version);
        self.open.push(Change { key, now, before });
    }

    fn range(&self, range: &Range) -> Option<RangeReply> {
        let current = self.current();
        let revision = if range.revision.0 > 0 {
            range.revision
        } else {
            current
        };
        if revision > current {
            return None;
        }
        let mut found: Vec<KeyValue> = self
            .keys_within(&range.key, &range.range_end)
            .filter_map(|key| self.at(key, revision).cloned())
            .collect();
        let count = found.len() as i64;
        if range.count_only {
            found.clear();
        }
        let limit = usize::try_from(range.limit).ok().filter(|limit| *limit > 0);
        // With no order asked for, the first keys are taken and only then sorted.
        let is_plain = range.sort_order == SortOrder::None && !is_filtered(range);
        if let (Some(limit), true) = (limit, is_plain) {
            found.truncate(limit + 1);
        }
        found.retain(|key_value| passes(range, key_value));
        sort(&mut found, range);
        let more = limit.is_some_and(|limit| found.len() > limit);
        found.truncate(limit.unwrap_or(usize::MAX));
        if range.keys_only {
            for key_value in &mut found {
                key_value.value = Bytes::new();
            }
        }
        Some(RangeReply {
            key_values: found,
            more,
            count,
        })
    }

    fn keys_within(&self, first: &Bytes, end: &Bytes) -> impl Iterator<Item = &Bytes> {
        let (first, end) = (first.clone(), end.clone());
        self.keys
            .range(first.clone()..)
            .map(|(key, _)| key)
            .take_while(move |key| contains(&first, &end, key))
    }

    fn put(&mut self, put: &Put) -> Option<PutReply> {
        let live = self.at(&put.key, self.current()).cloned();
        if live.is_none() && (put.ignore_value || put.ignore_lease) {
            return None;
        }
        let old = live.clone().unwrap_or_else(|| KeyValue {
            create_revision: self.next(),
            ..KeyValue::default()
        });
        let now = KeyValue {
            key: put.key.clone(),
            create_revision: old.create_revision,
            mod_revision: self.next(),
            version: old.version + 1,
            value: if put.ignore_value {
                old.value
            } else {
                put.value.clone()
            },
            lease: if put.ignore_lease {
                old.lease
            } else {
                put.lease
            },
        };
        self.write(put.key.clone(), Some(now));
        Some(PutReply {
            previous: live.filter(|_| put.previous),
        })
    }

    fn delete(&mut self, delete: &DeleteRange) -> DeleteRangeReply {
        let current = self.current();
        let doomed: Vec<KeyValue> = self
            .keys_within(&delete.key, &delete.range_end)
            .filter_map(|key| self.at(key, current).cloned())
            .collect();
        for key_value in &doomed {
            self.write(key_value.key.clone(), None);
        }
        DeleteRangeReply {
            deleted: doomed.len() as i64,
            previous: if delete.previous { doomed } else { Vec::new() },
        }
    }

    /// All comparisons, nested ones too, are decided before anything is written.
    fn decide<'a>(&self, txn: &'a Txn) -> Branch<'a> {
        let succeeded = txn.compare.iter().all(|compare| self.holds(compare));
        let operations = txn.branch(succeeded);
        let nested = operations.iter().filter_map(|operation| match operation {
            RequestOp::Txn(txn) => Some(self.decide(txn)),
            _ => None,
        });
        Branch {
            succeeded,
            operations,
            nested: nested.collect(),
        }
    }

    fn holds(&self, compare: &Compare) -> bool {
        let mut live = self
            .keys_within(&compare.key, &compare.range_end)
            .filter_map(|key| self.at(key, self.revision))
            .peekable();
        if live.peek().is_none() {
            let is_value = matches!(compare.target, CompareTarget::Value(_));
            return !is_value && meets(compare, &KeyValue::default());
        }
        live.all(|key_value| meets(compare, key_value))
    }

    fn txn(&mut self, branch: &Branch<'_>) -> Option<TxnReply> {
        let mut nested = branch.nested.iter();
        let mut responses = Vec::new();
        for operation in branch.operations {
            responses.push(match operation {
                RequestOp::Range(range) => ResponseOp::Range(self.range(range)?),
                RequestOp::Put(put) => ResponseOp::Put(self.put(put)?),
                RequestOp::DeleteRange(delete) => ResponseOp::DeleteRange(self.delete(delete)),
                RequestOp::Txn(_) => ResponseOp::Txn(self.txn(nested.next()?)?),
            });
        }
        Some(TxnReply {
            succeeded: branch.succeeded,
            responses,
        })
    }
}

/// A transaction whose comparisons are decided.
struct Branch<'a> {
    succeeded: bool,
    operations: &'a [RequestOp],
    nested: Vec<Branch<'a>>,
}

fn is_filtered(range: &Range) -> bool {
    [
        range.min_mod_revision,
        range.max_mod_revision,
        range.min_create_revision,
        range.max_create_revision,
    ]
    .iter()
    .any(|bound| bound.0 != 0)
}

fn passes(range: &Range, key_value: &KeyValue) -> bool {
    let within = |min: Revision, value: Revision, max: Revision| {
        (min.0 == 0 || min <= value) && (max.0 == 0 || value <= max)
    };
    let (changed, created) = (key_value.mod_revision, key_value.create_revision);
    within(range.min_mod_revision, changed, range.max_mod_revision)
        && within(
            range.min_create_revision,
            created,
            range.max_create_revision,
        )
}

fn sort(found: &mut [KeyValue], range: &Range) {
    found.order_by(|one, two| {
        let ordering = match range.sort_target {
            SortTarget::Key => one.key.cmp(&two.key),
            SortTarget::Version => one.version.cmp(&two.version),
            SortTarget::Create => one.create_revision.cmp(&two.create_revision),
            SortTarget::Mod => one.mod_revision.cmp(&two.mod_revision),
            SortTarget::Value => one.value.cmp(&two.value),
        };
        match range.sort_order {
            SortOrder::None | SortOrder::Ascend => ordering,
            SortOrder::Descend => ordering.reverse(),
        }
    });
}

fn meets(compare: &Compare, stored: &KeyValue) -> bool {
    let ordering = match &compare.target {
        CompareTarget::Version(version) => stored.version.cmp(version),
        CompareTarget::Create(revision) => stored.create_revision.cmp(revision),
        CompareTarget::Mod(revision) => stored.mod_revision.cmp(revision),
        CompareTarget::Value(value) => stored.value.cmp(value),
        CompareTarget::Lease(lease) => stored.lease.cmp(lease),
    };
    match compare.outcome {
        CompareOutcome::Equal => ordering == Ordering::Equal,
        CompareOutcome::NotEqual => ordering != Ordering::Equal,
        CompareOutcome::Greater => ordering == Ordering::Greater,
        CompareOutcome::Less => ordering == Ordering::Less,
    }
}
