//! A write whose outcome nobody was told.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::evidence::Evidence;
use crate::audit::history::{ClientOperation, contains};
use crate::command::{Command, RequestOp};
use crate::id::{LeaseId, Revision};

/// One such write.
pub(super) struct Unknown<'a> {
    pub(super) operation: &'a ClientOperation,
    /// It stands above this revision, if anywhere.
    pub(super) floor: Revision,
    /// It stands here, somebody saw.
    pub(super) pinned: Option<Revision>,
    pub(super) is_used: bool,
    /// The one key that it writes, when it is about one only.
    pub(super) key: Option<Bytes>,
    /// What it does, when nobody can tell it from another one that does the same.
    kind: Option<Kind>,
    pub(super) extent: Extent,
}

/// What a write does whose value nobody saw.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Put(Bytes, LeaseId),
    Delete(Bytes),
}

/// The ranges of keys that a command may be about.
pub(super) struct Extent(Vec<(Bytes, Bytes)>);

impl<'a> Unknown<'a> {
    pub(super) fn new(
        operation: &'a ClientOperation,
        floor: Revision,
        evidence: &Evidence,
    ) -> Self {
        let (key, kind) = match &operation.command {
            Command::Put(put) => {
                let is_plain = !put.ignore_value && !put.ignore_lease;
                let is_like_others = is_plain && !evidence.is_mentioned(&put.value);
                let kind = Kind::Put(put.key.clone(), put.lease);
                (Some(put.key.clone()), is_like_others.then_some(kind))
            }
            Command::DeleteRange(delete) if delete.range_end.is_empty() => {
                let key = delete.key.clone();
                (Some(key.clone()), Some(Kind::Delete(key)))
            }
            _ => (None, None),
        };
        Self {
            operation,
            floor,
            pinned: None,
            is_used: false,
            key,
            kind,
            extent: Extent::of(&operation.command),
        }
    }

    /// Whether it may stand at a revision.
    pub(super) fn fits(&self, revision: Revision, evidence: &Evidence) -> bool {
        // What is dear is asked last: this is asked of all unknown writes at each revision.
        if self.is_used || self.floor >= revision {
            return false;
        }
        match self.pinned {
            Some(pinned) => pinned == revision,
            None => (self.key.as_ref()).is_none_or(|key| evidence.may_write(key, revision)),
        }
    }

    /// Whether one that does the same is among those; else it is from now on. Which of them
    /// stands at a revision makes no difference, here or later.
    pub(super) fn is_like_one_of(&self, kinds: &mut BTreeSet<Kind>) -> bool {
        self.kind
            .as_ref()
            .is_some_and(|kind| !kinds.insert(kind.clone()))
    }
}

impl Extent {
    pub(super) fn of(command: &Command) -> Self {
        let mut spans = Vec::new();
        add_command(command, &mut spans);
        spans.sort_unstable();
        spans.dedup();
        Self(spans)
    }

    /// Whether two may be about one key.
    pub(super) fn overlaps(&self, other: &Extent) -> bool {
        self.0.iter().any(|(first, end)| {
            other.0.iter().any(|(other_first, other_end)| {
                contains(first, end, other_first) || contains(other_first, other_end, first)
            })
        })
    }
}

fn add_command(command: &Command, spans: &mut Vec<(Bytes, Bytes)>) {
    match command {
        Command::Range(range) => spans.push((range.key.clone(), range.range_end.clone())),
        Command::Put(put) => spans.push((put.key.clone(), Bytes::new())),
        Command::DeleteRange(delete) => spans.push((delete.key.clone(), delete.range_end.clone())),
        Command::Txn(txn) => {
            for compare in &txn.compare {
                spans.push((compare.key.clone(), compare.range_end.clone()));
            }
            for operation in txn.success.iter().chain(&txn.failure) {
                add_command(&command_of(operation), spans);
            }
        }
        // A lease may have any key.
        _ => spans.push((Bytes::new(), Bytes::from_static(b"\0"))),
    }
}

fn command_of(operation: &RequestOp) -> Command {
    match operation {
        RequestOp::Range(range) => Command::Range(range.clone()),
        RequestOp::Put(put) => Command::Put(put.clone()),
        RequestOp::DeleteRange(delete) => Command::DeleteRange(delete.clone()),
        RequestOp::Txn(txn) => Command::Txn(txn.clone()),
    }
}
