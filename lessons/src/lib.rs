//! Lessons: folders of data that the simulator replays.
//!
//! A lesson is a folder of this package with one file, `lesson.toml`: a world, the text in
//! English and Chinese side by side, a goal, and a solution. Its goal is a predicate over what
//! can be seen of the members, never over their insides, so a lesson says what a learner should
//! reach and not by which events. CI runs every lesson both ways: its start must not meet the
//! goal, its solution must.

#![forbid(unsafe_code)]

mod check;
mod goal;
mod lesson;
mod text;

pub use check::{CheckError, check};
pub use goal::Goal;
pub use lesson::{Lesson, LessonError, Solution, Start};
pub use text::Text;

/// The lessons that come with this version, in the order in which they are meant to be taken:
/// the folder's name, and its file.
pub const LESSONS: &[(&str, &str)] = &[
    ("first-leader", include_str!("../first-leader/lesson.toml")),
    (
        "kill-the-leader",
        include_str!("../kill-the-leader/lesson.toml"),
    ),
];
