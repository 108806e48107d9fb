//! All that is wrong with a lesson: what CI asks of each, and what its preview tells.

use crate::{
    Beat, Bundle, Goal, Language, Lesson, LessonError, Misconception, Mode, Run, Standing, Story,
    Task, Texts, check_files, page_bundle,
};

/// Looks at a lesson that could be read: its files, its texts, and its runs, both ways.
pub fn faults(lesson: &Lesson, files: &Bundle) -> Vec<LessonError> {
    let mut faults = Faults {
        lesson,
        files,
        found: Vec::new(),
    };
    if let Err(error) = check_files(lesson, files) {
        // Without its files nothing else can be looked at.
        return vec![error];
    }
    faults.texts();
    for (prefix, task) in lesson.tasks() {
        faults.task(prefix, task);
    }
    faults.pictures();
    faults.found
}

struct Faults<'a> {
    lesson: &'a Lesson,
    files: &'a Bundle,
    found: Vec<LessonError>,
}

impl Faults<'_> {
    fn add(&mut self, file: &str, text: impl Into<String>) {
        let path = self.lesson.path(file);
        self.found.push(LessonError::new(&path, 0, text));
    }

    /// Keeps what came, and notes what went wrong.
    fn keep<T>(&mut self, result: Result<T, LessonError>) -> Option<T> {
        result.map_err(|error| self.found.push(error)).ok()
    }

    fn file(&self, name: &str) -> &str {
        self.files.file(name).unwrap_or_default()
    }

    /// Both languages tell the same lesson, and what is fetched of it is small.
    fn texts(&mut self) {
        let [english, chinese] = Language::ALL.map(|language| {
            let text = self.file(&language.file()).to_owned();
            let texts = self.keep(Texts::read(self.lesson, language, &text))?;
            self.keep(texts.check(self.lesson, language, &text))?;
            let bytes = page_bundle(self.files, language.tag()).write().len();
            if bytes > FETCHED_BYTES_MAX {
                let text = format!("{bytes} bytes are fetched; write {FETCHED_BYTES_MAX} at most");
                self.add(&language.file(), text);
            }
            Some(texts)
        });
        let (Some(english), Some(chinese)) = (english, chinese) else {
            return;
        };
        for (what, is_same) in [
            (
                "beats, with their answers and sources",
                english
                    .beats
                    .iter()
                    .map(shape)
                    .eq(chinese.beats.iter().map(shape)),
            ),
            (
                "number of questions",
                english.questions.len() == chinese.questions.len(),
            ),
            (
                "cells of the table",
                english
                    .table
                    .iter()
                    .map(|cell| (&cell.0, cell.1))
                    .eq(chinese.table.iter().map(|cell| (&cell.0, cell.1))),
            ),
        ] {
            if !is_same {
                self.add("zh.md", format!("it has not the {what} that en.md has"));
            }
        }
    }

    /// The start does not meet the goals, the solution does, and each mistake gets its reply.
    fn task(&mut self, prefix: &str, task: &Task) {
        let Some((start, _)) = self.keep(task.entry()) else {
            return;
        };
        let solution = format!("{prefix}solution.txt");
        self.untouched(prefix, task);
        if let Some(run) = self.run(task, &solution, &task.solution) {
            let taken = run.history.actions.len() - start.history.actions.len();
            if taken != task.par as usize {
                let par = task.par;
                self.add(
                    &solution,
                    format!("it takes {taken} actions, and lesson.txt says `par {par}`"),
                );
            }
            let story = self.keep(Story::of(task, &run));
            if let Some(story) = story.filter(|story| story.standing.done.is_none()) {
                let unmet = unmet(task, &story);
                self.add(&solution, format!("its goals are never all met: {unmet}"));
            }
        }
        for (place, wrong) in task.wrongs.iter().enumerate() {
            self.mistake(task, (place, wrong));
        }
    }

    /// Whoever does nothing reaches nothing. Where nothing has to be done, it has not come about yet
    /// when the learner comes in. No mistake has been made.
    fn untouched(&mut self, prefix: &str, task: &Task) {
        let is_scripted = task.enter.is_some();
        let steps = if is_scripted { "" } else { NOTHING_DONE };
        let start = if prefix.is_empty() || self.files.file("harder.txt").is_none() {
            "start.txt"
        } else {
            "harder.txt"
        };
        let Some(story) = self.story(task, start, steps) else {
            return;
        };
        let opening = story.pictures.first();
        if task.par > 0 && story.standing.done.is_some() {
            self.add(start, "its goals are met though nothing is done");
        }
        let is_met = |goal: &Goal| opening.is_some_and(|one| goal.condition.holds(one).is_ok());
        if task.par == 0 && task.goals.iter().all(is_met) {
            self.add(
                start,
                "what the goals want holds where the learner comes in",
            );
        }
        let standing = opening.map(|opening| story.tracker.standing(task, opening));
        let wrong = standing.and_then(|standing| standing.wrong);
        if let Some(wrong) = wrong.and_then(|(place, _)| task.wrongs.get(place)) {
            let name = &wrong.name;
            self.add(
                start,
                format!("the mistake \"{name}\" shows where the learner comes in"),
            );
        }
    }

    fn mistake(&mut self, task: &Task, (place, wrong): (usize, &Misconception)) {
        let file = format!("wrong-{}.txt", wrong.name);
        let steps = self.file(&file).to_owned();
        let Some(story) = self.story(task, &file, &steps) else {
            return;
        };
        let Standing {
            done, wrong: shown, ..
        } = story.standing;
        match shown {
            Some((shown, _)) if shown == place => {}
            Some((shown, _)) => {
                let other = task.wrongs.get(shown).map_or("", |wrong| &wrong.name);
                self.add(
                    &file,
                    format!("it shows \"{other}\", which stands before it in lesson.txt"),
                );
            }
            None if done.is_some() => self.add(&file, "it meets the goals"),
            None => {
                let lines = format!("`wrong {}`", wrong.name);
                let text =
                    format!("it does not show its mistake; compare it with {lines} of lesson.txt");
                self.add(&file, text);
            }
        }
    }

    /// Each picture of the page for teachers is one of the solution's.
    fn pictures(&mut self) {
        let task = &self.lesson.task;
        let run = task.run(&self.lesson.path("solution.txt"), &task.solution);
        // What is wrong with it was noted.
        let Ok(story) = run.and_then(|run| Story::of(task, &run)) else {
            return;
        };
        for picture in &self.lesson.pictures {
            let mut pictures = story.pictures.iter();
            if !pictures.any(|frame| picture.condition.holds(frame).is_ok()) {
                let id = &picture.id;
                self.add(
                    "lesson.txt",
                    format!("the solution never comes to `picture {id}`"),
                );
            }
        }
    }

    fn run(&mut self, task: &Task, file: &str, steps: &str) -> Option<Run> {
        self.keep(task.run(&self.lesson.path(file), steps))
    }

    fn story(&mut self, task: &Task, file: &str, steps: &str) -> Option<Story> {
        let run = self.run(task, file, steps)?;
        self.keep(Story::of(task, &run))
    }
}

/// The goals that are not met at a story's end, each with what was found, where that is known.
fn unmet(task: &Task, story: &Story) -> String {
    let goals = task.goals.iter().zip(&story.standing.goals);
    let unmet = goals.filter(|(_, is_met)| !**is_met).map(|(goal, _)| {
        let last = story.pictures.last();
        let found = last.and_then(|last| goal.condition.holds(last).err());
        match found.filter(|_| goal.mode != Mode::Never) {
            Some(found) => format!("{} ({found} at the end)", goal.id),
            None => goal.id.clone(),
        }
    });
    unmet.collect::<Vec<_>>().join(", ")
}

/// What a beat is, whatever its words.
fn shape(beat: &Beat) -> (&'static str, Vec<bool>, Vec<&str>) {
    let answers = beat.answers.iter().map(|answer| answer.is_right);
    let sources = beat.sources.iter().map(|source| source.url.as_str());
    (beat.kind.name(), answers.collect(), sources.collect())
}

/// Longer than any learner waits.
const NOTHING_DONE: &str = "for 30s\n";
/// Of a lesson in one language.
const FETCHED_BYTES_MAX: usize = 15 * 1024;
