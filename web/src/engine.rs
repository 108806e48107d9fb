//! The world behind the page, with a note on each event that has been seen.
//!
//! Time itself is the core's: [`Timeline`] steps, goes back and forks. This adds what a person at
//! a transport bar needs: which events are worth a stop, when the next one is due, and undo.

use std::sync::Arc;

use quorate_core::sim::{
    Action, Frame, Halt, History, PlannedAction, Timeline, Violation, WorldConfig,
};

use crate::marks::{Mark, Turn};
use crate::permalink::{MOST_EVENTS, Permalink};

/// A world, where we stand in it, and what has been seen of it.
#[derive(Debug)]
pub(crate) struct Engine {
    timeline: Timeline,
    /// What is known of each event, the first at 0.
    moments: Vec<Moment>,
    /// How it was before each action, newest last.
    undo: Vec<Saved>,
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

#[derive(Debug)]
struct Saved {
    history: History,
    position: u64,
    moments: Vec<Moment>,
}

/// How many actions can be undone.
const UNDO_MAX: usize = 50;

impl Engine {
    /// The world of a link, at the event it names or where the world ends before that.
    pub(crate) fn of(link: &Permalink) -> Self {
        let history = History {
            config: link.world.clone().unwrap_or(WorldConfig {
                seed: link.seed,
                members: link.members,
                ..WorldConfig::default()
            }),
            actions: link
                .actions
                .iter()
                .map(|(after_event, action)| PlannedAction {
                    after_event: *after_event,
                    action: action.clone(),
                })
                .collect(),
        };
        let mut engine = Self::begin(history);
        // Where the world ends before the event, its end is shown: the link was true, only long.
        let _ = engine.seek(link.at);
        engine
    }

    fn begin(history: History) -> Self {
        let mut timeline =
            Timeline::of(history).expect("settings were checked when they were read");
        let first = Moment {
            at_us: timeline.frame().now_us,
            mark: Mark {
                visible: true,
                turn: None,
            },
        };
        Self {
            timeline,
            moments: vec![first],
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
        let is_plain = history.config == plain && [3, 5].contains(&members);
        Permalink {
            members,
            seed,
            world: (!is_plain).then(|| history.config.clone()),
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

    /// How many events have happened here.
    pub(crate) fn position(&self) -> u64 {
        self.timeline.position()
    }

    /// What is known of all events that have been seen, the first at 0.
    pub(crate) fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// When the next event is due, in virtual microseconds; nothing when there is none.
    pub(crate) fn next_at_us(&mut self) -> Option<u64> {
        let position = self.position();
        if let Some(moment) = self.moments.get(position as usize) {
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
        if let Some(moment) = self.moments.get(position as usize) {
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

    /// Back to the last event of a kind before this one, or to the first event of all.
    pub(crate) fn back_to(&mut self, wanted: impl Fn(Mark) -> bool) {
        let before = (self.position() as usize).saturating_sub(1);
        let found = self.moments[..before.min(self.moments.len())]
            .iter()
            .rposition(|moment| wanted(moment.mark));
        let _ = self.seek(found.map_or(1, |found| found as u64 + 1));
    }

    /// Goes to the place after so many events, or to the end of the world before it.
    pub(crate) fn seek(&mut self, event: u64) -> Result<(), End> {
        let seen = self.moments.len() as u64;
        self.timeline.seek(event.min(seen)).map_err(End::from)?;
        while self.position() < event {
            self.forward()?;
        }
        Ok(())
    }

    /// Does something here. Gives how many events that had been seen were replaced.
    pub(crate) fn act(&mut self, action: Action) -> Result<u64, End> {
        let position = self.position();
        if position >= MOST_EVENTS {
            return Err(End::TooLong);
        }
        let saved = Saved {
            history: self.timeline.history().clone(),
            position,
            moments: self.moments.clone(),
        };
        let before = self.timeline.frame();
        self.timeline.act(action).map_err(End::from)?;
        if self.undo.len() == UNDO_MAX {
            self.undo.remove(0);
        }
        let lost = saved.moments.len() as u64 - position;
        self.undo.push(saved);
        self.moments.truncate(position as usize);
        self.note(&before);
        Ok(lost)
    }

    /// Whether there is an action to undo.
    pub(crate) fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Goes back to before the last action, with the future that there was.
    pub(crate) fn undo(&mut self) {
        let Some(saved) = self.undo.pop() else {
            return;
        };
        let mut undone = Self::begin(saved.history);
        // It has happened before, so it happens again; only the notes need not be made anew.
        let seen = saved.moments.len() as u64;
        if undone.timeline.seek(seen).is_ok() {
            undone.moments = saved.moments;
        }
        let _ = undone.timeline.seek(saved.position);
        undone.undo = std::mem::take(&mut self.undo);
        *self = undone;
    }

    /// The turns of the story that have been seen, with their events.
    pub(crate) fn turns(&self) -> Vec<(u64, Turn)> {
        self.moments
            .iter()
            .enumerate()
            .filter_map(|(position, moment)| Some((position as u64 + 1, moment.mark.turn?)))
            .collect()
    }

    /// Writes down what the event that just happened for the first time was.
    fn note(&mut self, before: &Frame) -> Mark {
        let after = self.timeline.frame();
        let mark = Mark::between(before, &after);
        self.moments.push(Moment {
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
    fn a_link_leads_to_the_same_place() {
        let mut engine = engine();
        engine.seek(150).expect("a quiet cluster goes on");
        engine
            .act(Action::Crash { node: Node(2) })
            .expect("n2 can crash");
        engine.seek(400).expect("two of three go on");
        let mut other = Engine::of(&engine.permalink());
        assert_eq!(other.frame(), engine.frame());
        assert_eq!(other.moments(), engine.moments());
    }

    #[test]
    fn an_action_in_the_past_replaces_the_future_and_undo_brings_it_back() {
        let mut engine = engine();
        engine.seek(300).expect("a quiet cluster goes on");
        let future = engine.frame();
        engine.seek(100).expect("it has been there");
        let lost = engine.act(Action::Crash { node: Node(1) });
        assert_eq!(lost, Ok(200));
        assert_eq!(engine.moments().len(), 101);
        engine.undo();
        assert_eq!((engine.position(), engine.moments().len()), (100, 300));
        engine.seek(300).expect("it has been there");
        assert_eq!(engine.frame(), future);
        assert!(!engine.can_undo());
    }

    #[test]
    fn when_all_are_down_nothing_more_happens() {
        let mut engine = engine();
        for node in 1..=3 {
            engine
                .act(Action::Crash { node: Node(node) })
                .expect("it can crash");
        }
        let end = engine.forward_to(1000, |_| false);
        assert_eq!(end, Err(End::Idle));
        assert_eq!(engine.next_at_us(), None);
    }
}
