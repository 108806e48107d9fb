//! Liveness: once nothing is broken any more, the cluster gets on with its work.

use std::collections::BTreeMap;

use super::{Broken, Verdict};
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
/// * whatever a client asks is answered, and not with a timeout;
/// * when clients have asked nothing for so long, all that run have applied the whole log.
///
/// A fault takes the demand back; what mends one lets the bound begin anew.
#[derive(Debug, Default)]
pub(in crate::sim) struct Liveness {
    demand: Option<Demand>,
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

    pub(super) fn ask(&mut self, number: u64, now_us: u64) {
        if let Some(demand) = &mut self.demand {
            demand.open.insert(number, now_us);
            demand.asked_at_us = now_us;
            demand.is_settled = false;
        }
    }

    /// An answer came; `unknown` when it leaves open what became of the operation.
    pub(super) fn answer(&mut self, number: u64, unknown: Option<&Error>) -> Verdict {
        let Some(demand) = &mut self.demand else {
            return Ok(());
        };
        let Some(asked_at_us) = demand.open.remove(&number) else {
            return Ok(());
        };
        match unknown {
            Some(error) if asked_at_us >= demand.since_us + demand.within_us => {
                Err(broken(format!(
                    "operation {number} was asked {} after all was whole, and came to nothing: \
                     {error}",
                    seconds(asked_at_us - demand.since_us)
                )))
            }
            _ => Ok(()),
        }
    }

    /// Whether it is time to look at the members again.
    pub(in crate::sim) fn is_due(&self, now_us: u64) -> bool {
        let demand = self.demand.as_ref();
        demand.is_some_and(|demand| now_us >= demand.look_at_us && self.is_waiting())
    }

    /// Looks at all members that run. Answers whether they have just been seen to have settled.
    pub(in crate::sim) fn look(
        &mut self,
        now_us: u64,
        members: &[(Node, MemberFacts)],
    ) -> Result<bool, Broken> {
        let Some(demand) = &mut self.demand else {
            return Ok(false);
        };
        demand.look_at_us = now_us + LOOK_EVERY_US;
        let unled = unled(members);
        let unsettled = unled.clone().or_else(|| behind(members));
        let was_settled = demand.is_settled;
        demand.is_settled |= unsettled.is_none();
        let bound_us = demand.since_us + demand.within_us;
        if let Some(what) = unled.filter(|_| now_us > bound_us) {
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

/// A tick: nothing of this is settled between two.
const LOOK_EVERY_US: u64 = 100_000;

#[cfg(test)]
mod tests;
