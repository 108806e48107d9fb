//! The faults of a round.

use std::time::Duration;

use quorate_core::prng::Prng;

use super::cluster::ClusterPlan;
use super::fault::{Cut, Fault, Replacing, Victims};

/// When the first fault may begin, after the round has.
const FIRST_AFTER_MS: (u64, u64) = (50, 300);
/// From one fault's beginning to the next one's.
const PAUSE_MS: (u64, u64) = (20, 500);
/// How long a fault lasts.
const LASTS_MS: (u64, u64) = (30, 900);

/// What goes wrong in a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoundPlan {
    /// In the order in which they begin.
    pub(crate) faults: Vec<PlannedFault>,
}

/// A fault and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedFault {
    /// When it begins, after the round has.
    pub(crate) after: Duration,
    /// How long it lasts.
    pub(crate) lasts: Duration,
    /// What goes wrong.
    pub(crate) fault: Fault,
}

impl RoundPlan {
    /// Draws the faults of a cluster's round.
    pub(crate) fn new(cluster: &ClusterPlan, round: u64) -> Self {
        let mut prng = cluster.prng("round", round);
        let mut after_ms = between(&mut prng, FIRST_AFTER_MS);
        let count = prng.between(1, 4);
        let mut faults = Vec::new();
        let mut replaces = false;
        for _ in 0..count {
            let mut fault = fault(&mut prng);
            // One change of the members is enough for a round.
            if matches!(fault, Fault::Replace { .. }) && std::mem::replace(&mut replaces, true) {
                fault = Fault::Kill(one(&mut prng));
            }
            faults.push(PlannedFault {
                after: Duration::from_millis(after_ms),
                lasts: Duration::from_millis(between(&mut prng, LASTS_MS)),
                fault,
            });
            after_ms += between(&mut prng, PAUSE_MS);
        }
        Self { faults }
    }
}

fn fault(prng: &mut Prng) -> Fault {
    match prng.below(108) {
        0..25 => Fault::Kill(several(prng)),
        25..33 => Fault::Terminate(one(prng)),
        33..50 => Fault::Pause(several(prng)),
        50..75 => Fault::Cut {
            cut: cut(prng),
            breaks: prng.chance(400),
        },
        75..84 => Fault::Delay {
            cut: cut(prng),
            by: Duration::from_millis(prng.between(2, 120)),
        },
        84..90 => Fault::SlowDisk {
            victims: several(prng),
            by_ms: prng.between(2, 60),
        },
        90..93 => Fault::FailWrite(one(prng)),
        93..96 => Fault::FailSync(one(prng)),
        96..100 => Fault::MoveLeader(Victims::Follower(prng.bits())),
        _ => Fault::Replace {
            victim: one(prng),
            manner: Replacing {
                is_dead: prng.chance(500),
                by_learner: prng.chance(500),
            },
        },
    }
}

fn one(prng: &mut Prng) -> Victims {
    match prng.below(10) {
        0..5 => Victims::Leader,
        5..8 => Victims::Follower(prng.bits()),
        _ => Victims::Anybody(prng.bits()),
    }
}

fn several(prng: &mut Prng) -> Victims {
    match prng.below(10) {
        0..7 => one(prng),
        7..9 => Victims::Majority(prng.bits()),
        _ => Victims::All,
    }
}

fn cut(prng: &mut Prng) -> Cut {
    match prng.below(100) {
        0..20 => Cut::Around(one(prng)),
        20..35 => Cut::To(one(prng)),
        35..50 => Cut::From(one(prng)),
        50..70 => Cut::MinorityWithLeader(prng.bits()),
        70..82 => Cut::Bridged(prng.bits()),
        82..93 => Cut::One(prng.bits()),
        _ => Cut::Everything,
    }
}

fn between(prng: &mut Prng, (low, high): (u64, u64)) -> u64 {
    prng.between(low, high)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_determines_the_faults_and_all_kinds_come() {
        let mut kinds = BTreeSet::new();
        for seed in 0..40 {
            let cluster = ClusterPlan::new(seed, None);
            assert_eq!(cluster.members, if seed % 2 == 0 { 3 } else { 5 });
            for round in 0..cluster.rounds {
                let plan = RoundPlan::new(&cluster, round);
                assert_eq!(plan, RoundPlan::new(&cluster, round));
                assert!(!plan.faults.is_empty());
                kinds.extend(plan.faults.iter().map(|planned| planned.fault.kind()));
            }
        }
        assert_eq!(kinds.len(), 10, "{kinds:?}");
    }
}
