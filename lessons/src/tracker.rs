//! Which goals a run meets, and which mistake it shows.

use quorate_core::sim::Frame;

use crate::{Goal, Mode, Task};

/// Looks at a run, event after event, from where the learner comes in.
///
/// What it remembers is the event at which each condition first held (of one that counts only now,
/// since when), so it knows how things stood at any event it has seen, and can go back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracker {
    goals: Vec<Option<u64>>,
    wrongs: Vec<Vec<Option<u64>>>,
    /// The last event that was looked at.
    seen: u64,
    /// The first event at which all goals were met.
    done: Option<u64>,
}

/// How things stand at an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether each goal is met.
    pub goals: Vec<bool>,
    /// The first event at which all were met, if they were met by then.
    pub done: Option<u64>,
    /// The mistake that was made: its place in the task's list, and the event that shows it.
    pub wrong: Option<(usize, u64)>,
}

impl Tracker {
    /// Begins at the picture in which the learner comes in: only what happens later counts.
    pub fn new(task: &Task, opening: &Frame) -> Self {
        Self {
            goals: vec![None; task.goals.len()],
            wrongs: task
                .wrongs
                .iter()
                .map(|wrong| vec![None; wrong.signs.len()])
                .collect(),
            seen: opening.event_count,
            done: None,
        }
    }

    /// Looks at the picture behind the next event. One that was seen is passed over.
    pub fn see(&mut self, task: &Task, frame: &Frame) {
        if frame.event_count <= self.seen {
            return;
        }
        self.seen = frame.event_count;
        look(&task.goals, &mut self.goals, frame);
        for (wrong, signs) in task.wrongs.iter().zip(&mut self.wrongs) {
            look(&wrong.signs, signs, frame);
        }
        if self.done.is_none() && !task.goals.is_empty() && self.are_met(&task.goals, frame) {
            self.done = Some(frame.event_count);
        }
    }

    /// What came behind an event has not happened any more.
    pub fn forget_after(&mut self, event: u64) {
        let firsts = self
            .goals
            .iter_mut()
            .chain(self.wrongs.iter_mut().flatten());
        for first in firsts.chain([&mut self.done]) {
            *first = first.filter(|at| *at <= event);
        }
        self.seen = self.seen.min(event);
    }

    /// How things stand at a picture that was seen.
    pub fn standing(&self, task: &Task, frame: &Frame) -> Standing {
        let event = frame.event_count;
        let goals = task.goals.iter().zip(&self.goals);
        let goals = goals.map(|(goal, first)| is_met(goal, *first, frame));
        let done = self.done.filter(|at| *at <= event);
        let mut wrongs = task.wrongs.iter().zip(&self.wrongs).enumerate();
        let wrong = wrongs.find_map(|(place, (wrong, firsts))| {
            let shown = wrong.signs.iter().zip(firsts);
            let shown: Option<Vec<u64>> = shown
                .map(|(sign, first)| shown_at(sign, *first, frame))
                .collect();
            Some((place, shown?.into_iter().max()?))
        });
        Standing {
            goals: goals.collect(),
            done,
            wrong: wrong.filter(|_| done.is_none()),
        }
    }

    fn are_met(&self, goals: &[Goal], frame: &Frame) -> bool {
        let mut all = goals.iter().zip(&self.goals);
        all.all(|(goal, first)| is_met(goal, *first, frame))
    }
}

/// Notes since when conditions hold.
fn look(goals: &[Goal], firsts: &mut [Option<u64>], frame: &Frame) {
    let mut is_before_met = true;
    for (goal, first) in goals.iter().zip(firsts) {
        let is_looked_for =
            goal.mode == Mode::Now || first.is_none() && (goal.mode != Mode::Then || is_before_met);
        if is_looked_for {
            let holds = goal.condition.holds(frame).is_ok();
            // Of what counts only now, since when it holds.
            *first = first.or(Some(frame.event_count)).filter(|_| holds);
        }
        is_before_met = first.is_some_and(|at| at < frame.event_count);
    }
}

fn is_met(goal: &Goal, first: Option<u64>, frame: &Frame) -> bool {
    let has_held = first.is_some_and(|at| at <= frame.event_count);
    match goal.mode {
        Mode::Now => goal.condition.holds(frame).is_ok(),
        Mode::Once | Mode::Then => has_held,
        Mode::Never => !has_held,
    }
}

/// The event at which a sign of a mistake showed, if it did.
fn shown_at(sign: &Goal, first: Option<u64>, frame: &Frame) -> Option<u64> {
    let event = frame.event_count;
    let first = first.filter(|at| *at <= event);
    match sign.mode {
        Mode::Now => sign
            .condition
            .holds(frame)
            .ok()
            .map(|()| first.unwrap_or(event)),
        Mode::Once | Mode::Then => first,
        Mode::Never if first.is_none() => Some(0),
        Mode::Never => None,
    }
}
