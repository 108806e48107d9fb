//! A plan for leases: they are granted, kept alive or left, while leadership moves about.
//!
//! Only the leader counts a lease's time, so a mistake shows when another one counts: one that
//! was deposed and does not know it, or one that has just been elected.

use super::{Length, Phase, events_per_second};
use crate::prng::Prng;
use crate::sim::action::{Action, Node};
use crate::sim::config::WorldConfig;
use crate::sim::fault::Fault;
use crate::sim::history::History;
use crate::sim::operation::Operation;
use crate::sim::revision_choice::RevisionChoice;
use crate::sim::script::Script;

/// Settings and actions for a world of so many members and about such a length. The last fifth is
/// calm.
pub(in crate::sim) fn lease_plan(seed: u64, members: u32, length: Length) -> History {
    let prng = Prng::new(seed).fork("leases");
    let mut plan = Leases {
        script: Script::new(prng.fork("actions"), members, length),
        granted: 0,
        kept: Vec::new(),
        now: Pace::of(members),
    };
    while plan.script.phase() == Phase::Faults {
        plan.grant();
        let victim = plan.script.node();
        match plan.script.prng.below(100) {
            0..=24 => plan.move_leadership(victim),
            25..=34 => plan.pause(victim),
            35..=44 => plan.cut_off(victim),
            45..=69 => plan.wake_up_alone(victim),
            70..=79 => plan.crash(victim),
            80..=89 => plan.bend_clock(victim),
            _ => plan.live(4),
        }
    }
    plan.script.make_whole();
    while plan.script.phase() != Phase::Over {
        plan.look();
        plan.script.wait(20);
    }
    // All leases that nobody keeps come to their end.
    for _ in 0..2 * EXPIRY_SECONDS {
        plan.look();
        plan.script.wait(plan.now.0 / 2);
    }
    (plan.script).end(settings(seed, members, &mut prng.fork("settings")))
}

fn settings(seed: u64, members: u32, prng: &mut Prng) -> WorldConfig {
    let latency_min_us = prng.between(500, 5_000);
    WorldConfig {
        seed,
        members,
        latency_min_us,
        latency_max_us: latency_min_us + prng.between(0, 20_000),
        in_order: prng.chance(700),
        disk_write_us: prng.between(100, 2_000),
        disk_sync_us: prng.between(100, 10_000),
        snapshot_count: prng.between(8, 30),
        ..WorldConfig::default()
    }
}

struct Leases {
    script: Script,
    /// How many leases were asked for; none bears a name twice.
    granted: i64,
    /// Those that are kept alive.
    kept: Vec<i64>,
    now: Pace,
}

/// How many events a second of virtual time has.
#[derive(Clone, Copy, Debug)]
struct Pace(u64);

impl Pace {
    fn of(members: u32) -> Self {
        Self(events_per_second(u64::from(members)))
    }
}

impl Leases {
    /// A lease, and two keys that hang on it.
    fn grant(&mut self) {
        self.granted += 1;
        let lease = self.granted;
        let node = self.script.node();
        let ttl_seconds = self.script.prng.between(2, 4).cast_signed();
        let grant = Operation::LeaseGrant { lease, ttl_seconds };
        self.script.operate(node, grant);
        self.script.wait(20);
        for _ in 0..2 {
            let operation = Operation::PutWithLease {
                key: self.script.key(KEYS),
                value: self.script.value(),
                lease,
            };
            let node = self.script.node();
            self.script.operate(node, operation);
        }
        if self.script.prng.chance(700) {
            self.kept.push(lease);
        }
        if self.kept.len() > KEPT_MAX {
            self.kept.remove(0);
        }
    }

    /// Another leader, while the one before goes on running.
    fn move_leadership(&mut self, to: Node) {
        self.live(1);
        self.script.fault(Fault::Campaign { node: to });
        self.live(5);
    }

    /// A leader, perhaps, that stands still and does not know for how long.
    fn pause(&mut self, victim: Node) {
        self.live(1);
        self.script.fault(Fault::Pause { node: victim });
        self.live_at(Some(victim), 4);
        self.script.fault(Fault::Resume { node: victim });
        self.live(3);
    }

    fn cut_off(&mut self, victim: Node) {
        self.script.plan(Action::Isolate { node: victim });
        self.live_at(Some(victim), 4);
        self.script.plan(Action::Heal);
        self.live(3);
    }

    /// A leader that stood still and wakes up cut off: it has not heard of its successor, and by
    /// its clock no time has passed. All who keep leases alive ask it.
    fn wake_up_alone(&mut self, victim: Node) {
        self.script.fault(Fault::Campaign { node: victim });
        self.live(2);
        self.script.plan(Action::Isolate { node: victim });
        self.script.fault(Fault::Pause { node: victim });
        for _ in 0..8 {
            self.keep_alive_at(victim);
            self.script.wait(self.now.0 / 2);
        }
        self.script.fault(Fault::Resume { node: victim });
        for _ in 0..4 {
            self.keep_alive_at(victim);
            let other = self.script.other(victim);
            self.look_at(other);
            self.script.wait(self.now.0 / 2);
        }
        self.script.plan(Action::Heal);
        self.live(2);
    }

    fn crash(&mut self, victim: Node) {
        self.script.plan(Action::Crash { node: victim });
        self.live(2);
        self.script.plan(Action::Restart { node: victim });
        self.live(2);
    }

    /// A clock that runs wrong makes a leader count wrong, but never two of them.
    fn bend_clock(&mut self, victim: Node) {
        let per_mille = *self
            .script
            .prng
            .choose(&[500, 800, 1_500, 2_000])
            .unwrap_or(&800);
        let bend = |per_mille| Fault::ClockRate {
            node: victim,
            per_mille,
        };
        self.script.fault(bend(per_mille));
        self.live(3);
        let other = self.script.other(victim);
        self.script.fault(Fault::Campaign { node: other });
        self.live(3);
        self.script.fault(bend(1_000));
    }

    /// So many seconds in which leases are kept alive and keys are looked at.
    fn live(&mut self, seconds: u64) {
        self.live_at(None, seconds);
    }

    fn live_at(&mut self, aimed: Option<Node>, seconds: u64) {
        for _ in 0..2 * seconds {
            let aimed = aimed.filter(|_| self.script.prng.chance(500));
            let node = aimed.unwrap_or_else(|| self.script.node());
            self.keep_alive_at(node);
            self.look();
            self.script.wait(self.now.0 / 2);
        }
    }

    fn keep_alive_at(&mut self, node: Node) {
        for lease in self.kept.clone() {
            self.script
                .operate(node, Operation::LeaseKeepAlive { lease });
        }
    }

    /// Reads all keys.
    fn look(&mut self) {
        let node = self.script.node();
        self.look_at(node);
    }

    fn look_at(&mut self, node: Node) {
        let operation = Operation::Range {
            key: "k".to_owned(),
            end: "l".to_owned(),
            revision: RevisionChoice::DEFAULT,
            serializable: false,
        };
        self.script.operate(node, operation);
    }
}

const KEYS: u64 = 12;
/// Longer than the longest lease, a new leader's extension, and what the audit gives on top.
const EXPIRY_SECONDS: u64 = 13;
/// Leases that are kept alive at a time.
const KEPT_MAX: usize = 3;
