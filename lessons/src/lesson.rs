//! A lesson, as its file says it.

use quorate_core::sim::{History, PlannedAction, WorldConfig};
use serde::Deserialize;
use thiserror::Error;

use crate::{Goal, Text};

/// A lesson.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Its title.
    pub title: Text,
    /// The question it begins with.
    pub question: Text,
    /// What was shown, in one sentence, for when the goal is reached.
    pub shown: Text,
    /// From the weakest to the one that gives it away.
    pub hints: Vec<Text>,
    /// The world it takes place in.
    pub world: WorldConfig,
    /// What has been done in it before the learner comes.
    #[serde(default)]
    pub start: Start,
    /// What is to be reached: all of these, at the same time.
    pub goal: Vec<Goal>,
    /// One way there.
    pub solution: Solution,
}

/// Where the learner comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// After how many events.
    #[serde(default)]
    pub events: u64,
    /// What was done up to there.
    #[serde(default)]
    pub actions: Vec<PlannedAction>,
}

/// One way to the goal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Solution {
    /// What is done.
    #[serde(default)]
    pub actions: Vec<PlannedAction>,
    /// After how many events, at the latest, the goal is met.
    pub within_events: u64,
}

/// A lesson's file is not one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LessonError {
    /// It cannot be read; the text names line and column and what would be right.
    #[error("lesson {name}: {reason}")]
    Unreadable {
        /// The lesson's folder.
        name: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// It can be read, and makes no sense.
    #[error("lesson {name}: {field} {reason}")]
    Senseless {
        /// The lesson's folder.
        name: String,
        /// Which part.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl Lesson {
    /// Reads a lesson's file.
    ///
    /// # Errors
    ///
    /// [`LessonError`], naming what is wrong.
    pub fn read(name: &str, file: &str) -> Result<Self, LessonError> {
        let lesson: Self = toml::from_str(file).map_err(|error| LessonError::Unreadable {
            name: name.to_owned(),
            reason: error.to_string(),
        })?;
        let senseless = |field, reason: &str| LessonError::Senseless {
            name: name.to_owned(),
            field,
            reason: reason.to_owned(),
        };
        if lesson.goal.is_empty() {
            return Err(senseless("goal", "is empty: any world would meet it"));
        }
        let places: Vec<u64> = lesson
            .start
            .actions
            .iter()
            .chain(&lesson.solution.actions)
            .map(|planned| planned.after_event)
            .collect();
        if !places.is_sorted_by(|one, next| one < next) {
            return Err(senseless(
                "actions",
                "must stand in ascending order of after_event",
            ));
        }
        let first = lesson
            .solution
            .actions
            .first()
            .map_or(u64::MAX, |first| first.after_event);
        if first < lesson.start.events {
            return Err(senseless("solution", "acts before the learner comes in"));
        }
        Ok(lesson)
    }

    /// The history that the learner comes into.
    pub fn opening(&self) -> History {
        History {
            config: self.world.clone(),
            actions: self.start.actions.clone(),
        }
    }

    /// The history with the solution in it.
    pub fn solved(&self) -> History {
        let mut history = self.opening();
        history
            .actions
            .extend(self.solution.actions.iter().cloned());
        history
    }
}
