//! What is to be reached, or betrays a mistake: conditions of the scenario language, and when they
//! are looked at.

use quorate_core::sim::{Expectation, Scenario};

use crate::LessonError;

/// When a condition counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It holds at this moment.
    Now,
    /// It has held since the learner came in.
    Once,
    /// It has held after the goal before it was met.
    Then,
    /// It has not held since the learner came in.
    Never,
}

impl Mode {
    pub(crate) const ALL: [(&'static str, Mode); 4] = [
        ("now", Mode::Now),
        ("once", Mode::Once),
        ("then", Mode::Then),
        ("never", Mode::Never),
    ];
}

/// One goal, or one sign of a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// What the texts call it.
    pub id: String,
    /// When it counts.
    pub mode: Mode,
    /// What should hold.
    pub condition: Expectation,
}

/// A condition at the end of a line.
pub(crate) fn expectation(
    file: &str,
    number: usize,
    start: &Scenario,
    line: &str,
    text: &str,
) -> Result<Expectation, LessonError> {
    let before = line.chars().count() - text.chars().count();
    Ok(start.expectation(file, (number, before + 1), text)?)
}
