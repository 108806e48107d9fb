//! Liveness: once nothing is broken any more, the cluster gets on with its work.

use super::{Broken, Verdict};
use crate::collections::{BTreeMap, BTreeSet};
use crate::error::Error;
use crate::member::{MemberFacts, Role};
use crate::sim::action::Node;

/// Raft paper §5.6 (timing): while messages, disks and clocks are as they should be, Raft elects a
/// leader and keeps it. Raft thesis §3.9 calls it availability, and TigerBeetle's and
/// FoundationDB's simulators demand it as this one does: first anything may break, then all is
/// made whole and must be well within a bounded time.
///
/// Safety says that nothing bad happens, and a cluster that does nothing at all is safe. So a
/// world in which somebody demands it ([`Fault::DemandLiveness`](crate::sim::Fault)) has a bound,
/// and after it:
///
/// * there is a leader, and all that run follow it;
/// * whatever a client asks is answered, and not with a timeout or for want of a leader;
/// * when clients have asked nothing for so long, all that run have applied the whole log, whoever
///   was removed has stopped, and watches have told all that clients know to be written.
///
/// A fault takes the demand back; what mends one lets the bound begin anew, and so does a change
/// of the members or of the leader that a client asked for, unless it was refused.
#[derive(Debug, Default)]
pub(in crate::sim) struct Liveness {
    demand: Option<Demand>,
    /// How many operations were asked when there had to be a leader, and answered.
    answered_in_full: u64,
}

/// Of what an operation's end tells.
#[derive(Clone, Copy, Debug)]
pub(super) enum End<'a> {
    /// It has happened.
    Taken,
    /// It has certainly not.
    Refused,
    /// It came to nothing, or nobody knows.
    Nothing(&'a Error),
}

/// What can be seen of a cluster.
pub(in crate::sim) struct Sight<'a> {
    /// The members that run.
    pub(in crate::sim) members: &'a [(Node, MemberFacts)],
    /// Somebody who was removed and runs.
    pub(in crate::sim) removed: Option<Node>,
    /// Which watch has not told all, if one has not: asked only when all else is well.
    pub(in crate::sim) late_watch: &'a dyn Fn() -> Option<String>,
}

#[derive(Debug)]
struct Demand {
    within_us: u64,
    /// When all was whole.
    since_us: u64,
    /// When a client asked last, or all was made whole.
    asked_at_us: u64,
    /// Whether all members were seen to have applied all since.
    is_settled: bool,
    /// What clients asked since, and when, that nobody has answered.
    open: BTreeMap<u64, u64>,
    /// Those of them that may cost the cluster its leader.
    moves: BTreeSet<u64>,
    look_at_us: u64,
}

impl Liveness {
    /// All is whole, and the cluster must get on.
    pub(in crate::sim) fn demand(&mut self, now_us: u64, within_us: u64) {
        self.demand = Some(Demand {
            within_us,
            since_us: now_us,
            asked_at_us: now_us,
            is_settled: false,
            open: BTreeMap::new(),
            moves: BTreeSet::new(),
            look_at_us: now_us,
        });
    }

    /// Something is broken again.
    pub(in crate::sim) fn release(&mut self) {
        self.demand = None;
    }

    /// Something changed that takes its time, as a member that starts.
    pub(in crate::sim) fn begin_anew(&mut self, now_us: u64) {
        if let Some(demand) = &mut self.demand {
            demand.since_us = now_us;
            demand.asked_at_us = now_us;
            demand.is_settled = false;
        }
    }

    /// Whether something is still to come before the cluster has shown that it gets on.
    pub(super) fn is_waiting(&self) -> bool {
        self.demand
            .as_ref()
            .is_some_and(|demand| !demand.is_settled || !demand.open.is_empty())
    }

    /// A client asks something; `moves` when that may cost the cluster its leader.
    pub(super) fn ask(&mut self, number: u64, moves: bool, now_us: u64) {
        if let Some(demand) = &mut self.demand {
            demand.open.insert(number, now_us);
            if moves {
                demand.moves.insert(number);
            }
            demand.asked_at_us = now_us;
            demand.is_settled = false;
        }
    }

    /// An answer came.
    pub(super) fn answer(&mut self, number: u64, end: End<'_>, now_us: u64) -> Verdict {
        let Some(asked_at_us) = self.close(number, !matches!(end, End::Refused), now_us) else {
            return Ok(());
        };
        let Some(demand) = &self.demand else {
            return Ok(());
        };
        let is_full = asked_at_us >= demand.since_us + demand.within_us;
        if !is_full || !demand.moves.is_empty() {
            return Ok(());
        }
        if let End::Nothing(error) = end {
            return Err(broken(format!(
                "operation {number} was asked {} after all was whole, and came to nothing: {error}",
                seconds(asked_at_us - demand.since_us)
            )));
        }
        self.answered_in_full += 1;
        Ok(())
    }

    /// Whoever was asked has stopped: nobody will answer.
    pub(in crate::sim) fn lose(&mut self, number: u64, now_us: u64) {
        self.close(number, true, now_us);
    }

    /// Answers when it was asked, if it was under the demand.
    fn close(&mut self, number: u64, may_be_taken: bool, now_us: u64) -> Option<u64> {
        let demand = self.demand.as_mut()?;
        let asked_at_us = demand.open.remove(&number)?;
        if demand.moves.remove(&number) && may_be_taken {
            self.begin_anew(now_us);
        }
        Some(asked_at_us)
    }

    /// How many operations had to be answered, and were: asked when there had to be a leader.
    pub(in crate::sim) fn answered_in_full(&self) -> u64 {
        self.answered_in_full
    }

    /// Whether it is time to look at the members again.
    pub(in crate::sim) fn is_due(&self, now_us: u64) -> bool {
        let demand = self.demand.as_ref();
        demand.is_some_and(|demand| now_us >= demand.look_at_us && self.is_waiting())
    }

    /// Looks at all members that run. Answers whether they have just been seen to have settled.
    pub(in crate::sim) fn look(&mut self, now_us: u64, sight: &Sight<'_>) -> Result<bool, Broken> {
        let Some(demand) = &mut self.demand else {
            return Ok(false);
        };
        demand.look_at_us = now_us + LOOK_EVERY_US;
        let unled = unled(sight.members);
        let unsettled = unled
            .clone()
            .or_else(|| behind(sight.members))
            .or_else(|| {
                let removed = sight.removed?;
                Some(format!("{removed} runs, and was removed"))
            })
            .or_else(|| (!demand.is_settled).then(sight.late_watch).flatten());
        let was_settled = demand.is_settled;
        demand.is_settled |= unsettled.is_none();
        let bound_us = demand.since_us + demand.within_us;
        if let Some(what) = unled.filter(|_| now_us > bound_us && demand.moves.is_empty()) {
            return Err(broken(format!(
                "{} after all was whole {what}",
                seconds(now_us - demand.since_us)
            )));
        }
        let late_us = now_us.saturating_sub(demand.within_us);
        let late = demand.open.iter().find(|(_, at_us)| **at_us < late_us);
        if let Some((number, asked_at_us)) = late {
            return Err(broken(format!(
                "operation {number} has had no answer for {}",
                seconds(now_us - asked_at_us)
            )));
        }
        if let Some(what) = unsettled.filter(|_| !demand.is_settled && demand.asked_at_us < late_us)
        {
            return Err(broken(format!(
                "{} after the last client asked, {what}",
                seconds(now_us - demand.asked_at_us)
            )));
        }
        Ok(demand.is_settled && !was_settled)
    }
}

/// Who has no leader, or another one than the others.
fn unled(members: &[(Node, MemberFacts)]) -> Option<String> {
    let leads = |(_, facts): &&(Node, MemberFacts)| facts.role == Role::Leader;
    let leader = members.iter().filter(leads).max_by_key(|led| led.1.term);
    let Some((leader, of)) = leader else {
        return Some("nobody leads".to_owned());
    };
    members
        .iter()
        .find(|(_, facts)| (facts.leader, facts.term) != (of.leader, of.term))
        .map(|(node, facts)| {
            format!(
                "{node}, at term {}, does not follow {leader}, who leads term {}",
                facts.term, of.term
            )
        })
}

/// Who has not applied all that is in some log.
fn behind(members: &[(Node, MemberFacts)]) -> Option<String> {
    let (longest, end) = members.iter().max_by_key(|(_, facts)| facts.last)?;
    members
        .iter()
        .find(|(_, facts)| facts.applied != end.last)
        .map(|(node, facts)| {
            format!(
                "{node} has applied index {}, and the log of {longest} ends at {}",
                facts.applied, end.last
            )
        })
}

fn seconds(us: u64) -> String {
    format!("{:.3} s", us as f64 / 1e6)
}

fn broken(text: String) -> Broken {
    Broken {
        property: "liveness",
        source: "Raft paper §5.6; Raft thesis §3.9",
        text,
    }
}

/// A tick: nothing that this looks at is settled between two.
const LOOK_EVERY_US: u64 = 100_000;

#[cfg(test)]
mod tests;
