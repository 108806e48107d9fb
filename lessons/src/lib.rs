//! Lessons: folders of data that the simulator replays.
//!
//! A lesson is a folder of this package: `lesson.txt` says what it is and what is to be reached,
//! `start.txt` is a scenario that ends where the learner comes in, `solution.txt` goes on from
//! there, `wrong-NAME.txt` does, too, and goes wrong in a way that has a name, and `en.md` and
//! `zh.md` are its text. Nothing of a lesson is in Rust code: `CONTRIBUTING.md` tells how to add
//! one.
//!
//! [`Lesson::read`] reads one; what is wrong is told with file and line. A [`Tracker`] looks at a
//! run event by event and knows which goals are met and which mistake was made: the same one
//! natively, where CI runs every lesson both ways, and in the page. What it looks at are pictures
//! and traces, never a member's insides, so a lesson says what a learner should reach and not by
//! which events.

#![forbid(unsafe_code)]

mod bundle;
mod cause;
mod error;
mod faults;
mod files;
mod goal;
mod lesson;
mod note;
mod roles;
mod story;
mod task;
mod text;
mod tracker;
mod unlock;

pub use bundle::{Bundle, page_bundle};
pub use cause::{Cause, Copies};
pub use error::LessonError;
pub use faults::faults;
pub use files::check_files;
pub use goal::{Goal, Mode};
pub use lesson::{Lesson, Misconception, Offer, Picture, id_of};
pub use note::{Note, NoteLine, NoteTracker, Said, Verdict};
pub use roles::{RoleReason, RoleSeen, RoleTracker};
pub use story::{Run, Story, may_show};
pub use task::Task;
pub use text::{Answer, Beat, BeatKind, Language, Source, Texts};
pub use tracker::{Standing, Tracker};
pub use unlock::Unlock;
