//! What a lease is promised: its keys are not lost before it, and do not outlive it.
//!
//! etcd's `learning/api_guarantees.md` (Lease) and `Lease` in `api-reference`; Gray & Cheriton,
//! "Leases" (1989), §2. Only the leader's clock counts, and a new leader may count anew: so the
//! lower bound holds always, the upper one while the cluster is whole.

use super::finding::Finding;
use super::history::{ClientOperation, History, Outcome};
use super::model::Model;
use super::real_time::Place;
use crate::collections::BTreeMap;
use crate::command::{Command, Range, Reply};
use crate::id::{LeaseId, Revision};

/// How clocks and the cluster stood while a history was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseTiming {
    /// Units of the history's times in a second.
    pub units_per_second: u64,
    /// How the members' clocks went.
    pub clocks: Clocks,
    /// From when on there was one leader and a majority without a break, until the history's end;
    /// nothing when nothing is to be said of what outlives its lease.
    pub whole_since: Option<u64>,
    /// How long an expired lease may take to be ended: ticks, a round of the log, a disk.
    pub slack: u64,
}

/// How the members' clocks went, beside the history's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clocks {
    /// By how much the fastest one is ahead after a while, in thousandths.
    AheadPerMille(u64),
    /// Each member's ticks are known.
    Ticked {
        /// How many ticks a clock counts for a second.
        per_second: u64,
        /// When each member's clock ticked, in ascending order.
        members: Vec<Vec<u64>>,
    },
}

impl LeaseTiming {
    /// Whether a clock may have counted so many seconds between two moments of the history. One
    /// leader counts a lease's whole time by itself: its successor begins anew.
    fn may_have_passed(&self, seconds: u64, from: u64, to: u64) -> bool {
        match &self.clocks {
            Clocks::AheadPerMille(ahead) => {
                let least = seconds * self.units_per_second * 1_000 / (1_000 + ahead);
                to >= from.saturating_add(least)
            }
            Clocks::Ticked {
                per_second,
                members,
            } => members.iter().any(|ticks| {
                let first = ticks.partition_point(|at| *at < from);
                let behind = ticks.partition_point(|at| *at <= to);
                (behind.saturating_sub(first)) as u64 >= seconds * per_second
            }),
        }
    }
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

/// An end comes no earlier than a time to live after the last renewal that was acknowledged,
/// unless a client asked for it.
fn not_lost_early(
    history: &History,
    revision: Revision,
    lease: LeaseId,
    timing: &LeaseTiming,
) -> Result<(), Finding> {
    let Some((seen_at, seen_by)) = first_seen(history, revision) else {
        return Ok(());
    };
    if may_be_revoked(history, revision, lease, seen_at) {
        return Ok(());
    }
    let again = granted_again(history, revision, lease);
    let Ok(born) = last_grant(history, revision, lease, seen_at) else {
        return Ok(());
    };
    for operation in &history.operations {
        let Some(seconds) = renewed(operation, lease) else {
            continue;
        };
        let is_of_another = again.is_some_and(|again| operation.returned_at >= Some(again))
            || born.is_some_and(|born| is_before(operation, born));
        if is_of_another || timing.may_have_passed(seconds, operation.invoked_at, seen_at) {
            continue;
        }
        return Err(broken(format!(
            "lease {lease} got {seconds} s at {} by operation {}, and {seen_by} saw its keys gone \
             at {seen_at} (revision {revision})",
            operation.invoked_at, operation.number
        )));
    }
    Ok(())
}

/// Whether a client's revocation may be what wrote a revision. Its answer is given in the state
/// that it made.
fn may_be_revoked(history: &History, revision: Revision, lease: LeaseId, seen_at: u64) -> bool {
    history.operations.iter().any(|operation| {
        operation.command == Command::LeaseRevoke(lease)
            && match &operation.outcome {
                Outcome::Done { header, .. } => header.revision == revision,
                Outcome::Failed(_) => false,
                Outcome::Unknown(_) => operation.invoked_at <= seen_at,
            }
    })
}

/// The grant that the lease which ended at a revision came from, if anybody was told of it. What
/// was granted and renewed before it was another lease of the same name.
///
/// # Errors
/// Nobody can tell: a grant whose outcome is unknown may have been the last.
fn last_grant(
    history: &History,
    revision: Revision,
    lease: LeaseId,
    seen_at: u64,
) -> Result<Option<&ClientOperation>, ()> {
    let mut last: Option<(Revision, &ClientOperation)> = None;
    for operation in &history.operations {
        let Command::LeaseGrant(grant) = &operation.command else {
            continue;
        };
        match &operation.outcome {
            Outcome::Unknown(_) if grant.id == lease && operation.invoked_at <= seen_at => {
                return Err(());
            }
            Outcome::Done { header, .. }
                if header.revision < revision && renewed(operation, lease).is_some() =>
            {
                let at = (header.revision, operation.invoked_at);
                if last.is_none_or(|(revision, last)| at > (revision, last.invoked_at)) {
                    last = Some((header.revision, operation));
                }
            }
            _ => {}
        }
    }
    Ok(last.map(|(_, operation)| operation))
}

/// Whether a renewal may be of what bore the name before a grant.
fn is_before(operation: &ClientOperation, grant: &ClientOperation) -> bool {
    operation.number != grant.number && Some(operation.invoked_at) < grant.returned_at
}

/// From when on a lease of this name may be another one, granted after the first had ended at a
/// revision.
fn granted_again(history: &History, revision: Revision, lease: LeaseId) -> Option<u64> {
    let grants = history.operations.iter().filter(|operation| {
        let is_grant = match &operation.command {
            Command::LeaseGrant(grant) => grant.id == lease || renewed(operation, lease).is_some(),
            _ => false,
        };
        is_grant
            && match &operation.outcome {
                Outcome::Done { header, .. } => header.revision >= revision,
                Outcome::Failed(_) => false,
                Outcome::Unknown(_) => true,
            }
    });
    grants.map(|operation| operation.invoked_at).min()
}

/// A linearizable read does not see a key whose lease has ended for sure.
fn not_outlived(
    history: &History,
    model: &Model,
    since: u64,
    timing: &LeaseTiming,
) -> Result<(), Finding> {
    let mut ends: BTreeMap<LeaseId, Option<u64>> = BTreeMap::new();
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
            let end = *ends
                .entry(lease)
                .or_insert_with(|| last_end(history, lease, since, timing));
            let Some(end) = end.filter(|_| is_there) else {
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

/// When a revision was first known to be written, and who knew.
fn first_seen(history: &History, revision: Revision) -> Option<(u64, String)> {
    let answers = history
        .operations
        .iter()
        .filter(|operation| Place::of(operation).is_some_and(|place| place.revision() >= revision))
        .filter_map(|operation| Some((operation.returned_at?, "operation", operation.number)));
    let heard = history.watches.iter().flat_map(|watch| {
        let sessions = watch.sessions.iter();
        let responses = sessions.flat_map(|session| &session.responses);
        let first = responses
            .filter(|(_, response)| response.header.revision >= revision)
            .map(|(at, _)| *at)
            .min();
        first.map(|at| (at, "watch", watch.number))
    });
    let (at, what, number) = answers.chain(heard).min()?;
    Some((at, format!("{what} {number}")))
}

fn broken(text: String) -> Finding {
    Finding {
        property: "lease guarantees",
        source: "etcd api_guarantees.md, Lease; Gray & Cheriton 1989 §2",
        text,
    }
}
