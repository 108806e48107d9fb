//! A write whose outcome nobody was told.

use bytes::Bytes;

use super::evidence::Evidence;
use crate::audit::history::{ClientOperation, contains};
use crate::collections::BTreeMap;
use crate::collections::InOrder;
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
    /// What it does, when nobody can tell it from another one that does the same: equal among
    /// those, and below the number of all writes.
    pub(super) kind: Option<usize>,
    pub(super) extent: Extent,
}

/// What a write does whose value nobody saw.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Put(Bytes, LeaseId),
    Delete(Bytes),
}

/// Numbers for what writes do.
#[derive(Default)]
pub(super) struct Kinds(BTreeMap<Kind, usize>);

/// Ranges of keys, in ascending order: those that a command may be about, for one.
#[derive(Clone, Debug, Default)]
pub(super) struct Extent(Vec<(Bytes, Bytes)>);

impl<'a> Unknown<'a> {
    pub(super) fn new(
        operation: &'a ClientOperation,
        floor: Revision,
        evidence: &Evidence,
        kinds: &mut Kinds,
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
            kind: kind.map(|kind| kinds.number(kind)),
            extent: Extent::of(&operation.command),
        }
    }

    /// Whether it may stand at a revision, whatever stands before it.
    pub(super) fn fits(&self, revision: Revision, evidence: &Evidence) -> bool {
        if self.floor >= revision {
            return false;
        }
        match self.pinned {
            Some(pinned) => pinned == revision,
            None => self.key.as_ref().is_none_or(|key| {
                evidence.may_write(key, revision)
                    && evidence.may_make(&self.operation.command, key, revision)
            }),
        }
    }
}

impl Kinds {
    fn number(&mut self, kind: Kind) -> usize {
        let next = self.0.len();
        *self.0.entry(kind).or_insert(next)
    }
}

impl Extent {
    pub(super) fn of(command: &Command) -> Self {
        let mut spans = Vec::new();
        add_command(command, &mut spans);
        let mut extent = Self(spans);
        extent.tidy();
        extent
    }

    /// Some keys.
    pub(super) fn of_keys(keys: impl IntoIterator<Item = Bytes>) -> Self {
        let mut extent = Self(keys.into_iter().map(|key| (key, Bytes::new())).collect());
        extent.tidy();
        extent
    }

    /// Takes in those of another one.
    pub(super) fn add(&mut self, other: &Extent) {
        let is_new = |span: &&(Bytes, Bytes)| self.0.binary_search(span).is_err();
        let new: Vec<(Bytes, Bytes)> = other.0.iter().filter(is_new).cloned().collect();
        if !new.is_empty() {
            self.0.extend(new);
            self.tidy();
        }
    }

    /// The first key of each range.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Bytes> {
        self.0.iter().map(|(first, _)| first)
    }

    fn tidy(&mut self) {
        self.0.order();
        self.0.dedup();
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
            for operation in txn.operations() {
                add_command(&command_of(operation), spans);
            }
        }
        // A lease may have any key.
        _ => spans.push((Bytes::new(), Bytes::from_static(b"\0"))),
    }
}

pub(super) fn command_of(operation: &RequestOp) -> Command {
    match operation {
        RequestOp::Range(range) => Command::Range(range.clone()),
        RequestOp::Put(put) => Command::Put(put.clone()),
        RequestOp::DeleteRange(delete) => Command::DeleteRange(delete.clone()),
        RequestOp::Txn(txn) => Command::Txn(txn.clone()),
    }
}
