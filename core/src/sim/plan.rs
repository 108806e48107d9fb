//! A plan of faults and client operations that a seed determines.
//!
//! Two phases, as in TigerBeetle's and FoundationDB's simulators: first anything may break, and
//! safety must hold; then all is whole again, and the cluster must get on with its work: from
//! there on liveness is demanded.

mod faults;
mod figure_eight;
mod leases;
mod load;
mod members;
mod read_leases;
mod space;
mod swarm;
mod watches;

use self::faults::Open;
pub(super) use self::figure_eight::{figure_eight_plan, figure_eight_settings};
pub(super) use self::leases::lease_plan;
pub(super) use self::load::observers;
pub(super) use self::read_leases::{keep_clocks, read_lease_plan, read_lease_settings};
pub(super) use self::space::{Space, Step, believe_again, cry_wolf, make_room};
use self::swarm::Swarm;
pub(super) use self::watches::watch_plan;
use super::action::{Action, Node};
use super::config::WorldConfig;
use super::history::{History, PlannedAction};
use crate::limits;
use crate::prng::Prng;

/// How long a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// So many events, with as many operations of clients as fall into them.
    Events(u64),
    /// So many operations of clients, with as many events as they take.
    Operations(u64),
}

impl Length {
    /// Where a plan of this length is when so many events and operations are planned: before the
    /// last fifth, in it, or at its end.
    pub(super) fn phase(self, events: u64, operations: u64) -> Phase {
        let (done, all) = match self {
            Length::Events(all) => (events, all),
            Length::Operations(all) => (operations, all),
        };
        if done >= all {
            Phase::Over
        } else if done >= all - all / 5 {
            Phase::Calm
        } else {
            Phase::Faults
        }
    }
}

/// A part of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Anything may break.
    Faults,
    /// Nothing breaks any more.
    Calm,
    /// Nothing is done any more.
    Over,
}

/// Settings and actions for a world of so many members and about so many events. In the last
/// fifth nothing breaks any more.
pub fn fault_plan(seed: u64, members: u32, events: u64) -> History {
    plan(seed, members, Length::Events(events))
}

/// As [`fault_plan`], of any length.
pub(super) fn plan(seed: u64, members: u32, length: Length) -> History {
    let prng = Prng::new(seed).fork("plan");
    let mut config = settings(seed, members, &mut prng.fork("settings"));
    let mut members_prng = prng.fork("members");
    let changes = members::Changes::new(&mut members_prng, members);
    if changes.are_planned() {
        // With the checks most changes are refused while anything is broken.
        config.strict_reconfig_check = members_prng.chance(400);
    }
    let space = Space::new(&mut prng.fork("space"));
    config.quota_bytes = space.quota_bytes();
    let mut planner = Planner {
        space,
        weights: load::Weights::new(&mut prng.fork("load")),
        prng: prng.fork("actions"),
        nodes: (1..=members).map(Node).collect(),
        down: Vec::new(),
        is_cut: false,
        swarm: Swarm::new(&mut prng.fork("swarm")),
        changes,
        open: Open::default(),
        write_count: 0,
        length,
        operation_count: 0,
        event: WARM_UP_EVENTS,
        actions: Vec::new(),
    };
    for observer in observers(&planner.nodes) {
        planner.plan(observer);
    }
    planner.break_things();
    planner.make_whole();
    planner.work();
    History {
        config,
        actions: planner.actions,
    }
}

/// Settings differ from seed to seed: a bug may need slow disks, tiny segments, or a switch off.
fn settings(seed: u64, members: u32, prng: &mut Prng) -> WorldConfig {
    let loss_per_mille = if prng.chance(500) {
        prng.below(30) as u32
    } else {
        0
    };
    let latency_min_us = prng.between(500, 10_000);
    WorldConfig {
        seed,
        members,
        latency_min_us,
        latency_max_us: latency_min_us + prng.between(0, 40_000),
        in_order: prng.chance(600),
        loss_per_mille,
        disk_write_us: prng.between(100, 5_000),
        disk_sync_us: prng.between(100, 30_000),
        snapshot_count: prng.between(5, 40),
        snapshot_store_size_bytes: snapshot_store_size_bytes(prng),
        snapshot_catch_up_entries: prng.between(0, 10),
        segment_size_bytes: prng.between(512, 8_192),
        pre_vote: !prng.chance(150),
        ..WorldConfig::default()
    }
}

/// In some worlds every store is a large one, whose snapshots wait for the log to grow.
pub(super) fn snapshot_store_size_bytes(prng: &Prng) -> u64 {
    match prng.fork("snapshot store").chance(200) {
        true => 0,
        false => limits::SNAPSHOT_STORE_SIZE_BYTES,
    }
}

struct Planner {
    prng: Prng,
    space: Space,
    /// How often clients ask for what.
    weights: load::Weights,
    nodes: Vec<Node>,
    /// Members that were crashed or asked to stop, and not started since.
    down: Vec<Node>,
    is_cut: bool,
    swarm: Swarm,
    changes: members::Changes,
    /// Faults that have not ended.
    open: Open,
    write_count: u64,
    length: Length,
    /// How many operations are planned.
    operation_count: u64,
    /// The next action is taken behind this event.
    event: u64,
    actions: Vec<PlannedAction>,
}

impl Planner {
    fn phase(&self) -> Phase {
        self.length.phase(self.event, self.operation_count)
    }

    fn draw(&mut self) -> Option<Node> {
        self.prng.choose(&self.nodes).copied()
    }

    fn draw_running(&mut self) -> Option<Node> {
        let running: Vec<Node> = self
            .nodes
            .iter()
            .copied()
            .filter(|node| !self.down.contains(node))
            .collect();
        self.prng.choose(&running).copied()
    }

    /// Each action is an event itself: the next one comes at least one event later.
    fn plan(&mut self, action: Action) {
        self.actions.push(PlannedAction {
            after_event: self.event,
            action,
        });
        self.event += 1;
    }

    fn wait(&mut self) {
        // Now bursts, now pauses in which a leader can be elected.
        self.event += if self.prng.chance(600) {
            self.prng.below(12)
        } else {
            self.prng.below(120)
        };
    }
}

/// How many events a second of virtual time has, about, in a cluster of so many that does nothing:
/// ten ticks of each member, and heartbeats.
pub(super) fn events_per_second(members: u64) -> u64 {
    members * 10 + members.saturating_sub(1) * 20
}

/// How long everything may take when nothing is broken any more: to elect a leader, to answer, to
/// catch up. The longest election timeout is 2 s, a request's 7 s, and a snapshot that is lost
/// on its way is given up after 3 s.
pub(super) const LIVE_WITHIN_US: u64 = 20_000_000;
/// Events before the first action: about what a first election takes.
pub(super) const WARM_UP_EVENTS: u64 = 60;
