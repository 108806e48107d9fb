//! From a seed to a whole run: how many members, for how long, and what happens to them.

use super::halt::{Halt, WorldError};
use super::history::History;
use super::plan::{Length, plan};
use super::storm::storm_plan;
use super::world::World;
use crate::prng::Prng;

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
        let plan = if prng.chance(500) { storm_plan } else { plan };
        let history = plan(seed, members, length);
        let last = history.actions.last();
        let events = match length {
            Length::Events(events) => events,
            Length::Operations(_) => last.map_or(0, |last| last.after_event + 1),
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

/// Long enough for elections, snapshots and some crashes.
const EVENTS_MIN: u64 = 2_000;
/// Long enough for what needs several of them, one after another.
const EVENTS_MAX: u64 = 12_000;
