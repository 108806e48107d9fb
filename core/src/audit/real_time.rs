//! Real time: what was answered before something else was asked comes before it.
//!
//! Herlihy & Wing, "Linearizability" (1990), §2.2: the order of operations that do not overlap is
//! kept. Here the order is that of revisions (etcd `api_guarantees.md`, "Linearizability").

use super::finding::Finding;
use super::history::{ClientOperation, History};
use crate::collections::InOrder;
use crate::command::{Command, Reply, ResponseOp};
use crate::id::Revision;

/// Where an operation stands among the revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It wrote this revision.
    Wrote(Revision),
    /// It wrote nothing and was answered in the state of this revision.
    Saw(Revision),
}

impl Place {
    /// Where a carried out operation stands.
    pub(super) fn of(operation: &ClientOperation) -> Option<Place> {
        let (header, reply) = operation.done()?;
        Some(if has_written(reply) {
            Place::Wrote(header.revision)
        } else {
            Place::Saw(header.revision)
        })
    }

    pub(super) fn revision(self) -> Revision {
        match self {
            Place::Wrote(revision) | Place::Saw(revision) => revision,
        }
    }
}

/// The newest revision that somebody had been told of when each operation was asked; an
/// operation's own place must be at it or above, a write's above.
pub(super) fn floors(history: &History) -> Result<Vec<Revision>, Finding> {
    let mut told: Vec<(u64, Revision, u64)> = Vec::new();
    for operation in &history.operations {
        if let (Some(at), Some(place)) = (operation.returned_at, Place::of(operation)) {
            told.push((at, place.revision(), operation.number));
        }
    }
    told.order();
    let mut order: Vec<usize> = (0..history.operations.len()).collect();
    order.order_by_key(|at| history.operations[*at].invoked_at);
    let mut floors = vec![Revision(1); history.operations.len()];
    let mut told = told.into_iter().peekable();
    let (mut floor, mut by) = (Revision(1), 0);
    for at in order {
        let operation = &history.operations[at];
        while let Some((_, revision, number)) =
            told.next_if(|(told_at, _, _)| *told_at < operation.invoked_at)
        {
            if revision > floor {
                (floor, by) = (revision, number);
            }
        }
        floors[at] = floor;
        check(operation, floor, by)?;
    }
    Ok(floors)
}

fn check(operation: &ClientOperation, floor: Revision, by: u64) -> Result<(), Finding> {
    if !is_linearizable(&operation.command) {
        return Ok(());
    }
    let is_late = match Place::of(operation) {
        Some(Place::Wrote(revision)) => revision <= floor,
        Some(Place::Saw(revision)) => revision < floor,
        None => false,
    };
    if !is_late {
        return Ok(());
    }
    let place = Place::of(operation).map_or(Revision(0), Place::revision);
    Err(Finding {
        property: "linearizability",
        source: "Herlihy & Wing 1990 §2.2; etcd api_guarantees.md",
        text: format!(
            "operation {by} had been answered at revision {floor} when operation {} was asked, \
             which was answered at revision {place}",
            operation.number
        ),
    })
}

/// Whether an operation goes through the log or confirms with a majority.
fn is_linearizable(command: &Command) -> bool {
    match command {
        Command::Range(range) => !range.serializable,
        Command::Txn(txn) => !(txn.is_read_only() && txn.is_serializable()),
        Command::Put(_)
        | Command::DeleteRange(_)
        | Command::Compact(_)
        | Command::LeaseGrant(_)
        | Command::LeaseRevoke(_) => true,
        _ => false,
    }
}

/// Whether an answer tells of a revision of its own. That of a lease's end does not say.
fn has_written(reply: &Reply) -> bool {
    match reply {
        Reply::Put(_) => true,
        Reply::DeleteRange(reply) => reply.deleted > 0,
        Reply::Txn(reply) => any_written(&reply.responses),
        _ => false,
    }
}

fn any_written(responses: &[ResponseOp]) -> bool {
    responses.iter().any(|response| match response {
        ResponseOp::Range(_) => false,
        ResponseOp::Put(_) => true,
        ResponseOp::DeleteRange(reply) => reply.deleted > 0,
        ResponseOp::Txn(reply) => any_written(&reply.responses),
    })
}
