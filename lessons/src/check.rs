//! Checking a lesson both ways.

use quorate_core::sim::{History, World, WorldError};
use thiserror::Error;

use crate::Lesson;

/// A lesson that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckError {
    /// Its world cannot be.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The learner would have nothing to do.
    #[error("the goal is met at the start already")]
    MetAtTheStart,
    /// Its own solution does not reach the goal; tells how near it came.
    #[error("the solution meets {met} of {wanted} goals within {events} events")]
    NotReached {
        /// How many goals were met at the end.
        met: usize,
        /// How many there are.
        wanted: usize,
        /// After how many events.
        events: u64,
    },
}

/// Runs a lesson both ways. Answers after how many events its solution meets the goal.
///
/// # Errors
///
/// [`CheckError`]: the lesson is wrong.
pub fn check(lesson: &Lesson) -> Result<u64, CheckError> {
    let opening = lesson.opening().replay(lesson.start.events)?;
    if goals_met(lesson, &opening) == lesson.goal.len() {
        return Err(CheckError::MetAtTheStart);
    }
    let solved = lesson.solved();
    let mut world = solved.replay(lesson.start.events)?;
    let first_after = after_last_action(lesson);
    loop {
        let met = goals_met(lesson, &world);
        let events = world.event_count();
        if met == lesson.goal.len() && events >= first_after {
            return Ok(events);
        }
        if events >= lesson.solution.within_events || !advance(&solved, &mut world) {
            let wanted = lesson.goal.len();
            return Err(CheckError::NotReached {
                met,
                wanted,
                events,
            });
        }
    }
}

fn goals_met(lesson: &Lesson, world: &World) -> usize {
    let frame = world.frame();
    lesson
        .goal
        .iter()
        .filter(|goal| goal.is_met(&frame))
        .count()
}

fn advance(history: &History, world: &mut World) -> bool {
    history.advance(world).is_ok()
}

/// The solution counts when all of it has been done.
fn after_last_action(lesson: &Lesson) -> u64 {
    lesson
        .solution
        .actions
        .last()
        .map_or(0, |last| last.after_event + 1)
}
