//! What may still become of a moment: the same past, and other chance from there on.
//!
//! A history determines everything, so of a moment in it only one future is seen. To find out when
//! an outcome became inevitable, its past is gone through again up to a moment, and from there on
//! with other seeds: what comes out in all of them was settled by then.

use super::action::Node;
use super::halt::WorldError;
use super::history::History;
use super::world::World;
use crate::collections::BTreeMap;
use crate::member::Role;

/// What came of so many futures of a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Futures {
    /// The moment: so many events had happened.
    pub event: u64,
    /// How many futures were looked at.
    pub count: u32,
    /// In how many each member led at the end; nobody for those that nobody led.
    pub leaders: BTreeMap<Option<Node>, u32>,
    /// In how many a property was violated.
    pub violated: u32,
}

impl History {
    /// Lets a moment go on as often as asked, each time with another seed, up to a time, and
    /// counts what comes of it. What is planned in the history behind the moment is done in each.
    ///
    /// # Errors
    /// The settings make no world.
    pub fn futures(&self, event: u64, until_us: u64, count: u32) -> Result<Futures, WorldError> {
        let mut futures = Futures {
            event,
            ..Futures::default()
        };
        for seed in 0..u64::from(count) {
            let mut world = self.replay(event)?;
            world.reseed(self.config.seed.wrapping_add(1 + seed));
            while world
                .next_event_at_us()
                .is_some_and(|at_us| at_us <= until_us)
                && self.advance(&mut world).is_ok()
            {}
            futures.count += 1;
            futures.violated += u32::from(world.violation().is_some());
            *futures.leaders.entry(world.leader()).or_default() += 1;
        }
        Ok(futures)
    }
}

impl World {
    /// Who leads, of those that say so the one in the latest term.
    pub fn leader(&self) -> Option<Node> {
        let leaders = self.nodes().into_iter().filter_map(|node| {
            let facts = self.facts(node)?;
            (facts.role == Role::Leader).then_some((facts.term, node))
        });
        leaders.max().map(|(_, node)| node)
    }
}
