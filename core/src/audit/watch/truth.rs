//! What a watch is compared with.

use bytes::Bytes;

use crate::audit::history::{ClientOperation, History, contains};
use crate::audit::model::{Change, Model};
use crate::collections::BTreeMap;
use crate::command::{
    Command, KeyValue, Reply, WatchCreate, WatchEvent, WatchEventKind, WatchResponse,
};
use crate::id::Revision;

/// What was written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Truth<'a> {
    /// All of it.
    Model(&'a Model),
    /// What somebody was told of.
    Told(&'a Told),
}

/// Changes that clients were told of: by acknowledged writes, by answers, by watches.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// What keys became at a revision; nothing when they were deleted.
    changes: BTreeMap<Revision, BTreeMap<Bytes, Option<Bytes>>>,
}

impl Truth<'_> {
    /// The first revision above one and up to another with something that a watch is to hear.
    pub(super) fn first_within(
        self,
        create: &WatchCreate,
        above: Revision,
        to: Revision,
    ) -> Option<Revision> {
        let first = Revision(above.0 + 1);
        match self {
            Truth::Model(model) => (first.0..=to.min(model.revision()).0)
                .map(Revision)
                .find(|revision| watched(create, model, *revision).next().is_some()),
            Truth::Told(told) => {
                let within = (first <= to).then(|| told.changes.range(first..=to));
                let is_to_hear =
                    |(key, now): (&Bytes, &Option<Bytes>)| is_watched(create, key, now.is_some());
                within?
                    .find(|(_, changes)| changes.iter().any(is_to_hear))
                    .map(|(revision, _)| *revision)
            }
        }
    }

    /// What a watch should have heard of a revision, in words, where it heard something else.
    pub(super) fn misheard(
        self,
        create: &WatchCreate,
        revision: Revision,
        events: &[WatchEvent],
        is_event: impl Fn(&Change, &WatchEvent) -> bool,
    ) -> Option<String> {
        match self {
            Truth::Model(model) => {
                let wanted: Vec<&Change> = watched(create, model, revision).collect();
                let fits = wanted.len() == events.len()
                    && wanted
                        .iter()
                        .zip(events)
                        .all(|(change, event)| is_event(change, event));
                (!fits).then(|| format!("{wanted:?}"))
            }
            Truth::Told(told) => {
                let mut changes = told.changes.get(&revision)?.iter();
                let (key, now) = changes.find(|(key, now)| {
                    let has_heard = |event: &WatchEvent| {
                        event.key_value.key == *key && became(event) == now.as_ref()
                    };
                    is_watched(create, key, now.is_some()) && !events.iter().any(has_heard)
                })?;
                Some(format!("{key:?} became {now:?}"))
            }
        }
    }
}

impl Told {
    /// From all that clients were told.
    pub(super) fn new(history: &History) -> Self {
        let mut told = Self::default();
        for operation in &history.operations {
            told.hear_operation(operation);
        }
        let sessions = history.watches.iter().flat_map(|watch| &watch.sessions);
        for (_, response) in sessions.flat_map(|session| &session.responses) {
            told.hear_response(response);
        }
        told
    }

    fn hear_operation(&mut self, operation: &ClientOperation) {
        let Some((header, reply)) = operation.done() else {
            return;
        };
        match (&operation.command, reply) {
            (Command::Put(put), _) if !put.ignore_value => {
                self.add(&put.key, header.revision, Some(&put.value));
            }
            (Command::DeleteRange(delete), Reply::DeleteRange(reply))
                if delete.range_end.is_empty() && reply.deleted > 0 =>
            {
                self.add(&delete.key, header.revision, None);
            }
            (Command::Range(range), Reply::Range(found)) if !range.keys_only => {
                for KeyValue {
                    key,
                    mod_revision,
                    value,
                    ..
                } in &found.key_values
                {
                    self.add(key, *mod_revision, Some(value));
                }
            }
            _ => {}
        }
    }

    fn hear_response(&mut self, response: &WatchResponse) {
        for event in &response.events {
            let key_value = &event.key_value;
            self.add(&key_value.key, key_value.mod_revision, became(event));
        }
    }

    /// What was told first counts: whoever was told something else shows the difference.
    fn add(&mut self, key: &Bytes, revision: Revision, now: Option<&Bytes>) {
        let changes = self.changes.entry(revision).or_default();
        changes.entry(key.clone()).or_insert_with(|| now.cloned());
    }
}

fn became(event: &WatchEvent) -> Option<&Bytes> {
    match event.kind {
        WatchEventKind::Put => Some(&event.key_value.value),
        WatchEventKind::Delete => None,
    }
}

fn watched<'a>(
    create: &'a WatchCreate,
    model: &'a Model,
    revision: Revision,
) -> impl Iterator<Item = &'a Change> {
    let changes = model.changes_at(revision).iter();
    changes.filter(|change| is_watched(create, &change.key, change.now.is_some()))
}

fn is_watched(create: &WatchCreate, key: &Bytes, is_put: bool) -> bool {
    let is_filtered = if is_put {
        create.no_put
    } else {
        create.no_delete
    };
    !is_filtered && contains(&create.key, &create.range_end, key)
}
