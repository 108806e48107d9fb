//! What was done to a world, and when: all that is needed to have the world again.

use serde::{Deserialize, Serialize};

use super::action::Action;
use super::config::WorldConfig;
use super::halt::{Halt, WorldError};
use super::world::World;

/// An action and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedAction {
    /// It is the event that follows on this many events, or on fewer when nothing else happens any
    /// more.
    pub after_event: u64,
    /// What is done.
    pub action: Action,
}

/// A world's settings and all actions taken in it, in order: they determine everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The settings.
    pub config: WorldConfig,
    /// The actions, in ascending order of their places.
    #[serde(default)]
    pub actions: Vec<PlannedAction>,
}

impl History {
    /// A history in which nobody does anything.
    pub fn new(config: WorldConfig) -> Self {
        Self {
            config,
            actions: Vec::new(),
        }
    }

    /// The world at its beginning.
    pub fn begin(&self) -> Result<World, WorldError> {
        World::new(self.config.clone())
    }

    /// Lets the next event of this history happen in a world that has followed it so far: the
    /// action that is planned there, or what happens by itself.
    pub fn advance(&self, world: &mut World) -> Result<(), Halt> {
        let next = self.actions.get(world.action_count());
        let is_due = |planned: &&PlannedAction| planned.after_event <= world.event_count();
        if let Some(planned) = next.filter(is_due) {
            return world.act(planned.action.clone()).map(|_| ());
        }
        match (world.step(), next) {
            (Err(Halt::Idle), Some(planned)) => world.act(planned.action.clone()).map(|_| ()),
            (result, _) => result.map(|_| ()),
        }
    }

    /// The world after so many events, or at the event at which it halted.
    pub fn replay(&self, event: u64) -> Result<World, WorldError> {
        let mut world = self.begin()?;
        while world.event_count() < event && self.advance(&mut world).is_ok() {}
        Ok(world)
    }

    /// The action planned behind an event.
    pub fn action_after(&self, event: u64) -> Option<&Action> {
        let at = self
            .actions
            .partition_point(|planned| planned.after_event < event);
        let planned = self.actions.get(at)?;
        (planned.after_event == event).then_some(&planned.action)
    }

    /// How many events this history and another one of the same settings have in common, if they
    /// went on for ever.
    pub fn common_events(&self, other: &History) -> u64 {
        let mut at = 0;
        loop {
            match (self.actions.get(at), other.actions.get(at)) {
                (None, None) => return u64::MAX,
                (Some(one), None) | (None, Some(one)) => return one.after_event,
                (Some(one), Some(two)) if one != two => {
                    return one.after_event.min(two.after_event);
                }
                (Some(_), Some(_)) => at += 1,
            }
        }
    }

    /// Takes an action behind an event; what was planned there or later is dropped.
    pub fn act_after(&mut self, event: u64, action: Action) {
        self.truncate(event);
        self.actions.push(PlannedAction {
            after_event: event,
            action,
        });
    }

    /// Drops all actions that come behind an event.
    pub fn truncate(&mut self, event: u64) {
        self.actions.retain(|planned| planned.after_event < event);
    }
}
