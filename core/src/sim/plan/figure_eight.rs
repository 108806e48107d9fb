//! A plan that plays Figure 8 of the Raft paper (§5.4.2) again and again.
//!
//! It takes four leaderships in a row, each of which ends before its newest entry is on a
//! majority, and each with the right members within reach. Chance brings that about once in many
//! thousand plans, so this one is rehearsed.

use super::{LIVE_WITHIN_US, Length, Phase, WARM_UP_EVENTS, observers};
use crate::prng::Prng;
use crate::sim::action::{Action, Node};
use crate::sim::config::WorldConfig;
use crate::sim::fault::Fault;
use crate::sim::history::History;
use crate::sim::rehearsal::Rehearsal;

/// Actions for a world of these settings and about such a length. The last fifth is calm.
pub(in crate::sim) fn figure_eight_plan(config: WorldConfig, length: Length) -> History {
    let prng = Prng::new(config.seed).fork("figure eight");
    let members = config.members;
    let rehearsal = match Rehearsal::new(config.clone()) {
        Ok(rehearsal) => rehearsal,
        // Whoever follows it will be told the same.
        Err(_) => return History::new(config),
    };
    let mut plan = FigureEight {
        prng: prng.fork("actions"),
        nodes: (1..=members).map(Node).collect(),
        writes: 0,
        operations: 0,
        asks: match length {
            Length::Events(_) => 0,
            // A figure has two writes: it would take thousands of them for so many operations.
            Length::Operations(_) => READS_AT_A_TIME,
        },
        rehearsal,
    };
    for observer in observers(&plan.nodes) {
        plan.rehearsal.act(observer);
    }
    plan.rehearsal.wait(WARM_UP_EVENTS);
    while plan.phase(length) == Phase::Faults && !plan.rehearsal.is_over() {
        plan.play();
    }
    plan.make_whole();
    while plan.phase(length) != Phase::Over && !plan.rehearsal.is_over() {
        let node = plan.node();
        plan.put(node);
        plan.rehearsal.wait(30);
    }
    plan.rehearsal.end()
}

/// Settings for it.
pub(in crate::sim) fn figure_eight_settings(seed: u64, members: u32) -> WorldConfig {
    let mut prng = Prng::new(seed).fork("figure eight settings");
    let latency_min_us = prng.between(1_000, 6_000);
    WorldConfig {
        seed,
        members,
        latency_min_us,
        latency_max_us: latency_min_us + prng.between(0, 4_000),
        disk_write_us: prng.between(100, 500),
        disk_sync_us: prng.between(100, 2_000),
        snapshot_count: 1_000,
        pre_vote: prng.chance(500),
        ..WorldConfig::default()
    }
}

struct FigureEight {
    prng: Prng,
    nodes: Vec<Node>,
    writes: u64,
    /// How many operations are planned.
    operations: u64,
    /// How many reads clients ask at a time while the figure is played.
    asks: u64,
    rehearsal: Rehearsal,
}

impl FigureEight {
    /// (a) The first leads, and gets an entry to few. (b) It is cut off; the second leads, and
    /// gets one to nobody. (c) The first leads again, and gets its old entry to a majority. (d) It
    /// is cut off, and the second leads again: what was on a majority is replaced.
    ///
    /// Where one of the steps does not come off, the next ones are played all the same.
    fn play(&mut self) {
        let mut nodes = self.nodes.clone();
        self.prng.shuffle(&mut nodes);
        let few = nodes.len() - (nodes.len() / 2 + 1);
        let (first, second) = (nodes[0], nodes[nodes.len() - 1]);
        self.lead(first);
        // (a)
        let groups = vec![nodes[..few].to_vec(), nodes[few..].to_vec()];
        self.fault(Fault::Partition { groups });
        self.put(first);
        self.wait_a_moment();
        let entry = self.rehearsal.last(first);
        self.forget_leader();
        // (b)
        self.lead(second);
        self.rehearsal.act(Action::Isolate { node: second });
        self.forget_leader();
        // (c)
        self.heal_all_but(second);
        self.lead(first);
        let is_on_a_majority = |rehearsal: &Rehearsal| {
            let has_it = |node: &&Node| rehearsal.last(**node) >= entry;
            let others = nodes[..nodes.len() - 1].iter().filter(has_it);
            rehearsal.commit(first) >= entry && others.count() > nodes.len() / 2
        };
        self.rehearsal.until(STEP_EVENTS_MAX, is_on_a_majority);
        self.rehearsal.act(Action::Isolate { node: first });
        self.forget_leader();
        // (d)
        self.heal_all_but(first);
        self.lead(second);
        self.put(second);
        self.wait_a_moment();
        self.rehearsal.act(Action::Heal);
        self.wait_a_moment();
    }

    /// For an election timeout whoever has heard a leader gives no vote; soon after, somebody
    /// stands for election by himself.
    fn forget_leader(&mut self) {
        self.read();
        let length_us = self.prng.between(1_000_000, 1_200_000);
        self.rehearsal.pass(length_us);
    }

    /// Lets a member stand for election until it leads, if it can.
    fn lead(&mut self, node: Node) {
        for _ in 0..3 {
            if self.rehearsal.leads(node) {
                return;
            }
            self.fault(Fault::Campaign { node });
            let leads = |rehearsal: &Rehearsal| rehearsal.leads(node);
            if self.rehearsal.until(STEP_EVENTS_MAX, leads) {
                return;
            }
        }
    }

    fn heal_all_but(&mut self, out: Node) {
        self.rehearsal.act(Action::Heal);
        self.rehearsal.act(Action::Isolate { node: out });
        // A connection takes a moment.
        self.rehearsal.pass(30_000);
    }

    fn make_whole(&mut self) {
        self.fault(Fault::EndFaults);
        let within_us = LIVE_WITHIN_US;
        self.fault(Fault::DemandLiveness { within_us });
    }

    fn fault(&mut self, fault: Fault) {
        self.rehearsal.act(Action::Fault(fault));
    }

    fn wait_a_moment(&mut self) {
        let events = self.prng.below(20);
        self.rehearsal.wait(events);
    }

    /// Clients read anywhere, also of who is cut off and does not know it.
    fn read(&mut self) {
        for _ in 0..self.asks {
            let node = self.node();
            let key = format!("k{}", self.prng.between(1, 3));
            self.operations += 1;
            self.rehearsal.act(Action::Get { node, key });
        }
    }

    fn put(&mut self, node: Node) {
        self.writes += 1;
        self.operations += 1;
        let key = format!("k{}", self.prng.between(1, 3));
        let value = format!("v{}", self.writes);
        self.rehearsal.act(Action::Put { node, key, value });
    }

    fn node(&mut self) -> Node {
        *self.prng.choose(&self.nodes).unwrap_or(&Node(1))
    }

    fn phase(&self, length: Length) -> Phase {
        length.phase(self.rehearsal.event(), self.operations)
    }
}

/// Events that a step of the figure may take.
const STEP_EVENTS_MAX: u64 = 60;
/// Twenty-odd in a figure.
const READS_AT_A_TIME: u64 = 8;
