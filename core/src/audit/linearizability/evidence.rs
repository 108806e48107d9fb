//! What answers and watches tell of writes that were not acknowledged.
//!
//! Whoever saw a key's version saw more than that: between its `mod_revision` and the moment of
//! the answer nobody wrote the key, and from its `create_revision` on it was written as often as
//! its version says, and never deleted.

use bytes::Bytes;

use super::spans::Spans;
use crate::audit::history::{ClientOperation, History, WatchHistory, WatchSession, contains};
use crate::audit::model::{Change, Model};
use crate::audit::real_time::Place;
use crate::audit::watch::WHOLE_STREAM;
use crate::collections::{BTreeMap, BTreeSet};
use crate::command::{
    Command, Compare, CompareTarget, KeyValue, Put, Range, Reply, RequestOp, ResponseOp, Txn,
    TxnReply, WatchEventKind,
};
use crate::id::Revision;

/// What is believed of what watches heard: all of it for as long as that fits, then less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belief {
    /// They heard what happened, and of nothing else happened.
    Everything,
    /// They heard what happened.
    Events,
    /// Nothing: the answers alone count.
    Nothing,
}

/// What somebody saw.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// What keys became at a revision; nothing when they were deleted.
    seen: BTreeMap<Revision, BTreeMap<Bytes, Option<KeyValue>>>,
    /// The same by key, deletions left out.
    versions: BTreeMap<Bytes, BTreeMap<Revision, KeyValue>>,
    /// Which keys were created at a revision.
    births: BTreeMap<Revision, BTreeSet<Bytes>>,
    /// Where keys were not written: above the first revision, up to the second.
    untouched: BTreeMap<Bytes, Spans>,
    /// What watches heard all of.
    watched: Vec<Watched>,
    /// Values that somebody saw or compared with: what put any other one cannot be told from
    /// what put another such.
    mentioned: BTreeSet<Bytes>,
}

/// All that happened to a range of keys is in `seen`, above a revision and up to another.
#[derive(Debug)]
struct Watched {
    key: Bytes,
    range_end: Bytes,
    above: Revision,
    upto: Revision,
}

impl Evidence {
    /// From all answers, and from what watches heard so far as that is believed.
    pub(super) fn new(history: &History, belief: Belief) -> Self {
        let mut evidence = Self::default();
        for operation in &history.operations {
            evidence.mention(&operation.command);
            evidence.hear_operation(operation);
        }
        let watches = history.watches.iter();
        for watch in watches.filter(|_| belief != Belief::Nothing) {
            for session in &watch.sessions {
                evidence.hear_session(watch, session, belief);
            }
        }
        for spans in evidence.untouched.values_mut() {
            spans.join();
        }
        evidence
    }

    /// Whether the newest revision of a model is what was seen of it.
    pub(super) fn agrees(&self, model: &Model) -> bool {
        let revision = model.revision();
        let changes = model.changes_at(revision);
        let is_possible = |change: &Change| {
            !self.is_untouched(&change.key, revision) && self.leads_to_next(change, revision)
        };
        let is_seen = |key: &Bytes, now: &Option<KeyValue>| {
            model.at(key, revision) == now.as_ref()
                && changes.iter().any(|change| change.key == key)
        };
        let is_born = |key: &Bytes| {
            let now = model.at(key, revision);
            now.is_some_and(|now| now.create_revision == revision)
        };
        changes.iter().all(is_possible)
            && self
                .seen
                .get(&revision)
                .is_none_or(|seen| seen.iter().all(|(key, now)| is_seen(key, now)))
            && self
                .births
                .get(&revision)
                .is_none_or(|born| born.iter().all(is_born))
    }

    /// Whether an operation that writes one key alone, or nothing, can have written a revision.
    pub(super) fn may_write(&self, key: &Bytes, revision: Revision) -> bool {
        let seen = self.seen.get(&revision);
        let born = self.births.get(&revision);
        seen.is_none_or(|seen| seen.contains_key(key))
            && born.is_none_or(|born| born.contains(key))
            && !self.is_untouched(key, revision)
    }

    /// Whether an operation can have made of a key what was seen at a revision, if anything was.
    pub(super) fn may_make(&self, command: &Command, key: &Bytes, revision: Revision) -> bool {
        match (
            self.seen.get(&revision).and_then(|seen| seen.get(key)),
            command,
        ) {
            (None, _) => true,
            (Some(Some(now)), Command::Put(put)) => {
                is_put(put, now) && (put.ignore_lease || put.lease == now.lease)
            }
            (Some(now), Command::DeleteRange(_)) => now.is_none(),
            (Some(None), Command::Put(_)) => false,
            (Some(_), _) => true,
        }
    }

    /// Whether anybody saw a value, or compared with it.
    pub(super) fn is_mentioned(&self, value: &Bytes) -> bool {
        self.mentioned.contains(value)
    }

    /// The only operation of some that can have written what was seen at a revision.
    pub(super) fn writer(&self, revision: Revision, unknown: &[&ClientOperation]) -> Option<u64> {
        let puts = self.seen.get(&revision)?.values().flatten();
        puts.filter_map(|put| {
            let mut writers = unknown
                .iter()
                .filter(|operation| may_put(&operation.command, put));
            let first = writers.next()?;
            writers.next().is_none().then_some(first.number)
        })
        .next()
    }

    /// What of a key that is there at a revision was seen next: it was neither deleted nor
    /// created in between.
    pub(super) fn next_version(&self, key: &Bytes, revision: Revision) -> Option<&KeyValue> {
        let above = Revision(revision.0 + 1);
        let (_, next) = self.versions.get(key)?.range(above..).next()?;
        (next.create_revision <= revision).then_some(next)
    }

    /// All keys that were seen, each with what it was at the revisions where it was.
    pub(super) fn versions(&self) -> &BTreeMap<Bytes, BTreeMap<Revision, KeyValue>> {
        &self.versions
    }

    /// The newest revision that anybody saw.
    pub(super) fn newest(&self) -> Revision {
        self.seen
            .last_key_value()
            .map_or(Revision(1), |(revision, _)| *revision)
    }

    /// Whether a key was not written at a revision, as far as that is known.
    pub(super) fn is_untouched(&self, key: &Bytes, revision: Revision) -> bool {
        let is_seen = |seen: &BTreeMap<Bytes, _>| seen.contains_key(key);
        self.untouched
            .get(key)
            .is_some_and(|spans| spans.contain(revision))
            || self.watched.iter().any(|watched| {
                watched.above < revision
                    && revision <= watched.upto
                    && contains(&watched.key, &watched.range_end, key)
                    && !self.seen.get(&revision).is_some_and(is_seen)
            })
    }

    /// Whether a change can be on the way to the next version of its key that was seen.
    fn leads_to_next(&self, change: &Change, revision: Revision) -> bool {
        let Some(next) = self.next_version(&change.key, revision) else {
            return true;
        };
        change.now.as_ref().is_some_and(|now| {
            now.create_revision == next.create_revision && now.version < next.version
        })
    }

    fn hear_operation(&mut self, operation: &ClientOperation) {
        let (Some((header, reply)), Some(place)) = (operation.done(), Place::of(operation)) else {
            return;
        };
        // What a write saw was there before it.
        let upto = match place {
            Place::Wrote(revision) => Revision(revision.0 - 1),
            Place::Saw(revision) => revision,
        };
        match (&operation.command, reply) {
            (Command::Range(range), Reply::Range(found)) => {
                self.hear_range(range, &found.key_values, Some(header.revision));
            }
            (_, Reply::Put(put)) => self.hear_all(put.previous.as_slice(), Some(upto)),
            (_, Reply::DeleteRange(delete)) => self.hear_all(&delete.previous, Some(upto)),
            (Command::Txn(txn), Reply::Txn(reply)) => {
                let at = matches!(place, Place::Saw(_)).then_some(header.revision);
                self.hear_txn(txn, reply, at);
            }
            _ => {}
        }
    }

    /// What was answered in the state of a revision, if that is known.
    fn hear_range(&mut self, range: &Range, found: &[KeyValue], at: Option<Revision>) {
        if !range.keys_only {
            let at = match range.revision {
                Revision(0) => at,
                revision => Some(revision),
            };
            self.hear_all(found, at);
        }
    }

    fn hear_txn(&mut self, txn: &Txn, reply: &TxnReply, at: Option<Revision>) {
        for pair in txn.branch(reply.succeeded).iter().zip(&reply.responses) {
            match pair {
                (RequestOp::Range(range), ResponseOp::Range(found)) => {
                    self.hear_range(range, &found.key_values, at);
                }
                (_, ResponseOp::Put(put)) => self.hear_all(put.previous.as_slice(), None),
                (_, ResponseOp::DeleteRange(delete)) => self.hear_all(&delete.previous, None),
                (RequestOp::Txn(txn), ResponseOp::Txn(reply)) => self.hear_txn(txn, reply, at),
                _ => {}
            }
        }
    }

    fn hear_session(&mut self, watch: &WatchHistory, session: &WatchSession, belief: Belief) {
        let mut above = match session.start_revision {
            Revision(0) => None,
            start => Some(Revision(start.0 - 1)),
        };
        let (mut id, mut upto) = (None, None);
        for (_, response) in &session.responses {
            if response.created && id.is_none() {
                id = Some(response.watch);
                above.get_or_insert(response.header.revision);
            }
            let is_ours = id == Some(response.watch);
            for event in &response.events {
                let revision = event.key_value.mod_revision;
                let now = match event.kind {
                    WatchEventKind::Put => Some(event.key_value.clone()),
                    WatchEventKind::Delete => None,
                };
                self.see(event.key_value.key.clone(), revision, now);
                self.hear_all(event.previous.as_slice(), Some(Revision(revision.0 - 1)));
                if is_ours {
                    upto = upto.max(Some(revision));
                }
            }
            // A progress notice: nothing that it has not told is up to there.
            let is_notice = response.events.is_empty() && !response.created && !response.canceled;
            if is_notice && (is_ours || response.watch == WHOLE_STREAM) {
                upto = upto.max(Some(response.header.revision));
            }
        }
        let create = &watch.create;
        let is_all = belief == Belief::Everything && !create.no_put && !create.no_delete;
        if let (Some(above), Some(upto), true) = (above, upto, is_all) {
            self.watched.push(Watched {
                key: create.key.clone(),
                range_end: create.range_end.clone(),
                above,
                upto,
            });
        }
    }

    /// These stood so at a revision, if that is known.
    fn hear_all(&mut self, key_values: &[KeyValue], at: Option<Revision>) {
        for key_value in key_values {
            let revision = key_value.mod_revision;
            if let Some(at) = at {
                let spans = self.untouched.entry(key_value.key.clone()).or_default();
                spans.add(revision, at);
            }
            self.see(key_value.key.clone(), revision, Some(key_value.clone()));
        }
    }

    fn see(&mut self, key: Bytes, revision: Revision, now: Option<KeyValue>) {
        if let Some(now) = &now {
            self.mentioned.insert(now.value.clone());
            let born = self.births.entry(now.create_revision).or_default();
            born.insert(key.clone());
            let versions = self.versions.entry(key.clone()).or_default();
            versions.insert(revision, now.clone());
        }
        let seen = self.seen.entry(revision).or_default();
        seen.insert(key, now);
    }

    fn mention(&mut self, command: &Command) {
        if let Command::Txn(txn) = command {
            self.mention_all(&txn.compare, &txn.success, &txn.failure);
        }
    }

    fn mention_all(&mut self, compare: &[Compare], success: &[RequestOp], failure: &[RequestOp]) {
        for compare in compare {
            if let CompareTarget::Value(value) = &compare.target {
                self.mentioned.insert(value.clone());
            }
        }
        for operation in success.iter().chain(failure) {
            if let RequestOp::Txn(txn) = operation {
                self.mention_all(&txn.compare, &txn.success, &txn.failure);
            }
        }
    }
}

/// Whether a command may have put this.
fn may_put(command: &Command, seen: &KeyValue) -> bool {
    match command {
        Command::Put(put) => is_put(put, seen),
        Command::Txn(txn) => {
            may_put_within(&txn.success, seen) || may_put_within(&txn.failure, seen)
        }
        _ => false,
    }
}

fn may_put_within(operations: &[RequestOp], seen: &KeyValue) -> bool {
    operations.iter().any(|operation| match operation {
        RequestOp::Put(put) => is_put(put, seen),
        RequestOp::Txn(txn) => {
            may_put_within(&txn.success, seen) || may_put_within(&txn.failure, seen)
        }
        RequestOp::Range(_) | RequestOp::DeleteRange(_) => false,
    })
}

fn is_put(put: &Put, seen: &KeyValue) -> bool {
    put.key == seen.key && (put.ignore_value || put.value == seen.value)
}
