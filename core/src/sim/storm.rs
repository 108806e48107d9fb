//! A plan of another temper than [`fault_plan`](super::fault_plan): few faults, and clients that
//! ask without a pause while each lasts.
//!
//! A stale read needs a write elsewhere and a read here within the second in which a leader that
//! is cut off still believes to lead. A fault plan that gives everything its share of time seldom
//! asks twice in that second. A storm does nothing else: one trouble at a time, and in it as many
//! operations as there is room for, aimed at those whom it befalls.

use super::action::{Action, Node};
use super::config::WorldConfig;
use super::fault::{DiskCall, Fault};
use super::history::{History, PlannedAction};
use super::operation::Operation;
use super::plan::{LIVE_WITHIN_US, Length, Phase, observers};
use crate::prng::Prng;

/// Settings and actions for a world of so many members and about such a length. The last fifth is
/// calm.
pub(super) fn storm_plan(seed: u64, members: u32, length: Length) -> History {
    let prng = Prng::new(seed).fork("storm");
    let mut members_prng = prng.fork("members");
    let mut config = settings(seed, members, &mut prng.fork("settings"));
    let changes_members = members_prng.chance(300);
    if changes_members {
        config.strict_reconfig_check = members_prng.chance(400);
    }
    let mut storm = Storm {
        prng: prng.fork("actions"),
        machines_max: if changes_members {
            members + members_prng.between(1, 4) as u32
        } else {
            0
        },
        nodes: (1..=members).map(Node).collect(),
        steady: (1..=members).map(Node).collect(),
        writes: 0,
        length,
        operation_count: 0,
        event: WARM_UP_EVENTS,
        actions: Vec::new(),
    };
    for observer in observers(&storm.nodes) {
        storm.plan(observer);
    }
    while storm.phase() == Phase::Faults {
        let victim = *storm.prng.choose(&storm.nodes).unwrap_or(&Node(1));
        if storm.machines_max > 0 && storm.prng.chance(250) {
            storm.replace(victim);
            continue;
        }
        match storm.prng.below(100) {
            0..=29 => storm.siege(victim),
            30..=44 => storm.pause(victim),
            45..=64 => storm.churn(victim),
            65..=79 => storm.crash(victim),
            80..=89 => storm.slow(victim),
            90..=93 => storm.fail_disk(victim),
            _ => storm.lights_out(),
        }
        let calm = storm.prng.below(120);
        storm.wait(calm);
    }
    storm.make_whole();
    while storm.phase() != Phase::Over {
        storm.ask(None);
        storm.wait(20);
    }
    History {
        config,
        actions: storm.actions,
    }
}

/// Small segments and few entries between snapshots, so that all of it is met in a short run.
fn settings(seed: u64, members: u32, prng: &mut Prng) -> WorldConfig {
    let latency_min_us = prng.between(500, 5_000);
    WorldConfig {
        seed,
        members,
        latency_min_us,
        latency_max_us: latency_min_us + prng.between(0, 20_000),
        in_order: prng.chance(500),
        loss_per_mille: prng.below(2) as u32 * prng.below(40) as u32,
        disk_write_us: prng.between(100, 3_000),
        disk_sync_us: prng.between(100, 20_000),
        snapshot_count: prng.between(4, 20),
        snapshot_catch_up_entries: prng.between(0, 4),
        segment_size_bytes: prng.between(256, 4_096),
        pre_vote: prng.chance(700),
        ..WorldConfig::default()
    }
}

struct Storm {
    prng: Prng,
    nodes: Vec<Node>,
    /// The first members, without those that somebody was asked to remove.
    steady: Vec<Node>,
    /// How many machines there may be in the end; 0 where the members stay the same.
    machines_max: u32,
    writes: u64,
    length: Length,
    /// How many operations are planned.
    operation_count: u64,
    /// The next action is taken behind this event.
    event: u64,
    actions: Vec<PlannedAction>,
}

impl Storm {
    fn phase(&self) -> Phase {
        self.length.phase(self.event, self.operation_count)
    }

    /// The storm is over: all that run or can run get on with their work.
    fn make_whole(&mut self) {
        self.plan(Action::Fault(Fault::EndFaults));
        // One that runs refuses this.
        for node in self.nodes.clone() {
            self.plan(Action::Restart { node });
        }
        let within_us = LIVE_WITHIN_US;
        self.plan(Action::Fault(Fault::DemandLiveness { within_us }));
    }

    /// One is cut off, and clients go on on both sides.
    fn siege(&mut self, victim: Node) {
        if self.prng.chance(300) {
            let fault = Fault::Latency {
                from: victim,
                to: self.other(victim),
                min_us: 100_000,
                max_us: 1_500_000,
            };
            self.plan(Action::Fault(fault));
        } else {
            self.plan(Action::Isolate { node: victim });
        }
        self.ask_much(20, 100, victim);
        self.plan(Action::Fault(Fault::EndFaults));
        self.plan(Action::Heal);
        self.ask_much(5, 20, victim);
    }

    /// A process stands still and wakes up, not knowing for how long.
    fn pause(&mut self, victim: Node) {
        self.plan(Action::Fault(Fault::Pause { node: victim }));
        self.ask_much(10, 60, victim);
        self.plan(Action::Fault(Fault::Resume { node: victim }));
        self.ask_much(5, 20, victim);
    }

    /// Leaders come and go, each with something in its log that the others may not have.
    fn churn(&mut self, victim: Node) {
        for _ in 0..self.prng.between(2, 6) {
            let node = *self.prng.choose(&self.nodes).unwrap_or(&victim);
            self.plan(Action::Fault(Fault::Campaign { node }));
            let wait = self.prng.between(2, 30);
            self.wait(wait);
            self.put(node);
            let wait = self.prng.below(6);
            self.wait(wait);
            if self.prng.chance(400) {
                self.plan(Action::Isolate { node });
            } else if self.prng.chance(400) {
                self.plan(Action::Crash { node });
                let wait = self.prng.below(20);
                self.wait(wait);
                self.plan(Action::Restart { node });
            }
            if self.prng.chance(300) {
                self.plan(Action::Heal);
            }
        }
        self.plan(Action::Heal);
    }

    /// A machine loses power in the middle of many writes.
    fn crash(&mut self, victim: Node) {
        self.ask_much(5, 30, victim);
        self.plan(Action::Crash { node: victim });
        self.ask_much(0, 20, self.other(victim));
        self.plan(Action::Restart { node: victim });
    }

    /// A disk takes its time; perhaps the power goes meanwhile.
    fn slow(&mut self, victim: Node) {
        let extra_us = self.prng.between(20_000, 400_000);
        let slow = Fault::SlowDisk {
            node: victim,
            extra_us,
        };
        self.plan(Action::Fault(slow));
        self.ask_much(20, 60, victim);
        if self.prng.chance(600) {
            self.plan(Action::Crash { node: victim });
            self.plan(Action::Restart { node: victim });
        }
        self.plan(Action::Fault(Fault::EndFaults));
    }

    /// A call of a disk fails, and the member stops of it.
    fn fail_disk(&mut self, victim: Node) {
        let operation = *self
            .prng
            .choose(&[DiskCall::Write, DiskCall::Sync])
            .unwrap_or(&DiskCall::Sync);
        let fail = Fault::FailDisk {
            node: victim,
            operation,
        };
        self.plan(Action::Fault(fail));
        self.ask_much(5, 20, victim);
        self.plan(Action::Fault(Fault::EndFaults));
        self.plan(Action::Crash { node: victim });
        self.plan(Action::Restart { node: victim });
    }

    /// The power fails for all.
    fn lights_out(&mut self) {
        for node in self.nodes.clone() {
            self.plan(Action::Crash { node });
        }
        for node in self.nodes.clone() {
            self.plan(Action::Restart { node });
        }
    }

    /// One goes, another comes: in either order, and while clients ask.
    fn replace(&mut self, victim: Node) {
        let at = self.other(victim);
        let new = Node(self.nodes.len() as u32 + 1);
        let remove = Operation::MemberRemove { target: victim };
        let comes_first = self.prng.chance(500);
        // One of the first members stays.
        let goes = self.prng.chance(500) && self.steady.iter().any(|node| *node != victim);
        if goes {
            self.steady.retain(|node| *node != victim);
        }
        if goes && !comes_first {
            self.operate(at, remove.clone());
            self.ask_much(5, 20, victim);
        }
        if new.0 <= self.machines_max {
            let learner = self.prng.chance(600);
            self.operate(at, Operation::MemberAdd { new, learner });
            self.plan(Action::Restart { node: new });
            self.nodes.push(new);
            self.ask_much(10, 40, new);
            if learner {
                self.operate(at, Operation::MemberPromote { target: new });
                self.ask_much(5, 20, new);
            }
        }
        if goes && comes_first {
            self.operate(at, remove);
            self.ask_much(5, 20, victim);
        }
    }

    fn operate(&mut self, node: Node, operation: Operation) {
        self.plan(Action::Operation { node, operation });
    }

    fn ask_much(&mut self, least: u64, most: u64, victim: Node) {
        for _ in 0..self.prng.between(least, most) {
            self.ask(Some(victim));
            let wait = self.prng.below(7);
            self.wait(wait);
        }
    }

    /// A third goes to whom the trouble befalls, most of it reads.
    fn ask(&mut self, victim: Option<Node>) {
        self.operation_count += 1;
        let aimed = victim.filter(|_| self.prng.chance(350));
        // When all is whole an answer is demanded: only of those that are members for certain.
        let asked = match self.phase() {
            Phase::Faults => &self.nodes,
            _ => &self.steady,
        };
        let drawn = *self.prng.choose(asked).unwrap_or(&Node(1));
        let node = aimed.unwrap_or(drawn);
        let key = format!("k{}", self.prng.between(1, 4));
        let reads = if aimed.is_some() { 700 } else { 300 };
        if self.prng.chance(reads) {
            return self.plan(Action::Get { node, key });
        }
        match self.prng.below(100) {
            0..=79 => self.put(node),
            80..=93 => self.plan(Action::Delete { node, key }),
            _ => {
                let revision = self.prng.between(1, self.writes + 1);
                let revision = i64::try_from(revision).unwrap_or(i64::MAX);
                self.plan(Action::Compact { node, revision });
            }
        }
    }

    fn put(&mut self, node: Node) {
        self.writes += 1;
        let key = format!("k{}", self.prng.between(1, 4));
        let value = format!("v{}", self.writes);
        self.plan(Action::Put { node, key, value });
    }

    fn other(&self, node: Node) -> Node {
        let others = self.nodes.iter().copied().find(|other| *other != node);
        others.unwrap_or(node)
    }

    fn wait(&mut self, events: u64) {
        self.event += events;
    }

    /// Each action is an event itself: the next one comes at least one event later.
    fn plan(&mut self, action: Action) {
        self.actions.push(PlannedAction {
            after_event: self.event,
            action,
        });
        self.event += 1;
    }
}

/// Events before the first action: about what a first election takes.
const WARM_UP_EVENTS: u64 = 60;
