//! What messages do to the lessons, and to the run that the page shows.

use quorate_lessons::{BeatKind, id_of};

use super::session::link;
use super::{LessonMessage, Lessons, Map, Progress, Session};
use crate::state::State;

impl State {
    /// Something happens to the lessons.
    pub(crate) fn learn(&mut self, message: LessonMessage) {
        match message {
            LessonMessage::Mapped(text) => {
                let map = Map::read(&text);
                let wanted = self.lessons.wanted.as_ref();
                if let Some(id) = wanted.filter(|id| !id.is_empty() && map.entry(id).is_none()) {
                    self.lessons.failure = Some(id.clone());
                    self.lessons.map_open = true;
                    self.lessons.wanted = None;
                }
                self.lessons.map = Some(map);
            }
            LessonMessage::Loaded(folder, language, text) => {
                let wanted = self.lessons.wanted.as_deref();
                let open = self.lessons.session.as_mut();
                let open = open.filter(|session| session.lesson.folder == folder);
                let result = match (wanted, open) {
                    (Some(id), _) if id == id_of(&folder) => {
                        self.open_lesson(&folder, language, &text)
                    }
                    (_, Some(session)) => session.translate(language, &text),
                    // Another one was opened while this came.
                    (_, None) => Ok(()),
                };
                if let Err(error) = result {
                    self.lessons.failure = Some(error.to_string());
                    self.lessons.wanted = None;
                }
            }
            LessonMessage::Failed(why) => {
                self.lessons.failure = Some(why);
                self.lessons.wanted = None;
            }
            LessonMessage::Map(open) => {
                self.lessons.map_open = open;
                self.lessons.bad_import = false;
                self.lessons.failure = None;
                self.playback = None;
            }
            LessonMessage::Open(id) => {
                self.lessons.wanted = Some(id);
                self.lessons.keeps_run = false;
                self.lessons.beat = 0;
                self.lessons.map_open = false;
            }
            LessonMessage::Close => {
                self.lessons.session = None;
                self.lessons.wanted = None;
            }
            LessonMessage::Import(text) => {
                let progress = Progress::read(&text);
                self.lessons.bad_import = progress == Progress::default();
                self.lessons.progress.join(&progress);
            }
            other => self.learn_in_session(&other),
        }
    }

    fn open_lesson(
        &mut self,
        folder: &str,
        language: crate::text::Language,
        text: &str,
    ) -> Result<(), quorate_lessons::LessonError> {
        let mut session = Session::open(folder, language, text, self.lessons.plain)?;
        self.lessons.wanted = None;
        let beat = std::mem::take(&mut self.lessons.beat);
        if std::mem::take(&mut self.lessons.keeps_run) {
            session.take_up(beat, self.engine.history())?;
        } else {
            self.show(&session.start());
        }
        self.lessons.session = Some(session);
        Ok(())
    }

    fn learn_in_session(&mut self, message: &LessonMessage) {
        let Some(session) = &mut self.lessons.session else {
            return;
        };
        match message {
            LessonMessage::Beat(beat) if *beat <= session.reached => self.show_beat(*beat),
            LessonMessage::Next => {
                let next = session.beat + 1;
                if next < session.texts.beats.len() {
                    session.reached = session.reached.max(next);
                    self.show_beat(next);
                } else {
                    self.lessons.map_open = true;
                }
            }
            LessonMessage::Answer(answer) => {
                session.answers.insert(session.beat, *answer);
            }
            LessonMessage::Hint => {
                session.hints = (session.hints + 1).min(session.hints().len());
            }
            LessonMessage::Note(open) => session.note_open = *open,
            LessonMessage::Fold(folded) => session.is_folded = *folded,
            LessonMessage::Restart(seed) => {
                let is_harder = session.is_harder;
                self.begin_lesson(is_harder, *seed);
            }
            LessonMessage::ToMistake => {
                let before = session.before_mistake(self.engine.history());
                if let Some(before) = before {
                    self.playback = None;
                    // It has been there.
                    let _ = self.engine.seek(before);
                }
            }
            LessonMessage::Solve => {
                if let Some(run) = session.solution() {
                    session.is_shown = true;
                    let entry = session.entry();
                    // All of it can be walked through at once.
                    self.show(&link(&run.history, run.events));
                    let _ = self.engine.seek(entry);
                    self.frame = self.engine.frame();
                    self.play_or_pause();
                }
            }
            _ => {}
        }
    }

    fn show_beat(&mut self, beat: usize) {
        let Some(session) = &mut self.lessons.session else {
            return;
        };
        session.show(beat);
        let is_harder = session.kind() == Some(BeatKind::Harder);
        if is_harder != session.is_harder {
            self.begin_lesson(is_harder, None);
        }
    }

    fn begin_lesson(&mut self, is_harder: bool, seed: Option<u64>) {
        let Some(session) = &mut self.lessons.session else {
            return;
        };
        match session.begin(is_harder, seed) {
            Ok(()) => {
                let start = session.start();
                self.show(&start);
            }
            Err(error) => self.lessons.failure = Some(error.to_string()),
        }
    }

    /// Lets the open lesson look at the run that the page shows.
    pub(crate) fn follow_lesson(&mut self) {
        let Some(session) = &mut self.lessons.session else {
            return;
        };
        if let Some(history) = session.replan(self.engine.history()) {
            let position = self.engine.position();
            self.show(&link(&history, position));
        }
        let Lessons {
            session, progress, ..
        } = &mut self.lessons;
        let Some(session) = session else { return };
        let was_done = session.standing.done.is_some();
        session.follow(self.engine.history(), &self.frame);
        // There is nothing more to wait for: what was reached stands still to be looked at.
        if session.standing.done.is_some() && !was_done {
            self.playback = None;
        }
        let is_own = !session.is_shown && !session.is_away && !session.came_done;
        if let Some(steps) = session.steps.filter(|_| is_own) {
            progress.note(&session.lesson.id, session.is_harder, Some(steps));
        }
    }
}
