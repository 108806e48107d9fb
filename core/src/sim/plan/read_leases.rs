//! A plan for leaders that read by their lease, at the moments in which a mistake shows: somebody
//! else has been elected, and the old leader does not know it.
//!
//! Each trouble is one of the races that `consensus/read_lease.rs` and `member/leaving.rs` tell. It
//! takes knowing who leads, and some wait for a moment, so the plan is rehearsed.

mod troubles;

use self::troubles::Trouble;
use super::{LIVE_WITHIN_US, Length, Phase, observers};
use crate::prng::Prng;
use crate::sim::action::{Action, Node};
use crate::sim::config::WorldConfig;
use crate::sim::fault::Fault;
use crate::sim::history::History;
use crate::sim::rehearsal::Rehearsal;

/// Actions for a world of these settings and about such a length. The last fifth is calm.
pub(in crate::sim) fn read_lease_plan(config: WorldConfig, length: Length) -> History {
    let prng = Prng::new(config.seed).fork("read leases");
    let rehearsal = match Rehearsal::new(config.clone()) {
        Ok(rehearsal) => rehearsal,
        // Whoever follows it will be told the same.
        Err(_) => return History::new(config),
    };
    let mut plan = ReadLeases {
        prng: prng.fork("actions"),
        nodes: (1..=config.members).map(Node).collect(),
        drift_per_mille: config.clock_drift_percent * 10,
        pre_vote: config.pre_vote,
        may_remove: true,
        writes: 0,
        asked: 0,
        rehearsal,
    };
    for observer in observers(&plan.nodes) {
        plan.rehearsal.act(observer);
    }
    while plan.phase(length) == Phase::Faults && !plan.rehearsal.is_over() {
        plan.play();
    }
    plan.make_whole();
    while plan.phase(length) != Phase::Over && !plan.rehearsal.is_over() {
        let node = plan.node();
        plan.put(node);
        plan.get(node);
        plan.rehearsal.wait(30);
    }
    plan.rehearsal.end()
}

/// Settings for it.
pub(in crate::sim) fn read_lease_settings(seed: u64, members: u32) -> WorldConfig {
    let mut prng = Prng::new(seed).fork("read lease settings");
    let latency_min_us = prng.between(500, 5_000);
    WorldConfig {
        seed,
        members,
        latency_min_us,
        latency_max_us: latency_min_us + prng.between(0, 15_000),
        in_order: prng.chance(500),
        disk_write_us: prng.between(100, 1_000),
        disk_sync_us: prng.between(100, 3_000),
        snapshot_count: prng.between(20, 200),
        pre_vote: prng.chance(700),
        reads_by_lease: true,
        clock_drift_percent: prng.between(0, 20) as u32,
        ..WorldConfig::default()
    }
}

/// Keeps the clocks of a plan to what leases reckon with: none jumps, and none runs faster or
/// slower than so many per cent.
pub(in crate::sim) fn keep_clocks(history: &mut History, drift_percent: u32) {
    let (slowest, fastest) = (1_000 - drift_percent * 10, 1_000 + drift_percent * 10);
    history
        .actions
        .retain_mut(|planned| match &mut planned.action {
            Action::Fault(Fault::ClockStep { .. } | Fault::Campaign { .. }) => false,
            Action::Fault(Fault::ClockRate { per_mille, .. }) => {
                *per_mille = (*per_mille).clamp(slowest, fastest);
                true
            }
            _ => true,
        });
}

struct ReadLeases {
    prng: Prng,
    nodes: Vec<Node>,
    /// How fast or slow clocks may run.
    drift_per_mille: u32,
    pre_vote: bool,
    /// Whether the leader may be removed: once.
    may_remove: bool,
    writes: u64,
    asked: u64,
    rehearsal: Rehearsal,
}

impl ReadLeases {
    /// One trouble for whoever leads, and then peace until somebody leads again.
    fn play(&mut self) {
        self.bend_clocks();
        let nodes = self.nodes.clone();
        let leads = |rehearsal: &Rehearsal| nodes.iter().any(|node| rehearsal.leads(*node));
        self.rehearsal.until(PEACE_EVENTS_MAX, leads);
        self.contest(None, 500_000);
        let leader = self
            .nodes
            .iter()
            .copied()
            .find(|node| self.rehearsal.leads(*node));
        let others = leader.map(|leader| self.others(leader)).unwrap_or_default();
        let possible = Trouble::possible(self);
        let drawn = self.prng.choose(&possible).copied();
        if let Some(leader) = leader.filter(|_| !others.is_empty())
            && let Some(trouble) = drawn
        {
            self.trouble(trouble, leader, &others);
        }
        self.fault(Fault::EndFaults);
        self.rehearsal.act(Action::Heal);
        self.rehearsal.pass(1_500_000);
    }

    /// No two clocks run the same.
    fn bend_clocks(&mut self) {
        for node in self.nodes.clone() {
            let drift = u64::from(self.drift_per_mille);
            let per_mille = (1_000 - drift + self.prng.below(2 * drift + 1)) as u32;
            self.fault(Fault::ClockRate { node, per_mille });
        }
    }

    /// Clients write, and read at one who led, or at anybody.
    fn contest(&mut self, aimed: Option<Node>, length_us: u64) {
        let mut at_us = self.rehearsal.now_us();
        let end_us = at_us + length_us;
        while at_us < end_us && !self.rehearsal.is_over() {
            let elsewhere = aimed.and_then(|aimed| self.others(aimed).first().copied());
            let writer = elsewhere.unwrap_or_else(|| self.node());
            self.put(writer);
            for _ in 0..2 {
                at_us += self.prng.between(5_000, 40_000);
                self.rehearsal.pass_until(at_us);
                let reader = aimed.unwrap_or_else(|| self.node());
                self.get(reader);
            }
            at_us += self.prng.between(5_000, 40_000);
            self.rehearsal.pass_until(at_us);
        }
    }

    /// All but one, in any order.
    fn others(&mut self, node: Node) -> Vec<Node> {
        let mut others = self.nodes.clone();
        others.retain(|other| *other != node);
        self.prng.shuffle(&mut others);
        others
    }

    fn make_whole(&mut self) {
        self.fault(Fault::EndFaults);
        for node in self.nodes.clone() {
            self.rehearsal.act(Action::Restart { node });
        }
        let within_us = LIVE_WITHIN_US;
        self.fault(Fault::DemandLiveness { within_us });
    }

    fn fault(&mut self, fault: Fault) {
        self.rehearsal.act(Action::Fault(fault));
    }

    fn put(&mut self, node: Node) {
        self.writes += 1;
        self.asked += 1;
        let key = self.key();
        let value = format!("v{}", self.writes);
        self.rehearsal.act(Action::Put { node, key, value });
    }

    fn get(&mut self, node: Node) {
        self.asked += 1;
        let key = self.key();
        self.rehearsal.act(Action::Get { node, key });
    }

    fn key(&mut self) -> String {
        format!("k{}", self.prng.between(1, 2))
    }

    fn node(&mut self) -> Node {
        *self.prng.choose(&self.nodes).unwrap_or(&Node(1))
    }

    fn phase(&self, length: Length) -> Phase {
        length.phase(self.rehearsal.event(), self.asked)
    }
}

/// Events until somebody leads, or something is given up.
const PEACE_EVENTS_MAX: u64 = 600;
