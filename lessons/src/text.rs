//! A lesson's text in one language: a Markdown file whose headings are the lesson's beats.

mod beat;
mod check;
mod reader;

use std::collections::BTreeMap;

pub use self::beat::{Answer, Beat, BeatKind, Source};
use self::reader::Reader;
use crate::{Lesson, LessonError};

/// A language of the lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Chinese, simplified.
    Chinese,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::English, Language::Chinese];

    /// What its file is called: `en.md`, `zh.md`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh",
        }
    }

    /// Its file in a lesson's folder.
    pub fn file(self) -> String {
        format!("{}.md", self.tag())
    }
}

/// All text of a lesson in one language. In paragraphs, `**` stands round what is strong and a
/// backtick round code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// The title.
    pub title: String,
    /// What was shown, in a sentence, for when all is done.
    pub shown: String,
    /// The beats, in their order.
    pub beats: Vec<Beat>,
    /// From the weakest to the one that gives it away.
    pub hints: Vec<String>,
    /// The same for the harder variation.
    pub harder_hints: Vec<String>,
    /// What each goal wants, by its id.
    pub goals: BTreeMap<String, String>,
    /// What is said to whoever made a mistake, by its name.
    pub wrongs: BTreeMap<String, String>,
    /// What stands below the pictures of the page for teachers, by their ids.
    pub pictures: BTreeMap<String, String>,
    /// What the buttons say that do what the lesson offers, by their ids.
    pub offers: BTreeMap<String, String>,
    /// Questions of the notes' author that belong to this lesson, each with its answer.
    pub questions: Vec<(String, String)>,
    /// Why the core differs from the note, by the ids of such lines.
    pub differences: BTreeMap<String, String>,
    /// The note's own closing table: who, in which term, was what.
    pub table: Vec<(String, u64, String)>,
}

impl Texts {
    /// Reads a text as it stands. Whether it is all that its lesson needs, [`Texts::check`] tells.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(lesson: &Lesson, language: Language, text: &str) -> Result<Self, LessonError> {
        let file = lesson.path(&language.file());
        let mut reader = Reader::new(&file);
        for (at, line) in text.lines().enumerate() {
            reader.line(at + 1, line)?;
        }
        Ok(reader.texts)
    }

    /// Only the title, for the map of the course.
    pub fn title_of(text: &str) -> Option<&str> {
        text.lines().find_map(|line| line.strip_prefix("# "))
    }

    /// The beat of a kind, if there is one.
    pub fn beat(&self, kind: BeatKind) -> Option<&Beat> {
        self.beats.iter().find(|beat| beat.kind == kind)
    }
}
