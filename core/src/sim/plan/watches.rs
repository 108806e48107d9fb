//! A plan for watches: clients that are slow, late or early, history that is compacted under them,
//! members that come back from a snapshot.
//!
//! Watches are told from a member's own store, so what matters is how far that member is when a
//! watch begins, stalls or goes on, and what a compaction has left of what it wants to hear. A
//! plan that draws revisions from all there ever were meets that once in a thousand; the clients
//! of this one stay near the newest that they have heard of.

use super::{Length, Phase};
use crate::prng::Prng;
use crate::sim::action::{Action, Node};
use crate::sim::config::WorldConfig;
use crate::sim::history::History;
use crate::sim::operation::Operation;
use crate::sim::revision_choice::RevisionChoice;
use crate::sim::script::Script;

/// Settings and actions for a world of so many members and about such a length. The last fifth is
/// calm.
pub(in crate::sim) fn watch_plan(seed: u64, members: u32, length: Length) -> History {
    let prng = Prng::new(seed).fork("watches");
    let mut plan = Watches {
        script: Script::new(prng.fork("actions"), members, length),
    };
    while plan.script.phase() == Phase::Faults {
        let victim = plan.script.node();
        match plan.script.prng.below(100) {
            0..=24 => plan.stall(),
            25..=49 => plan.compact(),
            50..=64 => plan.lag(victim),
            65..=79 => plan.crash(victim),
            80..=89 => plan.watch_ahead(victim),
            _ => plan.write_much(5, 30),
        }
        plan.script.pause(40);
    }
    plan.script.make_whole();
    while plan.script.phase() != Phase::Over {
        plan.write();
        plan.script.wait(20);
    }
    (plan.script).end(settings(seed, members, &mut prng.fork("settings")))
}

/// Little room for responses, and snapshots all the time.
fn settings(seed: u64, members: u32, prng: &mut Prng) -> WorldConfig {
    let latency_min_us = prng.between(500, 5_000);
    WorldConfig {
        seed,
        members,
        latency_min_us,
        latency_max_us: latency_min_us + prng.between(0, 10_000),
        in_order: prng.chance(700),
        disk_write_us: prng.between(100, 2_000),
        disk_sync_us: prng.between(100, 8_000),
        snapshot_count: prng.between(4, 12),
        snapshot_catch_up_entries: prng.between(0, 2),
        segment_size_bytes: prng.between(256, 4_096),
        watch_room: prng.between(1, 6) as u32,
        watch_chunk: prng.between(1, 6) as u32,
        ..WorldConfig::default()
    }
}

struct Watches {
    script: Script,
}

impl Watches {
    /// One of the clients that watch from the beginning on takes nothing for a while, and may ask
    /// how far it is.
    fn stall(&mut self) {
        let operation = self.observer();
        let node = self.script.node();
        let stall = |on| Operation::WatchStall { operation, on };
        self.script.operate(node, stall(true));
        self.write_much(5, 25);
        if self.script.prng.chance(500) {
            self.script
                .operate(node, Operation::WatchProgress { operation });
        }
        if self.script.prng.chance(400) {
            self.compact_near();
        }
        self.write_much(0, 15);
        self.script.operate(node, stall(false));
        self.script
            .operate(node, Operation::WatchProgress { operation });
    }

    /// Something is deleted, history is compacted there or nearby, and watched from there on.
    fn compact(&mut self) {
        self.write_much(2, 10);
        let (node, key) = (self.script.node(), self.script.key(KEYS));
        self.script.ask(Action::Delete { node, key });
        self.script.wait(50);
        let back = self.compact_near();
        self.script.wait(30);
        if self.script.prng.chance(300) {
            let node = self.script.node();
            self.script.plan(Action::Crash { node });
            self.script.plan(Action::Restart { node });
            self.script.wait(30);
        }
        for _ in 0..3 {
            let node = self.script.node();
            self.watch(node, -back);
        }
        self.write_much(2, 10);
    }

    /// A member falls so far behind that it gets a snapshot; clients that are further than it
    /// come to it before that. What was deleted meanwhile must not come back.
    fn lag(&mut self, victim: Node) {
        let (node, key) = (self.script.node(), self.script.key(KEYS + RARE_KEYS));
        self.script.put(node, key.clone());
        self.script.wait(60);
        self.script.plan(Action::Isolate { node: victim });
        let node = self.script.other(victim);
        self.script.ask(Action::Delete { node, key });
        self.write_much(10, 30);
        if self.script.prng.chance(500) {
            self.compact_near();
            self.script.wait(40);
        }
        let back = self.script.prng.below(6).cast_signed();
        self.watch(victim, -back);
        self.watch(victim, back);
        self.script.plan(Action::Heal);
        self.write_much(3, 15);
    }

    /// A member loses power; its clients go elsewhere or wait for it.
    fn crash(&mut self, victim: Node) {
        self.write_much(3, 15);
        self.script.plan(Action::Crash { node: victim });
        self.write_much(3, 25);
        self.script.plan(Action::Restart { node: victim });
    }

    /// A watch is to begin at a revision to come.
    fn watch_ahead(&mut self, node: Node) {
        let ahead = self.script.prng.between(2, 12).cast_signed();
        self.watch(node, ahead);
        self.write_much(5, 20);
    }

    /// Watches from so far above the newest revision that was heard of, or below.
    fn watch(&mut self, node: Node, offset: i64) {
        let operation = Operation::Watch {
            key: "k".to_owned(),
            end: "l".to_owned(),
            revision: RevisionChoice::Newest(offset),
        };
        self.script.operate(node, operation);
    }

    /// Compacts; answers how far below the newest revision.
    fn compact_near(&mut self) -> i64 {
        let back = self.script.prng.below(4).cast_signed();
        let node = self.script.node();
        let revision = RevisionChoice::Newest(-back);
        self.script.ask(Action::Compact { node, revision });
        back
    }

    fn write_much(&mut self, least: u64, most: u64) {
        for _ in 0..self.script.prng.between(least, most) {
            self.write();
            self.script.pause(5);
        }
    }

    fn write(&mut self) {
        let (node, key) = (self.script.node(), self.script.key(KEYS));
        match self.script.prng.below(100) {
            0..=59 => self.script.put(node, key),
            60..=79 => self.script.ask(Action::Delete { node, key }),
            80..=89 => {
                let pairs = [key, self.script.key(KEYS)];
                let mut pairs: Vec<_> = pairs.map(|key| (key, self.script.value())).into();
                pairs.dedup_by(|one, two| one.0 == two.0);
                self.script.operate(node, Operation::PutAll { pairs });
            }
            _ => {
                let offset = self.script.prng.below(12).cast_signed() - 10;
                let operation = Operation::PutAndGetOld {
                    key,
                    value: self.script.value(),
                    revision: RevisionChoice::Newest(offset),
                };
                self.script.operate(node, operation);
            }
        }
    }

    /// The operation that began one of the first watches.
    fn observer(&mut self) -> u64 {
        let observers = self.script.nodes.len().min(2) as u64;
        self.script.prng.between(1, observers)
    }
}

const KEYS: u64 = 4;
/// Keys that are put and deleted now and then.
const RARE_KEYS: u64 = 6;
