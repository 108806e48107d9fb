//! Plans in which space is scarce: a small quota, and clients that know the way out.
//!
//! A store takes some 70 bytes a version here, so that it is full after a hundred writes. Then
//! `NOSPACE` is raised and nothing more is taken, until somebody has compacted, defragmented and
//! disarmed, which under faults seldom goes as it should.

use crate::command::Alarm;
use crate::prng::Prng;
use crate::sim::action::{Action, Node};
use crate::sim::operation::Operation;
use crate::sim::revision_choice::RevisionChoice;

/// How much room a plan's members have, and how often somebody makes some.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Space {
    quota_bytes: u32,
    /// Of a client's steps, in a thousand.
    per_mille: u32,
}

impl Space {
    /// Scarce in some plans, else without end.
    pub(in crate::sim) fn new(prng: &mut Prng) -> Self {
        if !prng.chance(SEEDS_PER_MILLE) {
            return Self {
                quota_bytes: 0,
                per_mille: 0,
            };
        }
        Self {
            quota_bytes: prng.between(2_000, 16_000) as u32,
            per_mille: prng.between(10, 50) as u32,
        }
    }

    /// The quota, as a world's settings have it.
    pub(in crate::sim) fn quota_bytes(self) -> u32 {
        self.quota_bytes
    }

    /// Whether this plan is about space at all.
    pub(in crate::sim) fn is_scarce(self) -> bool {
        self.quota_bytes > 0
    }

    /// Whether somebody makes room now. Draws nothing where space is not scarce.
    pub(in crate::sim) fn is_time(self, prng: &mut Prng) -> bool {
        self.is_scarce() && prng.chance(self.per_mille)
    }
}

/// What clients do about a full store: they look, compact, defragment and disarm; now and then
/// they leave something out. Each step comes with the events to wait behind it. `asked` are those
/// whom they ask, `all` those who may have raised an alarm.
pub(in crate::sim) fn make_room(prng: &mut Prng, asked: &[Node], all: &[Node]) -> Vec<Step> {
    let mut steps = Vec::new();
    let Some(at) = prng.choose(asked).copied() else {
        return steps;
    };
    let operate = |node, operation| Action::Operation { node, operation };
    steps.push((operate(at, Operation::AlarmList), 0));
    if prng.chance(800) {
        let revision = RevisionChoice::Newest(-prng.below(3).cast_signed());
        let compact = Action::Compact { node: at, revision };
        steps.push((compact, prng.between(5, 60)));
    }
    for node in asked.iter().copied() {
        if prng.chance(900) {
            steps.push((operate(node, Operation::Defragment), prng.below(8)));
        }
    }
    for target in all.iter().copied() {
        if prng.chance(950) {
            let alarm = Alarm::NoSpace;
            let disarm = Operation::AlarmDisarm { alarm, target };
            steps.push((operate(at, disarm), prng.below(4)));
        }
    }
    steps
}

/// For a while nothing is served: somebody says that a store is corrupt, and takes that back.
pub(in crate::sim) fn cry_wolf(prng: &mut Prng, asked: &[Node], all: &[Node]) -> Vec<Step> {
    let (Some(at), Some(target)) = (prng.choose(asked).copied(), prng.choose(all).copied()) else {
        return Vec::new();
    };
    let alarm = Alarm::Corrupt;
    let raise = Operation::AlarmRaise { alarm, target };
    let raise = Action::Operation {
        node: at,
        operation: raise,
    };
    let mut steps = vec![(raise, prng.between(5, 80))];
    steps.extend(believe_again(asked, all));
    steps
}

/// Whatever is said to be corrupt, is not any more.
pub(in crate::sim) fn believe_again(asked: &[Node], all: &[Node]) -> Vec<Step> {
    let disarm = |(target, node): (&Node, &Node)| Action::Operation {
        node: *node,
        operation: Operation::AlarmDisarm {
            alarm: Alarm::Corrupt,
            target: *target,
        },
    };
    let pairs = all.iter().zip(asked.iter().cycle());
    pairs.map(|pair| (disarm(pair), 2)).collect()
}

/// An action, and how many events to wait behind it.
pub(in crate::sim) type Step = (Action, u64);

/// In how many plans space is scarce, in a thousand.
const SEEDS_PER_MILLE: u32 = 150;
