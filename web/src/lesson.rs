//! Lessons on the page: which there are, the one that is open, and what has been done.
//!
//! What a lesson is, and whether its goals are met, `quorate_lessons` says; this walks through its
//! beats, looks at the run that the page shows, and keeps what has been done. [`browser`] fetches
//! the texts and keeps the progress; all else is a part of the page's state.

pub(crate) mod browser;
mod follow;
mod learn;
mod map;
mod message;
mod progress;
mod sentences;
mod session;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use map::{Entry, Map};
pub(crate) use message::LessonMessage;
pub(crate) use progress::Progress;
pub(crate) use sentences::{cause, role, verdict};
pub(crate) use session::{Plain, Session};
pub(crate) use words::{LessonWords, words};

use crate::text::Language;

/// All that the page knows of lessons.
#[derive(Debug, Default)]
pub(crate) struct Lessons {
    /// The course; nothing until it has been fetched.
    pub(crate) map: Option<Map>,
    /// Whether the map is open.
    pub(crate) map_open: bool,
    /// The lesson that is open.
    pub(crate) session: Option<Session>,
    /// What has been done.
    pub(crate) progress: Progress,
    /// What the address asks for: the lesson's id.
    pub(crate) wanted: Option<String>,
    /// Whether the run that is shown came with the address, and is kept.
    pub(crate) keeps_run: bool,
    /// At which of the lesson's beats that run was.
    pub(crate) beat: usize,
    /// Whether it is to be read as a page, for teachers.
    pub(crate) plain: bool,
    /// Whether the page is part of another one.
    pub(crate) embedded: bool,
    /// Whether a file was opened in which there is no progress.
    pub(crate) bad_import: bool,
    /// What could not be fetched, and why.
    pub(crate) failure: Option<String>,
}

/// What is to be fetched next: the map, or a lesson in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// The course's map.
    Map,
    /// A lesson's folder, in a language.
    Lesson(String, Language),
}

impl Lessons {
    /// What an address asks for.
    pub(crate) fn of_query(query: &str) -> Self {
        let query = query.strip_prefix('?').unwrap_or(query);
        let mut lessons = Self::default();
        for part in query.split('&') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name {
                "lesson" => lessons.wanted = Some(value.to_owned()),
                "plain" => lessons.plain = true,
                "embed" => lessons.embedded = true,
                "do" | "at" => lessons.keeps_run = true,
                "beat" => lessons.beat = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        lessons.map_open = lessons.wanted.as_deref() == Some("");
        lessons
    }

    /// What has to be fetched for what is wanted, in the page's language.
    pub(crate) fn want(&self, language: Language) -> Option<Want> {
        if self.failure.is_some() {
            return None;
        }
        let Some(map) = &self.map else {
            let is_asked = self.map_open || self.wanted.is_some();
            return is_asked.then_some(Want::Map);
        };
        if let Some(id) = self.wanted.as_ref().filter(|id| !id.is_empty()) {
            let entry = map.entry(id)?;
            return Some(Want::Lesson(entry.folder.clone(), language));
        }
        let session = self.session.as_ref()?;
        let folder = session.lesson.folder.clone();
        (session.language != language).then_some(Want::Lesson(folder, language))
    }

    /// What closes the map or the note, where one of them covers the page.
    pub(crate) fn uncover(&self) -> Option<LessonMessage> {
        let is_note = self
            .session
            .as_ref()
            .is_some_and(|session| session.note_open);
        if self.map_open {
            return Some(LessonMessage::Map(false));
        }
        is_note.then_some(LessonMessage::Note(false))
    }

    /// What stands behind the run in the address, so that the lesson opens with it.
    pub(crate) fn query(&self) -> String {
        let mut query = String::new();
        if let Some(session) = &self.session {
            query = format!("&lesson={}", session.lesson.id);
            if session.beat > 0 {
                query += &format!("&beat={}", session.beat);
            }
        }
        if self.embedded {
            query += "&embed";
        }
        query
    }
}
