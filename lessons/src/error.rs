//! What is wrong with a lesson.

use std::fmt;

use quorate_core::sim::ScenarioError;

/// What is wrong with a lesson's files, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonError {
    /// The file: `lessons/12-term-5-6-7/en.md`.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub text: String,
}

impl LessonError {
    pub(crate) fn new(file: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            text: text.into(),
        }
    }
}

/// A file of a lesson, as a person opens it from the root.
pub(crate) fn path_of(folder: &str, file: &str) -> String {
    format!("lessons/{folder}/{file}")
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.text),
            line => write!(f, "{}:{line}: {}", self.file, self.text),
        }
    }
}

impl std::error::Error for LessonError {}

impl From<ScenarioError> for LessonError {
    fn from(error: ScenarioError) -> Self {
        let ScenarioError {
            name,
            line,
            column,
            text,
        } = error;
        Self {
            file: name,
            line,
            text: format!("column {column}: {text}"),
        }
    }
}
