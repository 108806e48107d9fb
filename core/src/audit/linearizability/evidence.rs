//! What answers and watches tell of writes that were not acknowledged.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::audit::history::{ClientOperation, History};
use crate::audit::model::Model;
use crate::command::{Command, KeyValue, Put, Reply, RequestOp, WatchEventKind};
use crate::id::Revision;

/// What somebody saw of each revision.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Key, and what it became; nothing when it was deleted.
    seen: BTreeMap<Revision, BTreeMap<Bytes, Option<KeyValue>>>,
}

impl Evidence {
    /// From all answers, and from what watches heard if asked for.
    pub(super) fn new(history: &History, with_watches: bool) -> Self {
        let mut evidence = Self::default();
        for operation in &history.operations {
            let mut keys_only = false;
            if let Command::Range(range) = &operation.command {
                keys_only = range.keys_only;
            }
            // Inside of a transaction a range may be without values too: those tell nothing here.
            if let (Some((_, reply)), false) = (operation.done(), keys_only) {
                evidence.hear(reply);
            }
        }
        let sessions = history.watches.iter().flat_map(|watch| &watch.sessions);
        let heard = sessions.flat_map(|session| &session.responses);
        for (_, response) in heard.filter(|_| with_watches) {
            for event in &response.events {
                let now = match event.kind {
                    WatchEventKind::Put => Some(event.key_value.clone()),
                    WatchEventKind::Delete => None,
                };
                let revision = event.key_value.mod_revision;
                let seen = evidence.seen.entry(revision).or_default();
                seen.insert(event.key_value.key.clone(), now);
            }
        }
        evidence
    }

    /// Whether the newest revision of a model is what was seen of it.
    pub(super) fn agrees(&self, model: &Model) -> bool {
        let revision = model.revision();
        let Some(seen) = self.seen.get(&revision) else {
            return true;
        };
        let changes = model.changes_at(revision);
        seen.iter().all(|(key, now)| {
            model.at(key, revision) == now.as_ref()
                && changes.iter().any(|change| change.key == *key)
        })
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

    /// The newest revision that anybody saw.
    pub(super) fn newest(&self) -> Revision {
        self.seen
            .last_key_value()
            .map_or(Revision(1), |(revision, _)| *revision)
    }

    fn hear(&mut self, reply: &Reply) {
        match reply {
            Reply::Range(range) => self.hear_all(&range.key_values),
            Reply::Put(put) => self.hear_all(put.previous.as_slice()),
            Reply::DeleteRange(delete) => self.hear_all(&delete.previous),
            _ => {}
        }
    }

    fn hear_all(&mut self, key_values: &[KeyValue]) {
        for key_value in key_values {
            let seen = self.seen.entry(key_value.mod_revision).or_default();
            seen.insert(key_value.key.clone(), Some(key_value.clone()));
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
