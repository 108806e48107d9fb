//! A lesson that is open: which beat, what was answered, and how its goals stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use quorate_core::sim::{Action, Expectation, Frame, History, PlannedAction};
use quorate_lessons::{
    BeatKind, Bundle, Cause, Lesson, LessonError, NoteLine, Picture, Run, Standing, Task, Texts,
    Verdict,
};

use super::follow::Follower;
use super::map::text_language;
use crate::permalink::Permalink;
use crate::text::Language;

/// A lesson that is open.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) lesson: Lesson,
    pub(crate) texts: Texts,
    pub(crate) language: Language,
    /// Which beat is shown.
    pub(crate) beat: usize,
    /// The furthest beat that was reached.
    pub(crate) reached: usize,
    /// What was answered, by beat.
    pub(crate) answers: BTreeMap<usize, usize>,
    /// How many of the task's hints are shown.
    pub(crate) hints: usize,
    /// Whether the note stands beside the log.
    pub(crate) note_open: bool,
    /// Whether the sheet of a narrow screen is folded down to its head.
    pub(crate) is_folded: bool,
    /// Whether the solution was asked for.
    pub(crate) is_shown: bool,
    /// Whether the goals were met already when the run came with a link: whoever opens it has not
    /// done that.
    pub(crate) came_done: bool,
    /// Whether the harder variation is under way.
    pub(crate) is_harder: bool,
    /// Whether the page shows another world than the lesson's.
    pub(crate) is_away: bool,
    pub(crate) standing: Standing,
    pub(crate) cause: Cause,
    /// In how many steps the goals were met, once they were.
    pub(crate) steps: Option<u32>,
    pub(crate) plain: Option<Plain>,
    /// Whether what is reached, or went wrong, came about since the beat was opened: then a learner
    /// is brought to it.
    pub(crate) is_news: bool,
    /// How it stood when the beat was opened: whether all was reached, and which mistake was shown.
    stood: Option<(bool, Option<usize>)>,
    /// The event behind which the learner came in.
    entry: u64,
    /// What the start does, with what the learner has done where the start goes on by itself.
    planned: History,
    /// What the start does by itself.
    script: Vec<Action>,
    follower: Follower,
}

/// The pictures of the page for teachers, each with its id.
#[derive(Debug)]
pub(crate) struct Plain {
    pub(crate) pictures: Vec<(String, Arc<Frame>)>,
}

impl Session {
    /// Opens a lesson that was fetched.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn open(
        folder: &str,
        language: Language,
        text: &str,
        plain: bool,
    ) -> Result<Self, LessonError> {
        let files = Bundle::read(text);
        let lesson = Lesson::read(folder, &files)?;
        let texts = texts_of(&lesson, language, &files)?;
        let place = Place::of(&lesson, false, None)?;
        let mut session = Self {
            plain: None,
            is_news: false,
            stood: None,
            texts,
            language,
            beat: 0,
            reached: 0,
            answers: BTreeMap::new(),
            hints: 0,
            note_open: false,
            is_folded: false,
            is_shown: false,
            came_done: false,
            is_harder: false,
            is_away: false,
            standing: place.standing,
            cause: place.cause,
            steps: None,
            entry: place.entry,
            script: actions(&place.history),
            planned: place.history,
            follower: place.follower,
            lesson,
        };
        if plain {
            session.plain = Some(session.pictures()?);
        }
        Ok(session)
    }

    /// The same lesson in another language.
    ///
    /// # Errors
    /// What is wrong with its text.
    pub(crate) fn translate(&mut self, language: Language, text: &str) -> Result<(), LessonError> {
        self.texts = texts_of(&self.lesson, language, &Bundle::read(text))?;
        self.language = language;
        Ok(())
    }

    /// What is to be done now.
    pub(crate) fn task(&self) -> &Task {
        let harder = self.lesson.harder.as_ref().filter(|_| self.is_harder);
        harder.unwrap_or(&self.lesson.task)
    }

    /// The hints for what is to be done now.
    pub(crate) fn hints(&self) -> &[String] {
        if self.is_harder {
            return &self.texts.harder_hints;
        }
        &self.texts.hints
    }

    /// The link to where the learner comes in.
    pub(crate) fn start(&self) -> Permalink {
        link(&self.planned, self.entry)
    }

    /// Begins anew, the harder variation or not; with another seed, where one is given.
    ///
    /// # Errors
    /// That it cannot be begun.
    pub(crate) fn begin(&mut self, is_harder: bool, seed: Option<u64>) -> Result<(), LessonError> {
        let place = Place::of(&self.lesson, is_harder, seed)?;
        if is_harder != self.is_harder {
            self.hints = 0;
        }
        self.is_harder = is_harder;
        self.is_away = false;
        self.is_shown = false;
        self.standing = place.standing;
        self.cause = place.cause;
        self.steps = None;
        self.entry = place.entry;
        self.script = actions(&place.history);
        self.planned = place.history;
        self.follower = place.follower;
        Ok(())
    }

    /// Takes up a run that came with a link: at a beat, and with the run's seed.
    ///
    /// # Errors
    /// That it cannot be begun.
    pub(crate) fn take_up(&mut self, beat: usize, history: &History) -> Result<(), LessonError> {
        self.beat = beat.min(self.texts.beats.len().saturating_sub(1));
        self.reached = self.beat;
        let is_harder = self.kind() == Some(BeatKind::Harder);
        let seed = history.config.seed;
        if is_harder || seed != self.planned.config.seed {
            self.begin(is_harder, Some(seed))?;
        }
        self.came_done = true;
        Ok(())
    }

    /// Whether the start does something by itself behind where the learner comes in.
    pub(crate) fn is_scripted(&self) -> bool {
        self.task().enter.is_some()
    }

    /// Where the start goes on by itself and the learner has just done something: the history in
    /// which it goes on with that in it.
    pub(crate) fn replan(&mut self, history: &History) -> Option<History> {
        let is_new = self.is_scripted()
            && history.config == self.planned.config
            && history.actions != self.planned.actions;
        if !is_new {
            return None;
        }
        let start = self.task().start.clone().with_seed(history.config.seed);
        let run = Run::among(&self.lesson.folder, &start, &self.own(history)).ok()?;
        self.planned.clone_from(&run.history);
        (run.history != *history).then_some(run.history)
    }

    /// What the learner has done: all but what the start does.
    fn own(&self, history: &History) -> Vec<PlannedAction> {
        let mut script = self.script.iter().peekable();
        let is_own = |one: &&PlannedAction| script.next_if_eq(&&one.action).is_none();
        history.actions.iter().filter(is_own).cloned().collect()
    }

    /// Looks at the run that the page shows.
    pub(crate) fn follow(&mut self, history: &History, frame: &Frame) {
        let harder = self.lesson.harder.as_ref().filter(|_| self.is_harder);
        let task = harder.unwrap_or(&self.lesson.task);
        let note = self.lesson.note.as_ref();
        let position = frame.event_count;
        self.is_away = !self.follower.follow(task, note, history, position);
        if self.is_away {
            return;
        }
        self.standing = self.follower.tracker.standing(task, frame);
        self.cause = Cause::of(frame);
        let done = self.standing.done;
        self.steps = done.map(|event| self.own_actions(history, event));
        self.came_done &= done.is_some();
        let wrong = self.standing.wrong.map(|(place, _)| place);
        let stands = (done.is_some(), wrong);
        self.is_news |= *self.stood.get_or_insert(stands) != stands;
    }

    /// How many things the learner had done up to an event.
    pub(crate) fn own_actions(&self, history: &History, event: u64) -> u32 {
        let own = self.own(history).into_iter();
        own.filter(|own| own.after_event < event).count() as u32
    }

    /// The event before the action that brought a mistake about, or at which it shows.
    pub(crate) fn before_mistake(&self, history: &History) -> Option<u64> {
        let (_, shown) = self.standing.wrong?;
        let own = self.own(history);
        let action = own.iter().rev().find(|own| own.after_event < shown);
        Some(action.map_or(self.entry, |action| action.after_event))
    }

    /// The run of the solution; where the start goes on by itself, with the seed that was chosen.
    pub(crate) fn solution(&self) -> Option<Run> {
        let mut task = self.task().clone();
        if self.is_scripted() {
            task.start = task.start.with_seed(self.planned.config.seed);
        }
        task.run("solution", &task.solution).ok()
    }

    /// The event behind which the learner came in.
    pub(crate) fn entry(&self) -> u64 {
        self.entry
    }

    /// How each line of the note stands, at an event.
    pub(crate) fn verdicts(&self, event: u64) -> Vec<Verdict> {
        let note = self.lesson.note.as_ref();
        note.map_or(Vec::new(), |note| {
            self.follower.book.said.verdicts(note, event)
        })
    }

    /// Who was what in which term.
    pub(crate) fn roles(&self) -> &quorate_lessons::RoleTracker {
        &self.follower.book.roles
    }

    /// The line that says what a line of the note says.
    pub(crate) fn said(&self, line: &NoteLine, event: u64) -> String {
        let text = line.same.as_ref().ok().and_then(Expectation::traced);
        let found = text.and_then(|text| self.follower.book.line(event, line.node, text));
        let found = found.unwrap_or(&line.condition);
        // What was done stands there as the action that it was.
        found.strip_prefix("acted ").unwrap_or(found).to_owned()
    }

    /// A virtual time as a time of day, where the lesson's clock has one.
    pub(crate) fn time_of_day(&self, at_us: u64) -> String {
        let starts_us = self.lesson.task.start.clock_starts_us().unwrap_or(0);
        let ms = (starts_us + at_us) / 1_000;
        let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
        format!(
            "{hours:02}:{minutes:02}:{:02}.{:03}",
            ms / 1_000 % 60,
            ms % 1_000
        )
    }

    /// Shows a beat.
    pub(crate) fn show(&mut self, beat: usize) {
        self.beat = beat;
        self.is_news = false;
        self.stood = None;
    }

    /// The kind of the beat that is shown.
    pub(crate) fn kind(&self) -> Option<BeatKind> {
        self.texts.beats.get(self.beat).map(|beat| beat.kind)
    }

    fn pictures(&self) -> Result<Plain, LessonError> {
        let task = self.task();
        let run = task.run("solution", &task.solution)?;
        let mut world = run.world(self.entry)?;
        let mut left: Vec<&Picture> = self.lesson.pictures.iter().collect();
        let mut pictures = Vec::new();
        loop {
            let frame = Arc::new(world.frame());
            left.retain(|picture| {
                let is_it = picture.condition.holds(&frame).is_ok();
                if is_it {
                    pictures.push((picture.id.clone(), Arc::clone(&frame)));
                }
                !is_it
            });
            let is_over = left.is_empty() || world.event_count() >= run.events;
            if is_over || run.history.advance(&mut world).is_err() {
                return Ok(Plain { pictures });
            }
        }
    }
}

/// Where a task begins.
struct Place {
    history: History,
    entry: u64,
    follower: Follower,
    standing: Standing,
    cause: Cause,
}

impl Place {
    fn of(lesson: &Lesson, is_harder: bool, seed: Option<u64>) -> Result<Self, LessonError> {
        let harder = lesson.harder.as_ref().filter(|_| is_harder);
        let mut task = harder.unwrap_or(&lesson.task).clone();
        if let Some(seed) = seed {
            task.start = task.start.with_seed(seed);
        }
        let (run, entry) = task.entry()?;
        let follower = Follower::new(&task, lesson.note.as_ref(), &run, entry)?;
        let frame = run.world(entry)?.frame();
        Ok(Self {
            standing: follower.tracker.standing(&task, &frame),
            cause: Cause::of(&frame),
            history: run.history,
            entry,
            follower,
        })
    }
}

fn texts_of(lesson: &Lesson, language: Language, files: &Bundle) -> Result<Texts, LessonError> {
    let language = text_language(language);
    let text = files.file(&language.file());
    Texts::read(lesson, language, text.unwrap_or_default())
}

fn actions(history: &History) -> Vec<Action> {
    let actions = history.actions.iter();
    actions.map(|planned| planned.action.clone()).collect()
}

/// The link to a place of a history.
pub(crate) fn link(history: &History, at: u64) -> Permalink {
    let actions = history.actions.iter();
    Permalink {
        members: history.config.members,
        seed: history.config.seed,
        at,
        actions: actions
            .map(|planned| (planned.after_event, planned.action.clone()))
            .collect(),
        world: Some(history.config.clone()),
    }
}
