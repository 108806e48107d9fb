//! What a seed breaks.
//!
//! Each seed breaks other things: of all kinds it takes a random part, each as often as chance
//! says (Groce et al., "Swarm Testing", 2012). A plan in which everything breaks all the time
//! gets little done, and hides what it takes quiet to see.
//!
//! Left out is what Raft cannot survive: a disk emptied or set back behind what its member had
//! acknowledged, or cut short by a bit at the very end of its log. A scenario may do that by hand.

use crate::prng::Prng;

/// How often a seed draws what.
#[derive(Debug)]
pub(super) struct Swarm {
    weights: Vec<(Kind, u64)>,
    ask_weight: u64,
}

/// What can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Crash,
    CrashKeeping,
    Stop,
    LightsOut,
    Isolate,
    Cut,
    CutOneWay,
    Partition,
    Latency,
    Chance,
    Hold,
    Pause,
    ClockRate,
    ClockStep,
    Campaign,
    SlowDisk,
    StallDisk,
    FailDisk,
    FillDisk,
    CrashAgain,
    FlipSnapshotBit,
    /// What ends other kinds is always there.
    Restart,
    Heal,
    Resume,
    Release,
    EndStall,
}

impl Swarm {
    pub(super) fn new(prng: &mut Prng) -> Self {
        let mut weights: Vec<(Kind, u64)> = Vec::new();
        for (kind, most) in OPTIONAL {
            if prng.chance(400) {
                weights.push((kind, prng.between(1, most)));
            }
        }
        weights.extend(ALWAYS);
        let breaking: u64 = weights.iter().map(|(_, weight)| weight).sum();
        Self {
            weights,
            ask_weight: breaking * prng.between(80, 300) / 100,
        }
    }

    /// Nothing for a client's operation.
    pub(super) fn draw(&self, prng: &mut Prng) -> Option<Kind> {
        let sum: u64 = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut drawn = prng.below(sum + self.ask_weight);
        for (kind, weight) in &self.weights {
            if drawn < *weight {
                return Some(*kind);
            }
            drawn -= weight;
        }
        None
    }
}

/// What a seed may break, and how often at most: of kinds that end soon, more.
const OPTIONAL: [(Kind, u64); 21] = [
    (Kind::Crash, 10),
    (Kind::CrashKeeping, 8),
    (Kind::Stop, 4),
    (Kind::LightsOut, 2),
    (Kind::Isolate, 5),
    (Kind::Cut, 5),
    (Kind::CutOneWay, 5),
    (Kind::Partition, 4),
    (Kind::Latency, 4),
    (Kind::Chance, 3),
    (Kind::Hold, 5),
    (Kind::Pause, 6),
    (Kind::ClockRate, 4),
    (Kind::ClockStep, 5),
    (Kind::Campaign, 6),
    (Kind::SlowDisk, 4),
    (Kind::StallDisk, 4),
    (Kind::FailDisk, 4),
    (Kind::FillDisk, 3),
    (Kind::CrashAgain, 3),
    (Kind::FlipSnapshotBit, 2),
];
/// What ends what others began.
const ALWAYS: [(Kind, u64); 5] = [
    (Kind::Restart, 12),
    (Kind::Heal, 8),
    (Kind::Resume, 6),
    (Kind::Release, 6),
    (Kind::EndStall, 5),
];
