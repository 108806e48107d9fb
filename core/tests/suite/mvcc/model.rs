//! The store as one would write it without a thought for speed: the list of all writes.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use bytes::Bytes;
use quorate_core::command::{
    Command, Compare, CompareOutcome, CompareTarget, DeleteRange, DeleteRangeReply, KeyValue, Put,
    PutReply, Range, RangeReply, Reply, RequestOp, ResponseOp, SortOrder, SortTarget, Txn,
    TxnReply,
};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, Revision};

/// What is alive at one revision.
type State = BTreeMap<Bytes, KeyValue>;

/// All that was ever written.
#[derive(Clone)]
pub(super) struct Model {
    pub(super) revision: i64,
    pub(super) compact_revision: i64,
    /// Main revision, key, and the value or nothing for a deletion.
    writes: Vec<(i64, Bytes, Option<Bytes>)>,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            revision: 1,
            compact_revision: -1,
            writes: Vec::new(),
        }
    }

    pub(super) fn apply(&mut self, command: &Command) -> Result<Reply, Error> {
        if let Command::Compact(compact) = command {
            let revision = compact.revision.0;
            if revision <= self.compact_revision {
                return Err(Error::Compacted);
            } else if revision > self.revision {
                return Err(Error::FutureRevision);
            }
            self.compact_revision = revision;
            return Ok(Reply::Compact);
        }
        let mut next = self.clone();
        let reply = match command {
            Command::Range(range) => Reply::Range(self.range(range)?),
            Command::Put(put) => Reply::Put(next.put(put)?),
            Command::DeleteRange(delete) => Reply::DeleteRange(next.delete(delete)),
            Command::Txn(txn) => {
                let before = self.state(self.revision);
                self.check(&before, txn)?;
                Reply::Txn(next.txn(&before, txn)?)
            }
            other => panic!("not in the model: {other:?}"),
        };
        if next.writes.len() > self.writes.len() {
            next.revision += 1;
        }
        *self = next;
        Ok(reply)
    }

    /// Reads; inside of a transaction that has written, at the revision being written.
    pub(super) fn range(&self, range: &Range) -> Result<RangeReply, Error> {
        let newest = self.newest();
        let revision = match range.revision.0 {
            asked if asked > newest => return Err(Error::FutureRevision),
            asked if asked <= 0 => newest,
            asked => asked,
        };
        if revision < self.compact_revision {
            return Err(Error::Compacted);
        }
        let state = self.state(revision);
        let mut all = inside(&state, &range.key, &range.range_end);
        let count = all.len() as i64;
        if range.count_only {
            all.clear();
        }
        let is_filtered = range.min_mod_revision.0 != 0
            || range.max_mod_revision.0 != 0
            || range.min_create_revision.0 != 0
            || range.max_create_revision.0 != 0;
        if range.limit > 0 && range.sort_order == SortOrder::None && !is_filtered {
            all.truncate(range.limit as usize + 1);
        }
        all.retain(|kv| {
            (range.min_mod_revision.0 == 0 || kv.mod_revision >= range.min_mod_revision)
                && (range.max_mod_revision.0 == 0 || kv.mod_revision <= range.max_mod_revision)
                && (range.min_create_revision.0 == 0
                    || kv.create_revision >= range.min_create_revision)
                && (range.max_create_revision.0 == 0
                    || kv.create_revision <= range.max_create_revision)
        });
        all.sort_by(|one, two| {
            let ordering = match range.sort_target {
                SortTarget::Key => one.key.cmp(&two.key),
                SortTarget::Version => one.version.cmp(&two.version),
                SortTarget::Create => one.create_revision.cmp(&two.create_revision),
                SortTarget::Mod => one.mod_revision.cmp(&two.mod_revision),
                SortTarget::Value => one.value.cmp(&two.value),
            };
            match range.sort_order {
                SortOrder::Descend => ordering.reverse(),
                SortOrder::None | SortOrder::Ascend => ordering,
            }
        });
        let more = range.limit > 0 && all.len() as i64 > range.limit;
        if more {
            all.truncate(range.limit as usize);
        }
        if range.keys_only {
            all.iter_mut().for_each(|kv| kv.value = Bytes::new());
        }
        Ok(RangeReply {
            key_values: all,
            more,
            count,
        })
    }

    /// The newest main revision that was written, which in a transaction is one above the store's.
    fn newest(&self) -> i64 {
        self.writes
            .last()
            .map_or(self.revision, |(main, _, _)| (*main).max(self.revision))
    }

    fn state(&self, revision: i64) -> State {
        let mut state = State::new();
        for (main, key, value) in self.writes.iter().filter(|(main, _, _)| *main <= revision) {
            match value {
                None => {
                    state.remove(key);
                }
                Some(value) => {
                    let kv = state.entry(key.clone()).or_insert_with(|| KeyValue {
                        key: key.clone(),
                        create_revision: Revision(*main),
                        ..KeyValue::default()
                    });
                    kv.mod_revision = Revision(*main);
                    kv.version += 1;
                    kv.value = value.clone();
                }
            }
        }
        state
    }

    fn put(&mut self, put: &Put) -> Result<PutReply, Error> {
        if put.lease != LeaseId(0) {
            return Err(Error::LeaseNotFound);
        }
        let before = self.state(self.newest()).remove(&put.key);
        if (put.ignore_value || put.ignore_lease) && before.is_none() {
            return Err(Error::KeyNotFound);
        }
        let value = match &before {
            Some(before) if put.ignore_value => before.value.clone(),
            _ => put.value.clone(),
        };
        self.writes
            .push((self.revision + 1, put.key.clone(), Some(value)));
        Ok(PutReply {
            previous: before.filter(|_| put.previous),
        })
    }

    fn delete(&mut self, delete: &DeleteRange) -> DeleteRangeReply {
        let state = self.state(self.newest());
        let doomed = inside(&state, &delete.key, &delete.range_end);
        for kv in &doomed {
            self.writes.push((self.revision + 1, kv.key.clone(), None));
        }
        DeleteRangeReply {
            deleted: doomed.len() as i64,
            previous: if delete.previous { doomed } else { Vec::new() },
        }
    }

    fn check(&self, before: &State, txn: &Txn) -> Result<(), Error> {
        for operation in chosen(before, txn).1 {
            match operation {
                RequestOp::Range(range) if range.revision.0 > self.revision => {
                    return Err(Error::FutureRevision);
                }
                RequestOp::Range(range)
                    if range.revision.0 != 0 && range.revision.0 < self.compact_revision =>
                {
                    return Err(Error::Compacted);
                }
                RequestOp::Put(put) => {
                    let keeps = put.ignore_value || put.ignore_lease;
                    if keeps && !before.contains_key(&put.key) {
                        return Err(Error::KeyNotFound);
                    } else if put.lease != LeaseId(0) {
                        return Err(Error::LeaseNotFound);
                    }
                }
                RequestOp::Txn(nested) => self.check(before, nested)?,
                RequestOp::Range(_) | RequestOp::DeleteRange(_) => {}
            }
        }
        Ok(())
    }

    fn txn(&mut self, before: &State, txn: &Txn) -> Result<TxnReply, Error> {
        let (succeeded, operations) = chosen(before, txn);
        let mut responses = Vec::new();
        for operation in operations {
            responses.push(match operation {
                RequestOp::Range(range) => ResponseOp::Range(self.range(range)?),
                RequestOp::Put(put) => ResponseOp::Put(self.put(put)?),
                RequestOp::DeleteRange(delete) => ResponseOp::DeleteRange(self.delete(delete)),
                RequestOp::Txn(nested) => ResponseOp::Txn(self.txn(before, nested)?),
            });
        }
        Ok(TxnReply {
            succeeded,
            responses,
        })
    }
}

fn chosen<'a>(before: &State, txn: &'a Txn) -> (bool, &'a [RequestOp]) {
    if txn.compare.iter().all(|compare| holds(before, compare)) {
        (true, &txn.success)
    } else {
        (false, &txn.failure)
    }
}

fn holds(before: &State, compare: &Compare) -> bool {
    let mut found = inside(before, &compare.key, &compare.range_end);
    if found.is_empty() {
        if matches!(compare.target, CompareTarget::Value(_)) {
            return false;
        }
        found.push(KeyValue::default());
    }
    found.iter().all(|kv| {
        let ordering = match &compare.target {
            CompareTarget::Version(given) => kv.version.cmp(given),
            CompareTarget::Create(given) => kv.create_revision.cmp(given),
            CompareTarget::Mod(given) => kv.mod_revision.cmp(given),
            CompareTarget::Value(given) => kv.value.cmp(given),
            CompareTarget::Lease(given) => kv.lease.cmp(given),
        };
        match compare.outcome {
            CompareOutcome::Equal => ordering == Ordering::Equal,
            CompareOutcome::NotEqual => ordering != Ordering::Equal,
            CompareOutcome::Greater => ordering == Ordering::Greater,
            CompareOutcome::Less => ordering == Ordering::Less,
        }
    })
}

fn inside(state: &State, key: &Bytes, range_end: &Bytes) -> Vec<KeyValue> {
    let is_inside = |candidate: &Bytes| {
        if range_end.is_empty() {
            candidate == key
        } else {
            candidate >= key && (range_end.as_ref() == [0] || candidate < range_end)
        }
    };
    let found = state.iter().filter(|(candidate, _)| is_inside(candidate));
    found.map(|(_, kv)| kv.clone()).collect()
}
