//! Runs of a lesson: its start, its solution, and what goes wrong, each as pictures.

use std::sync::Arc;

use quorate_core::sim::{
    EventCause, Frame, History, OperationFrame, Outcome, PlannedAction, Scenario, World,
};

use crate::{LessonError, Standing, Task, Tracker};

/// A scenario that was run to its end.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was done.
    pub history: History,
    /// How many events happened.
    pub events: u64,
    /// The file that an error names.
    file: String,
}

impl Run {
    /// Runs a scenario; an error names this file.
    ///
    /// # Errors
    /// What was not as it expected.
    pub fn of(file: &str, scenario: &Scenario) -> Result<Self, LessonError> {
        let (run, failure) = Self::with_failure(file, scenario, &[])?;
        match failure {
            Some(error) => Err(error),
            None => Ok(run),
        }
    }

    /// Runs a scenario among what somebody else does. What it waits for need not come then.
    ///
    /// # Errors
    /// That there can be no such world.
    pub fn among(
        file: &str,
        scenario: &Scenario,
        others: &[PlannedAction],
    ) -> Result<Self, LessonError> {
        Ok(Self::with_failure(file, scenario, others)?.0)
    }

    /// The run, and what was not as the scenario expected, if anything.
    fn with_failure(
        file: &str,
        scenario: &Scenario,
        others: &[PlannedAction],
    ) -> Result<(Self, Option<LessonError>), LessonError> {
        let outcome = scenario
            .run_among(others, &mut |_| {})
            .map_err(|error| LessonError::new(file, 0, error.to_string()))?;
        let Outcome {
            history,
            event_count,
            failures,
            ..
        } = outcome;
        let run = Self {
            history,
            events: event_count,
            file: file.to_owned(),
        };
        Ok((run, failures.into_iter().next().map(LessonError::from)))
    }

    /// The world after so many events.
    ///
    /// # Errors
    /// That there can be no such world.
    pub fn world(&self, event: u64) -> Result<World, LessonError> {
        let world = self.history.replay(event);
        world.map_err(|error| LessonError::new(&self.file, 0, error.to_string()))
    }

    /// How many events have happened up to a time.
    pub(crate) fn events_until(&self, at_us: u64) -> Result<u64, LessonError> {
        let mut world = self.world(1)?;
        let mut event = 1;
        while world.event_count() < self.events && self.history.advance(&mut world).is_ok() {
            if world.now_us() > at_us {
                break;
            }
            event = world.event_count();
        }
        Ok(event)
    }
}

/// A run from where the learner comes in, as a tracker sees it.
#[derive(Clone, Debug)]
pub struct Story {
    /// The pictures, the one in which the learner comes in first.
    pub pictures: Vec<Arc<Frame>>,
    /// What the tracker made of them.
    pub tracker: Tracker,
    /// How things stand at the end.
    pub standing: Standing,
}

impl Story {
    /// Looks at each event of a run of a task, from where the learner comes in.
    ///
    /// # Errors
    /// What was not as the task's start expected.
    pub fn of(task: &Task, run: &Run) -> Result<Self, LessonError> {
        let (_, from) = task.entry()?;
        let mut world = run.world(from)?;
        let opening = Arc::new(world.frame());
        let mut tracker = Tracker::new(task, &opening);
        let mut pictures = vec![opening];
        while world.event_count() < run.events && run.history.advance(&mut world).is_ok() {
            let picture = Arc::new(world.frame());
            tracker.see(task, &picture);
            pictures.push(picture);
        }
        let standing = tracker.standing(task, &world.frame());
        Ok(Self {
            pictures,
            tracker,
            standing,
        })
    }
}

/// Whether a world's last event may have changed what a goal looks at: a picture is dear, and most
/// events are ticks and heartbeats.
pub fn may_show(world: &World) -> bool {
    let event = world.last_event();
    let is_deed = matches!(event.cause, EventCause::Acted(_) | EventCause::Refused(..));
    let just_answered =
        |operation: &OperationFrame| operation.answered_at_us == Some(world.now_us());
    is_deed || !event.trace.is_empty() || world.operations().iter().any(just_answered)
}
