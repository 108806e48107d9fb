//! What happens to the lessons.

use crate::text::Language;

/// What happens to the lessons.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LessonMessage {
    /// The map was fetched.
    Mapped(String),
    /// A lesson was fetched: its folder, in which language, and its files.
    Loaded(String, Language, String),
    /// Something could not be fetched.
    Failed(String),
    /// Opens or closes the map.
    Map(bool),
    /// Opens a lesson.
    Open(String),
    /// Closes the lesson.
    Close,
    /// To a beat.
    Beat(usize),
    /// The next beat; behind the last one, the map.
    Next,
    /// Chooses an answer of this beat.
    Answer(usize),
    /// Shows one more hint.
    Hint,
    /// From the start again; with another seed, where one is given.
    Restart(Option<u64>),
    /// To before the action that went wrong.
    ToMistake,
    /// Lets the solution happen.
    Solve,
    /// Opens or closes the note beside the log.
    Note(bool),
    /// Folds the sheet of a narrow screen down to its head, or unfolds it.
    Fold(bool),
    /// Takes in what had been done on another device.
    Import(String),
}
