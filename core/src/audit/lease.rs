//! What a lease is promised: its keys are not lost before it, and do not outlive it.
//!
//! etcd's `learning/api_guarantees.md` (Lease) and `Lease` in `api-reference`; Gray & Cheriton,
//! "Leases" (1989), §2. Only the leader's clock counts, and a new leader may count anew: so the
//! lower bound holds always, the upper one while the cluster is whole.

use super::finding::Finding;
use super::history::{ClientOperation, History, Outcome};
use super::model::Model;
use super::real_time::Place;
use crate::command::{Command, Range, Reply};
use crate::id::{LeaseId, Revision};

/// How clocks and the cluster stood while a history was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTiming {
    /// Units of the history's times in a second.
    pub units_per_second: u64,
    /// By how much the fastest member's clock is ahead of the history's after a while, in
    /// thousandths.
    pub clock_ahead_per_mille: u64,
    /// From when on there was one leader and a majority without a break, until the history's end;
    /// nothing when nothing is to be said of what outlives its lease.
    pub whole_since: Option<u64>,
    /// How long an expired lease may take to be ended: ticks, a round of the log, a disk.
    pub slack: u64,
}

/// Looks at all leases of a history.
pub(super) fn check(
    history: &History,
    model: &Model,
    expiries: &[(Revision, LeaseId)],
    timing: &LeaseTiming,
) -> Result<(), Finding> {
    for (revision, lease) in expiries {
        not_lost_early(history, *revision, *lease, timing)?;
    }
    match timing.whole_since {
        Some(since) => not_outlived(history, model, since, timing),
        None => Ok(()),
    }
}

/// An expiry comes no earlier than a time to live after the last renewal that was acknowledged.
fn not_lost_early(
    history: &History,
    revision: Revision,
    lease: LeaseId,
    timing: &LeaseTiming,
) -> Result<(), Finding> {
    let is_revoked = history.operations.iter().any(|operation| {
        operation.command == Command::LeaseRevoke(lease)
            && !matches!(operation.outcome, Outcome::Failed(_))
    });
    let seen = first_seen(history, revision);
    let (Some((seen_at, seen_by)), false) = (seen, is_revoked) else {
        return Ok(());
    };
    for operation in &history.operations {
        let Some(seconds) = renewed(operation, lease) else {
            continue;
        };
        let lives =
            seconds * timing.units_per_second * 1_000 / (1_000 + timing.clock_ahead_per_mille);
        if seen_at < operation.invoked_at.saturating_add(lives) {
            return Err(broken(format!(
                "lease {lease} got {seconds} s at {} by operation {}, and operation {seen_by} saw \
                 its keys gone at {seen_at} (revision {revision})",
                operation.invoked_at, operation.number
            )));
        }
    }
    Ok(())
}

/// A linearizable read does not see a key whose lease has ended for sure.
fn not_outlived(
    history: &History,
    model: &Model,
    since: u64,
    timing: &LeaseTiming,
) -> Result<(), Finding> {
    for operation in &history.operations {
        let (
            Command::Range(Range {
                serializable: false,
                revision: Revision(0),
                ..
            }),
            Some((header, Reply::Range(range))),
        ) = (&operation.command, operation.done())
        else {
            continue;
        };
        for key_value in &range.key_values {
            let lease = key_value.lease;
            let is_there = model.at(&key_value.key, header.revision).is_some();
            let Some(end) = last_end(history, lease, since, timing).filter(|_| is_there) else {
                continue;
            };
            if operation.invoked_at > end {
                return Err(broken(format!(
                    "operation {} saw a key of lease {lease} at {}, which had ended by {end}",
                    operation.number, operation.invoked_at
                )));
            }
        }
    }
    Ok(())
}

/// When a lease has ended for sure; nothing when nobody can tell.
fn last_end(history: &History, lease: LeaseId, since: u64, timing: &LeaseTiming) -> Option<u64> {
    if lease == LeaseId(0) {
        return None;
    }
    let mut begun = since;
    let mut lives = None;
    for operation in &history.operations {
        let is_about = match &operation.command {
            Command::LeaseKeepAlive(id) => *id == lease,
            Command::LeaseGrant(grant) => grant.id == lease || renewed(operation, lease).is_some(),
            _ => false,
        };
        if !is_about || matches!(operation.outcome, Outcome::Failed(_)) {
            continue;
        }
        begun = begun.max(operation.returned_at.filter(|_| !operation.is_unknown())?);
        lives = lives.max(renewed(operation, lease));
    }
    Some(begun + lives? * timing.units_per_second + timing.slack)
}

/// For how many seconds an operation has renewed a lease for sure.
fn renewed(operation: &ClientOperation, lease: LeaseId) -> Option<u64> {
    let (_, reply) = operation.done()?;
    let seconds = match reply {
        Reply::LeaseGrant(reply) if reply.id == lease => reply.ttl_seconds,
        Reply::LeaseKeepAlive(reply) if reply.id == lease => reply.ttl_seconds,
        _ => return None,
    };
    u64::try_from(seconds).ok().filter(|seconds| *seconds > 0)
}

/// When, and by which operation, a revision was first known to be written.
fn first_seen(history: &History, revision: Revision) -> Option<(u64, u64)> {
    history
        .operations
        .iter()
        .filter(|operation| Place::of(operation).is_some_and(|place| place.revision() >= revision))
        .filter_map(|operation| Some((operation.returned_at?, operation.number)))
        .min()
}

fn broken(text: String) -> Finding {
    Finding {
        property: "a lease's time",
        source: "etcd api_guarantees.md, Lease; Gray & Cheriton 1989 §2",
        text,
    }
}
