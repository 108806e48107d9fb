//! From a seed to a whole run: how many members, for how long, and what happens to them.

use super::action::{Action, Node};
use super::config::WorldConfig;
use super::fault::Fault;
use super::halt::{Halt, WorldError};
use super::history::{History, PlannedAction};
use super::operation::Operation;
use super::plan::{
    Length, events_per_second, figure_eight_plan, figure_eight_settings, keep_clocks, lease_plan,
    plan, read_lease_plan, read_lease_settings, watch_plan,
};
use super::storm::storm_plan;
use super::world::World;
use crate::collections::BTreeSet;
use crate::known_bug::KnownBug;
use crate::prng::Prng;

/// What kind of plan a run follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Temper {
    /// Anything breaks, each thing for its share of time ([`super::fault_plan`]).
    Faults,
    /// One trouble at a time, and clients that ask without a pause.
    Storm,
    /// Clients that watch, history that is compacted under them.
    Watches,
    /// Leases that are kept or left while leadership moves about.
    Leases,
    /// Figure 8 of the Raft paper, again and again.
    FigureEight,
    /// Leaders that read by their lease, when it is about to end.
    ReadLeases,
}

/// One run of the simulator: what is done, and for how long it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// Settings and actions.
    pub history: History,
    /// How many events it has at least: as many more as it takes to show the liveness that was
    /// demanded in it.
    pub events: u64,
}

/// The run of a seed. The seed draws everything, the number of members and of events included,
/// so it is all that has to be kept to have a run again.
pub fn simulation(seed: u64) -> Simulation {
    Simulation::of(seed, None)
}

impl Simulation {
    /// The run of a seed: as long as it draws, or with so many operations of clients.
    pub fn of(seed: u64, operations: Option<u64>) -> Self {
        let mut prng = Prng::new(seed).fork("simulation");
        // Three and five are what people run. One and two have no fault to spare, and an even
        // number has another majority than the odd one below it.
        let members = *prng
            .choose(&[1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 6, 7])
            .unwrap_or(&3);
        let drawn = prng.between(EVENTS_MIN, EVENTS_MAX);
        let length = operations.map_or(Length::Events(drawn), Length::Operations);
        let temper = match prng.below(100) {
            0..=39 => Temper::Faults,
            40..=74 => Temper::Storm,
            75..=86 => Temper::Watches,
            87..=96 => Temper::Leases,
            _ => Temper::FigureEight,
        };
        let mut prng = Prng::new(seed).fork("lease reads");
        if prng.chance(READ_LEASE_SEEDS_PER_MILLE) {
            return Self::planned(seed, Temper::ReadLeases, members.max(3), length, None);
        }
        let mut simulation = Self::planned(seed, temper, members, length, None);
        // What Figure 8 takes is clocks that jump.
        if temper != Temper::FigureEight && prng.chance(READS_BY_LEASE_PER_MILLE) {
            simulation.read_by_lease(&mut prng);
        }
        simulation
    }

    /// The same, but leaders read by their lease.
    fn read_by_lease(&mut self, prng: &mut Prng) {
        let drift = prng.between(0, 30) as u32;
        self.history.config.reads_by_lease = true;
        self.history.config.clock_drift_percent = drift;
        keep_clocks(&mut self.history, drift);
    }

    /// The run of a seed that has a certain temper and so many members, and is short; with a
    /// known bug put back.
    pub fn of_temper(
        seed: u64,
        temper: Temper,
        members: Option<u32>,
        bug: Option<KnownBug>,
    ) -> Self {
        let mut prng = Prng::new(seed).fork("simulation");
        let drawn = *prng.choose(&[3, 3, 3, 5, 5, 4]).unwrap_or(&3);
        let length = Length::Events(prng.between(EVENTS_MIN, SHORT_EVENTS_MAX));
        Self::planned(seed, temper, members.unwrap_or(drawn), length, bug)
    }

    fn planned(
        seed: u64,
        temper: Temper,
        members: u32,
        length: Length,
        bug: Option<KnownBug>,
    ) -> Self {
        let mut history = match temper {
            Temper::Faults => plan(seed, members, length),
            Temper::Storm => storm_plan(seed, members, length),
            Temper::Watches => watch_plan(seed, members, length),
            Temper::Leases => lease_plan(seed, members, length),
            Temper::ReadLeases => read_lease_plan(
                WorldConfig {
                    known_bug: bug,
                    ..read_lease_settings(seed, members)
                },
                length,
            ),
            // It is rehearsed, with the bug if there is one.
            Temper::FigureEight => figure_eight_plan(
                WorldConfig {
                    known_bug: bug,
                    ..figure_eight_settings(seed, members)
                },
                length,
            ),
        };
        history.config.known_bug = bug;
        ask_all_in_the_end(&mut history);
        let last = history.actions.last();
        let planned = last.map_or(0, |last| last.after_event + 1);
        let events = match length {
            Length::Events(events) => events.max(planned),
            Length::Operations(_) => planned,
        };
        Simulation { history, events }
    }

    /// The world at its beginning.
    ///
    /// # Errors
    /// When its settings are none that a world can be made of.
    pub fn begin(&self) -> Result<World, WorldError> {
        self.history.begin()
    }

    /// Lets the next event happen. True when there is one more to come; behind the last one, what
    /// clients saw is audited.
    ///
    /// # Errors
    /// [`Halt`]: a property was violated, or nothing can happen any more.
    pub fn advance(&self, world: &mut World) -> Result<bool, Halt> {
        if let Some(violation) = world.violation() {
            return Err(Halt::Violated(violation.clone()));
        }
        let halted = if self.is_over(world) {
            None
        } else {
            self.history.advance(world).err()
        };
        let goes_on = halted.is_none() && !self.is_over(world);
        let violation = if goes_on {
            world.violation()
        } else {
            world.audit()
        };
        match (violation, halted) {
            (Some(violation), _) => Err(Halt::Violated(violation.clone())),
            (None, Some(halt)) => Err(halt),
            (None, None) => Ok(goes_on),
        }
    }

    fn is_over(&self, world: &World) -> bool {
        world.event_count() >= self.events && !world.is_waiting()
    }
}

/// When nothing has been broken for so long that anything must be answered, all that are members
/// for certain are asked for a write and a read: before that a timeout is forgiven.
fn ask_all_in_the_end(history: &mut History) {
    let is_demand = |planned: &PlannedAction| {
        matches!(planned.action, Action::Fault(Fault::DemandLiveness { .. }))
    };
    let last = history.actions.last().map(|last| last.after_event);
    let Some(last) = last.filter(|_| history.actions.iter().any(is_demand)) else {
        return;
    };
    let (mut added, mut removed) = (BTreeSet::new(), BTreeSet::new());
    for planned in &history.actions {
        match &planned.action {
            Action::Operation {
                operation: Operation::MemberAdd { new, .. },
                ..
            } => added.insert(*new),
            Action::Operation {
                operation: Operation::MemberRemove { target },
                ..
            } => removed.insert(*target),
            _ => false,
        };
    }
    let members = history.config.members;
    let machines = u64::from(members) + added.len() as u64;
    let mut after_event = last + QUIET_SECONDS * events_per_second(machines);
    let nodes = (1..=members).map(Node);
    for node in nodes.filter(|node| !removed.contains(node)) {
        let key = format!("k{}", node.0);
        let put = Action::Put {
            node,
            key: key.clone(),
            value: format!("end {node}"),
        };
        for action in [put, Action::Get { node, key }] {
            after_event += 1;
            history.actions.push(PlannedAction {
                after_event,
                action,
            });
        }
    }
}

/// How long clients ask nothing before that: longer than anything may take when all is whole, for
/// events are counted, not time.
const QUIET_SECONDS: u64 = 26;
/// Of all seeds, so many are about leases for reads,
const READ_LEASE_SEEDS_PER_MILLE: u32 = 40;
/// and of the others in so many leaders read by them.
const READS_BY_LEASE_PER_MILLE: u32 = 200;
/// Long enough for elections, snapshots and some crashes.
const EVENTS_MIN: u64 = 2_000;
/// Long enough for what needs several of them, one after another.
const EVENTS_MAX: u64 = 12_000;
/// Of a run that has one thing to show.
const SHORT_EVENTS_MAX: u64 = 5_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// One trouble is longer than such a plan: what comes behind it is looked at all the same.
    #[test]
    fn a_plan_that_overshoots_its_length_comes_to_its_end() {
        for temper in [
            Temper::Faults,
            Temper::Storm,
            Temper::Watches,
            Temper::Leases,
            Temper::ReadLeases,
        ] {
            let simulation = Simulation::planned(7, temper, 3, Length::Events(100), None);
            let mut actions = simulation.history.actions.iter();
            let demands = |planned: &&PlannedAction| {
                matches!(planned.action, Action::Fault(Fault::DemandLiveness { .. }))
            };
            let demand = actions.rfind(demands).expect("liveness is demanded");
            assert!(demand.after_event >= 100, "{temper:?} does not overshoot");
            assert!(demand.after_event < simulation.events, "{temper:?}");
            let mut world = simulation.begin().expect("its settings are good");
            while simulation.advance(&mut world).expect("nothing is violated") {}
            assert!(
                world.action_count() == simulation.history.actions.len(),
                "{temper:?}"
            );
            assert_eq!(world.answered_in_full(), 6, "{temper:?}");
        }
    }

    /// A member that is asked for once more when all is whole may be new: who votes and does not
    /// run costs the majority of a small cluster.
    #[test]
    fn whoever_is_added_when_all_is_whole_is_started() {
        let mut added = 0;
        for seed in 0..300 {
            let simulation = Simulation::of_temper(seed, Temper::Faults, Some(1), None);
            let actions = &simulation.history.actions;
            let demand = actions.iter().position(|planned| {
                matches!(planned.action, Action::Fault(Fault::DemandLiveness { .. }))
            });
            let calm = &actions[demand.expect("liveness is demanded")..];
            for (position, planned) in calm.iter().enumerate() {
                let Action::Operation {
                    operation: Operation::MemberAdd { new, .. },
                    ..
                } = &planned.action
                else {
                    continue;
                };
                added += 1;
                let next = calm.get(position + 1).map(|next| &next.action);
                assert_eq!(next, Some(&Action::Restart { node: *new }), "seed {seed}");
            }
        }
        assert!(added > 0, "nobody was added");
    }
}
