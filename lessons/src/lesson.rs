//! A lesson: what it is, where it begins, what is to be reached, and which mistakes have a name.

mod reader;

use quorate_core::sim::{Action, Expectation};

use self::reader::Reader;
use crate::error::path_of;
use crate::{Bundle, Goal, LessonError, Note, Task, Unlock};

/// A lesson, but for its texts.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its folder: `08-kill-the-leader`. Lessons are in the order of their folders.
    pub folder: String,
    /// Its name in links: the folder's, without the number.
    pub id: String,
    /// Which part of the course it belongs to, from 1.
    pub part: u32,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// The lessons that should be done before.
    pub needs: Vec<String>,
    /// What can be switched off when it is done.
    pub unlocks: Option<Unlock>,
    /// What is to be done.
    pub task: Task,
    /// The same, harder.
    pub harder: Option<Task>,
    /// What can be done at a press, beside all that the page can do.
    pub offers: Vec<Offer>,
    /// What the page for teachers shows of the solution.
    pub pictures: Vec<Picture>,
    /// The log of a real cluster, to be compared with this one's.
    pub note: Option<Note>,
}

/// A mistake that has a name, and how it shows.
#[derive(Clone, Debug)]
pub struct Misconception {
    /// Its name.
    pub name: String,
    /// All of these show it.
    pub signs: Vec<Goal>,
}

/// A picture of the solution: the first at which something holds.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What the texts call it.
    pub id: String,
    /// When it is taken.
    pub condition: Expectation,
}

/// An action that a lesson offers as a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What the texts call it.
    pub id: String,
    /// What it does.
    pub action: Action,
    /// Whether it is offered for the harder variation.
    pub is_harder: bool,
}

impl Lesson {
    /// Reads a lesson from the files of its folder.
    ///
    /// # Errors
    /// What is wrong with them, with file and line.
    pub fn read(folder: &str, files: &Bundle) -> Result<Self, LessonError> {
        let file = |name: &str| {
            let text =
                "there is no such file; CONTRIBUTING.md, \"Add a lesson\", tells what it holds";
            let missing = || LessonError::new(&path_of(folder, name), 0, text);
            files.file(name).ok_or_else(missing)
        };
        let start = file("start.txt")?;
        let mut reader = Reader {
            file: path_of(folder, "lesson.txt"),
            lesson: Lesson {
                folder: folder.to_owned(),
                id: id_of(folder).to_owned(),
                part: 0,
                minutes: 0,
                needs: Vec::new(),
                unlocks: None,
                task: Task::of(folder, ("start.txt", start), file("solution.txt")?)?,
                harder: match files.file("harder-solution.txt") {
                    Some(solution) => {
                        let own = files.file("harder.txt").map(|own| ("harder.txt", own));
                        let start = own.unwrap_or(("start.txt", start));
                        Some(Task::of(folder, start, solution)?)
                    }
                    None => None,
                },
                offers: Vec::new(),
                pictures: Vec::new(),
                note: None,
            },
        };
        for (at, line) in file("lesson.txt")?.lines().enumerate() {
            reader.line(at + 1, line)?;
        }
        let mut lesson = reader.lesson;
        if let Some(text) = files.file("note.txt") {
            let name = path_of(folder, "note.txt");
            lesson.note = Some(Note::read(&name, &lesson.task, text)?);
        }
        lesson.check(&reader.file)?;
        let harder = (lesson.harder.as_ref(), "harder-solution.txt");
        for (task, name) in [(Some(&lesson.task), "solution.txt"), harder] {
            if let Some(task) = task.filter(|task| task.enter.is_none()) {
                task.going_on(&path_of(folder, name), &task.solution)?;
            }
        }
        Ok(lesson)
    }

    /// One of its files, as a person opens it from the root.
    pub fn path(&self, file: &str) -> String {
        path_of(&self.folder, file)
    }

    /// Each of its tasks with what the names of its files begin with.
    pub fn tasks(&self) -> impl Iterator<Item = (&'static str, &Task)> {
        let harder = self.harder.as_ref().map(|task| ("harder-", task));
        [("", &self.task)].into_iter().chain(harder)
    }

    /// What can be done at a press: for the harder variation its own offers, where it has any.
    pub fn offers(&self, is_harder: bool) -> impl Iterator<Item = &Offer> {
        let has_own = self.offers.iter().any(|offer| offer.is_harder);
        let wants = is_harder && has_own;
        self.offers
            .iter()
            .filter(move |offer| offer.is_harder == wants)
    }

    fn check(&self, file: &str) -> Result<(), LessonError> {
        let wrong = |text: &str| Err(LessonError::new(file, 0, text));
        if self.part == 0 || self.minutes == 0 {
            return wrong("it lacks `part N` or `minutes N`, with N from 1");
        }
        if self.tasks().any(|(_, task)| task.goals.is_empty()) {
            return wrong("it lacks `goal ID now …`, or `harder goal …`: any run would do");
        }
        if self.task.wrongs.is_empty() {
            return wrong("it lacks `wrong NAME once …`: name a mistake that learners make");
        }
        Ok(())
    }
}

/// A folder's name without the number before it.
pub fn id_of(folder: &str) -> &str {
    match folder.split_once('-') {
        Some((number, id)) if number.bytes().all(|byte| byte.is_ascii_digit()) => id,
        _ => folder,
    }
}
