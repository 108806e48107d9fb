//! The world behind the page, with a note on each event that has been seen.
//!
//! Time itself is the core's: [`Timeline`] steps, goes back and forks. This adds what a person at
//! a transport bar needs: which events are worth a stop, when the next one is due, the branches
//! that were left, and undo.

mod branches;

use std::sync::Arc;

use quorate_core::sim::{Action, Frame, Halt, History, Timeline, Violation, World, WorldConfig};

pub(crate) use self::branches::{BranchName, Left};
use self::branches::{Names, Undo};
use crate::lanes::Lanes;
use crate::marks::{Mark, Turn};
use crate::permalink::{MOST_EVENTS, Permalink};

/// A world, where we stand in it, and what has been seen of it.
#[derive(Debug)]
pub(crate) struct Engine {
    timeline: Timeline,
    seen: Seen,
    name: BranchName,
    names: Names,
    /// The branches that were left, oldest first.
    left: Vec<Left>,
    /// How it was before each deed, newest last.
    undo: Vec<Undo>,
}

/// What has been seen of a branch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    /// What is known of each event, the first at 0.
    pub(crate) moments: Vec<Moment>,
    /// Who was what, when.
    pub(crate) lanes: Lanes,
}

/// What is known of an event that has been seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// When it happened, in virtual microseconds.
    pub(crate) at_us: u64,
    /// What kind it was.
    pub(crate) mark: Mark,
}

/// Why there is no next event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// All members are down.
    Idle,
    /// A property was violated: what came after would mean nothing.
    Violated(Violation),
    /// The run is as long as a run may be.
    TooLong,
}

/// How many deeds can be undone.
const UNDO_MAX: usize = 50;

/// How many events are made in a quiet moment: some milliseconds' worth, so that no key waits.
const EVENTS_A_MOMENT: u64 = 60;

impl Engine {
    /// The world of a link, at the event it names or where the world ends before that.
    pub(crate) fn of(link: &Permalink) -> Self {
        let history = link.history();
        let mut engine = Self::begin(history);
        // Where the world ends before the event, its end is shown: the link was true, only long.
        let _ = engine.seek(link.at);
        engine
    }

    fn begin(history: History) -> Self {
        let mut timeline =
            Timeline::of(history).expect("settings were checked when they were read");
        let frame = timeline.frame();
        let first = Moment {
            at_us: frame.now_us,
            mark: Mark {
                visible: true,
                turn: None,
            },
        };
        let mut names = Names::default();
        Self {
            timeline,
            seen: Seen {
                moments: vec![first],
                lanes: Lanes::of(&frame),
            },
            name: names.next(),
            names,
            left: Vec::new(),
            undo: Vec::new(),
        }
    }

    /// The link to this world at this event.
    pub(crate) fn permalink(&self) -> Permalink {
        let history = self.timeline.history();
        let (members, seed) = (history.config.members, history.config.seed);
        let plain = WorldConfig {
            members,
            seed,
            ..WorldConfig::default()
        };
        Permalink {
            members,
            seed,
            world: (history.config != plain).then(|| history.config.clone()),
            at: self.position(),
            actions: history
                .actions
                .iter()
                .map(|planned| (planned.after_event, planned.action.clone()))
                .collect(),
        }
    }

    /// The picture here.
    pub(crate) fn frame(&mut self) -> Arc<Frame> {
        self.timeline.frame()
    }

    /// The picture one event ago; nothing at the first.
    pub(crate) fn frame_before(&mut self) -> Option<Arc<Frame>> {
        let here = self.position();
        if here <= 1 {
            return None;
        }
        // Made first: on the way to it, its forerunners are made too.
        self.timeline.frame();
        self.timeline.seek(here - 1).ok()?;
        let before = self.timeline.frame();
        self.timeline.seek(here).ok()?;
        Some(before)
    }

    /// The world itself, to look at it more closely than a frame shows it.
    pub(crate) fn world(&mut self) -> &World {
        self.timeline.world()
    }

    /// How many events have happened here.
    pub(crate) fn position(&self) -> u64 {
        self.timeline.position()
    }

    /// What was done, and when.
    pub(crate) fn history(&self) -> &History {
        self.timeline.history()
    }

    /// What is known of all events that have been seen, the first at 0.
    pub(crate) fn moments(&self) -> &[Moment] {
        &self.seen.moments
    }

    /// Who was what, when.
    pub(crate) fn lanes(&self) -> &Lanes {
        &self.seen.lanes
    }

    /// The last event that had happened at a time, of those that have been seen.
    pub(crate) fn event_at_us(&self, at_us: u64) -> u64 {
        let moments = &self.seen.moments;
        (moments.partition_point(|moment| moment.at_us <= at_us) as u64).max(1)
    }

    /// When the next event is due, in virtual microseconds; nothing when there is none.
    pub(crate) fn next_at_us(&mut self) -> Option<u64> {
        let position = self.position();
        if let Some(moment) = self.seen.moments.get(position as usize) {
            return Some(moment.at_us);
        }
        if self.timeline.history().action_after(position).is_some() {
            return Some(self.timeline.frame().now_us);
        }
        self.timeline.world().next_event_at_us()
    }

    /// One event forward.
    pub(crate) fn forward(&mut self) -> Result<Mark, End> {
        let position = self.position();
        if let Some(moment) = self.seen.moments.get(position as usize) {
            let mark = moment.mark;
            self.timeline.step_forward().map_err(End::from)?;
            return Ok(mark);
        }
        if position >= MOST_EVENTS {
            return Err(End::TooLong);
        }
        let before = self.timeline.frame();
        self.timeline.step_forward().map_err(End::from)?;
        Ok(self.note(&before))
    }

    /// Forward to the next event of a kind, over at most `most` events.
    ///
    /// Nothing is found when those are passed; then we stand behind them.
    pub(crate) fn forward_to(
        &mut self,
        most: u64,
        wanted: impl Fn(Mark) -> bool,
    ) -> Result<Option<Mark>, End> {
        for _ in 0..most {
            let mark = self.forward()?;
            if wanted(mark) {
                return Ok(Some(mark));
            }
        }
        Ok(None)
    }

    /// The last event of a kind before this one.
    pub(crate) fn last_before(&self, wanted: impl Fn(Mark) -> bool) -> Option<u64> {
        let moments = &self.seen.moments;
        let before = (self.position() as usize).saturating_sub(1);
        let found = moments[..before.min(moments.len())]
            .iter()
            .rposition(|moment| wanted(moment.mark));
        found.map(|found| found as u64 + 1)
    }

    /// Back to the last event of a kind before this one, or to the first event of all.
    pub(crate) fn back_to(&mut self, wanted: impl Fn(Mark) -> bool) {
        let found = self.last_before(wanted);
        let _ = self.seek(found.unwrap_or(1));
    }

    /// Goes to the place after so many events, or to the end of the world before it.
    pub(crate) fn seek(&mut self, event: u64) -> Result<(), End> {
        let seen = self.seen.moments.len() as u64;
        self.timeline.seek(event.min(seen)).map_err(End::from)?;
        while self.position() < event {
            self.forward()?;
        }
        Ok(())
    }

    /// Uses a quiet moment to make later jumps short; false when there is nothing to do.
    pub(crate) fn tend(&mut self) -> bool {
        self.timeline.tend(EVENTS_A_MOMENT)
    }

    /// Does one thing after another here. Gives how many events that had been seen are now those
    /// of a branch that was left.
    pub(crate) fn act(&mut self, actions: Vec<Action>) -> Result<u64, End> {
        let position = self.position();
        if position + actions.len() as u64 > MOST_EVENTS {
            return Err(End::TooLong);
        }
        let saved = self.leave();
        let future = self.seen.moments.len() as u64 - position;
        let planned = &self.timeline.history().actions;
        let is_planned = planned
            .last()
            .is_some_and(|last| last.after_event >= position);
        for (done, action) in actions.into_iter().enumerate() {
            let before = self.timeline.frame();
            match self.timeline.act(action).map_err(End::from) {
                Ok(()) => {}
                // What came before it was done all the same.
                Err(_) if done > 0 => break,
                Err(end) => return Err(end),
            }
            if done == 0 {
                self.begin_branch(&saved, future > 0 || is_planned);
                self.push_undo(saved.clone());
                self.seen.moments.truncate(position as usize);
                self.seen.lanes.truncate(position);
            }
            self.note(&before);
        }
        Ok(future)
    }

    /// The turns of the story that have been seen, with their events.
    pub(crate) fn turns(&self) -> impl Iterator<Item = (u64, Turn)> {
        let moments = self.seen.moments.iter().enumerate();
        moments.filter_map(|(position, moment)| Some((position as u64 + 1, moment.mark.turn?)))
    }

    /// Writes down what the event that just happened for the first time was.
    fn note(&mut self, before: &Frame) -> Mark {
        let after = self.timeline.frame();
        let mark = Mark::between(before, &after);
        self.seen.lanes.note(before, &after);
        self.seen.moments.push(Moment {
            at_us: after.now_us,
            mark,
        });
        mark
    }
}

impl From<Halt> for End {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Idle => End::Idle,
            Halt::Violated(violation) => End::Violated(violation),
        }
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::sim::Node;

    use super::*;

    fn engine() -> Engine {
        Engine::of(&Permalink::default())
    }

    #[test]
    fn going_back_gives_the_very_same_picture() {
        let mut engine = engine();
        engine.seek(120).expect("a quiet cluster goes on");
        let there = engine.frame();
        engine.seek(300).expect("a quiet cluster goes on");
        engine.seek(120).expect("it has been there");
        assert_eq!(engine.frame(), there);
    }

    #[test]
    fn the_picture_before_is_that_of_the_event_before() {
        let mut engine = engine();
        assert_eq!(engine.frame_before(), None);
        engine.seek(119).expect("a quiet cluster goes on");
        let there = engine.frame();
        engine.seek(700).expect("a quiet cluster goes on");
        engine.seek(120).expect("it has been there");
        assert_eq!(engine.frame_before(), Some(there));
        assert_eq!(engine.position(), 120);
    }

    #[test]
    fn a_leader_is_elected_and_that_is_a_turn() {
        let mut engine = engine();
        let mark = engine
            .forward_to(5000, |mark| mark.turn == Some(Turn::Election))
            .expect("a cluster that was just started goes on");
        assert!(mark.is_some());
        let at = engine.position();
        assert_eq!(engine.turns().last().map(|turn| turn.0), Some(at));
        engine.forward().expect("it goes on");
        engine.back_to(|mark| mark.turn.is_some());
        assert_eq!(engine.position(), at);
    }

    #[test]
    fn the_next_event_is_due_when_it_then_happens() {
        let mut engine = engine();
        for _ in 0..200 {
            let due = engine.next_at_us();
            engine.forward().expect("a quiet cluster goes on");
            assert_eq!(due, Some(engine.frame().now_us));
        }
    }

    #[test]
    fn a_time_leads_to_the_last_event_before_it() {
        let mut engine = engine();
        engine.seek(200).expect("a quiet cluster goes on");
        let now_us = engine.frame().now_us;
        assert_eq!(engine.event_at_us(now_us), 200);
        let at = engine.event_at_us(now_us / 2);
        let moments = engine.moments();
        assert!(moments[at as usize - 1].at_us <= now_us / 2);
        assert!(moments[at as usize].at_us > now_us / 2);
        assert_eq!(engine.event_at_us(0), 1);
    }

    #[test]
    fn a_link_leads_to_the_same_place() {
        let mut engine = engine();
        engine.seek(150).expect("a quiet cluster goes on");
        engine
            .act(vec![Action::Crash { node: Node(2) }])
            .expect("n2 can crash");
        engine.seek(400).expect("two of three go on");
        let mut other = Engine::of(&engine.permalink());
        assert_eq!(other.frame(), engine.frame());
        assert_eq!(other.moments(), engine.moments());
        assert_eq!(other.lanes(), engine.lanes());
    }

    #[test]
    fn when_all_are_down_nothing_more_happens() {
        let mut engine = engine();
        let crash = |node| Action::Crash { node: Node(node) };
        let crashes = vec![crash(1), crash(2), crash(3)];
        engine.act(crashes).expect("they can crash");
        let end = engine.forward_to(1000, |_| false);
        assert_eq!(end, Err(End::Idle));
        assert_eq!(engine.next_at_us(), None);
    }
}
