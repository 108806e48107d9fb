//! How often keys have yet to be written, for what was seen of them later to come to be.
//!
//! A key's version counts its writes since it was created. Whoever saw version 7 at one revision
//! and knows that it is 3 now knows of four more writes, the last of them where it was seen. Of
//! those that are not acknowledged each needs a revision of its own, before that one: too few of
//! them left, and the search has gone wrong already (Hall's condition, with deadlines).

use std::cmp::Reverse;

use bytes::Bytes;

use super::conflict::Conflict;
use super::evidence::Evidence;
use super::unknown::{Extent, Unknown, command_of};
use crate::audit::history::ClientOperation;
use crate::audit::model::Model;
use crate::collections::InOrder;
use crate::collections::{BTreeMap, BTreeSet};
use crate::command::{Command, KeyValue, Reply, RequestOp, ResponseOp, Txn, TxnReply};
use crate::id::Revision;

/// What is asked of the revisions without an acknowledged write.
pub(super) struct Demand {
    keys: BTreeMap<Bytes, KeyDemand>,
    /// The revisions without an acknowledged write, in ascending order.
    open: Vec<Revision>,
}

/// What is known of one key.
#[derive(Default)]
struct KeyDemand {
    /// Where acknowledged writes put it, in ascending order.
    acknowledged: Vec<Revision>,
    /// The revisions without an acknowledged write where it may be written, in ascending order.
    open: Vec<Revision>,
    /// The unknown that may put it, by place.
    writers: Vec<usize>,
    /// Whether one of them is a transaction. It may put others at the same revision: what was
    /// seen of those says nothing of this one, and it can take the place of two.
    in_company: bool,
    /// Where it was seen, in ascending order, and how many of its writes are missing above there.
    later: Vec<(Revision, usize)>,
}

/// Writes of a key that are still missing.
struct Missing {
    count: usize,
    /// They stand below this revision.
    before: Revision,
}

impl Demand {
    /// Of some acknowledged writes, and some whose outcome nobody was told.
    pub(super) fn new(
        writes: &BTreeMap<Revision, &ClientOperation>,
        unknown: &[Unknown<'_>],
        evidence: &Evidence,
        last: Revision,
    ) -> Self {
        let mut keys: BTreeMap<Bytes, KeyDemand> = BTreeMap::new();
        for key in evidence.versions().keys() {
            keys.entry(key.clone()).or_default();
        }
        for (revision, operation) in writes {
            for key in keys_put(operation) {
                let of_key = keys.entry(key.clone()).or_default();
                of_key.acknowledged.push(*revision);
            }
        }
        for (at, one) in unknown.iter().enumerate() {
            for key in keys_of_puts(&one.operation.command) {
                let of_key = keys.entry(key).or_default();
                of_key.writers.push(at);
                of_key.in_company |= one.key.is_none();
            }
        }
        let is_open = |revision: &Revision| !writes.contains_key(revision);
        let open: Vec<Revision> = (2..=last.0).map(Revision).filter(is_open).collect();
        for (key, of_key) in &mut keys {
            let in_company = of_key.in_company;
            let may_be_written = |revision: &Revision| match in_company {
                true => !evidence.is_untouched(key, *revision),
                false => evidence.may_write(key, *revision),
            };
            of_key.open = open.iter().copied().filter(may_be_written).collect();
            if let Some(versions) = evidence.versions().get(key) {
                of_key.count_later(versions);
            }
        }
        Self { keys, open }
    }

    /// Whether what was seen later can still come to be; else what that is due to.
    pub(super) fn check(
        &self,
        unknown: &[Unknown<'_>],
        evidence: &Evidence,
        model: &Model,
    ) -> Result<(), Conflict> {
        let revision = model.revision();
        let mut due: Vec<(Revision, usize, &Bytes)> = Vec::new();
        for (key, of_key) in &self.keys {
            if let Some(missing) = of_key.missing(key, evidence, model)? {
                if missing.count > between(&of_key.open, revision, missing.before) {
                    return Err(Conflict::about(Extent::of_keys([key.clone()])));
                }
                of_key.check_writers(key, missing.count, unknown, |one| {
                    !one.is_used && one.floor < missing.before
                })?;
                if !of_key.in_company {
                    due.push((missing.before, missing.count, key));
                }
            }
            let total = of_key.total(key, evidence, model)?;
            of_key.check_writers(key, total, unknown, |one| !one.is_used)?;
        }
        due.order();
        let mut count = 0;
        for (at, (before, of_key, _)) in due.iter().enumerate() {
            count += of_key;
            if count > between(&self.open, revision, *before) {
                let keys = due[..=at].iter().map(|(_, _, key)| (*key).clone());
                return Err(Conflict::about(Extent::of_keys(keys)));
            }
        }
        Ok(())
    }

    /// The smaller, the sooner one of the unknown is to be used: those first that are due first,
    /// then those of keys that have more to spare, then those with the fewest places to stand.
    pub(super) fn urgency(
        &self,
        at: usize,
        unknown: &[Unknown<'_>],
        evidence: &Evidence,
        model: &Model,
    ) -> (Revision, Reverse<usize>, usize) {
        let never = Revision(i64::MAX);
        let key = unknown[at].key.as_ref();
        let Some((key, of_key)) = key.and_then(|key| self.keys.get_key_value(key)) else {
            return (never, Reverse(0), usize::MAX);
        };
        let due = match of_key.missing(key, evidence, model) {
            Ok(Some(missing)) if missing.count > 0 => missing.before,
            _ => never,
        };
        let left = of_key.writers.iter().filter(|at| !unknown[**at].is_used);
        let total = of_key.total(key, evidence, model).unwrap_or_default();
        (
            due,
            Reverse(left.count().saturating_sub(total)),
            between(&of_key.open, model.revision(), never),
        )
    }
}

impl KeyDemand {
    /// Counts what is missing between what was seen.
    fn count_later(&mut self, versions: &BTreeMap<Revision, KeyValue>) {
        let mut count = 0;
        for ((below, old), (revision, new)) in versions.iter().zip(versions.iter().skip(1)).rev() {
            self.later.push((*revision, count));
            let (above, writes) = if old.create_revision == new.create_revision {
                (*below, new.version - old.version - 1)
            } else {
                (Revision(new.create_revision.0 - 1), new.version - 1)
            };
            let acknowledged = between(&self.acknowledged, above, *revision);
            let writes = usize::try_from(writes).unwrap_or_default();
            count += writes.saturating_sub(acknowledged);
        }
        if let Some((revision, _)) = versions.first_key_value() {
            self.later.push((*revision, count));
        }
        self.later.reverse();
    }

    /// How many writes are missing from now on, at least.
    fn total(&self, key: &Bytes, evidence: &Evidence, model: &Model) -> Result<usize, Conflict> {
        let missing = self.missing(key, evidence, model)?;
        let above = match &missing {
            // What was seen there is counted: it is above the last of them.
            Some(missing) => missing.before,
            None => model.revision(),
        };
        let at = self
            .later
            .partition_point(|(revision, _)| *revision < above);
        let later = self.later.get(at).map_or(0, |(_, count)| *count);
        Ok(later + missing.map_or(0, |missing| missing.count))
    }

    /// Whether enough of those are left that may put it.
    fn check_writers(
        &self,
        key: &Bytes,
        count: usize,
        unknown: &[Unknown<'_>],
        is_left: impl Fn(&Unknown<'_>) -> bool,
    ) -> Result<(), Conflict> {
        let left = self.writers.iter().filter(|at| is_left(&unknown[**at]));
        if left.count() >= count {
            return Ok(());
        }
        let mut conflict = Conflict::about(Extent::of_keys([key.clone()]));
        for at in self.writers.iter().filter(|at| unknown[**at].is_used) {
            conflict.add_used(*at);
        }
        Err(conflict)
    }

    /// The writes that are missing before it is seen next, if it is known how many are.
    fn missing(
        &self,
        key: &Bytes,
        evidence: &Evidence,
        model: &Model,
    ) -> Result<Option<Missing>, Conflict> {
        let revision = model.revision();
        let Some(next) = evidence.next_version(key, revision) else {
            return Ok(None);
        };
        let before = next.mod_revision;
        let acknowledged = between(&self.acknowledged, revision, before);
        let live = model.at(key, revision);
        live.filter(|live| live.create_revision == next.create_revision)
            .and_then(|live| usize::try_from(next.version - live.version - 1).ok())
            .and_then(|missing| missing.checked_sub(acknowledged))
            .map(|count| Some(Missing { count, before }))
            .ok_or_else(|| Conflict::about(Extent::of_keys([key.clone()])))
    }
}

/// How many of some revisions lie between two.
fn between(revisions: &[Revision], above: Revision, below: Revision) -> usize {
    let upto = revisions.partition_point(|revision| *revision < below);
    let first = revisions.partition_point(|revision| *revision <= above);
    upto.saturating_sub(first)
}

/// The keys that an acknowledged operation put.
fn keys_put(operation: &ClientOperation) -> Vec<&Bytes> {
    match (&operation.command, operation.done()) {
        (Command::Put(put), Some((_, Reply::Put(_)))) => vec![&put.key],
        (Command::Txn(txn), Some((_, Reply::Txn(reply)))) => {
            let mut keys = Vec::new();
            add_keys_put(txn, reply, &mut keys);
            keys
        }
        _ => Vec::new(),
    }
}

fn add_keys_put<'a>(txn: &'a Txn, reply: &TxnReply, keys: &mut Vec<&'a Bytes>) {
    for pair in txn.branch(reply.succeeded).iter().zip(&reply.responses) {
        match pair {
            (RequestOp::Put(put), _) => keys.push(&put.key),
            (RequestOp::Txn(txn), ResponseOp::Txn(reply)) => add_keys_put(txn, reply, keys),
            _ => {}
        }
    }
}

/// The keys that a command may put.
fn keys_of_puts(command: &Command) -> BTreeSet<Bytes> {
    match command {
        Command::Put(put) => BTreeSet::from([put.key.clone()]),
        Command::Txn(txn) => txn
            .operations()
            .flat_map(|one| keys_of_puts(&command_of(one)))
            .collect(),
        _ => BTreeSet::new(),
    }
}
