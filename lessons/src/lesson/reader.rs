//! Reads `lesson.txt`, line by line.

use quorate_core::sim::Action;

use crate::goal::expectation;
use crate::{Goal, Lesson, LessonError, Misconception, Mode, Offer, Picture, Task, Unlock};

/// What has been read of a lesson.
pub(super) struct Reader {
    /// The file that errors name.
    pub(super) file: String,
    pub(super) lesson: Lesson,
}

impl Reader {
    /// Takes a line.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub(super) fn line(&mut self, number: usize, line: &str) -> Result<(), LessonError> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let wrong = |text: String| LessonError::new(&self.file, number, text);
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let count = || {
            rest.parse::<u32>()
                .map_err(|_| wrong(format!("\"{rest}\" is no number")))
        };
        let lesson = &mut self.lesson;
        match word {
            "part" => {
                lesson.part = count()?;
                if lesson.part > PARTS {
                    return Err(wrong(format!("the course has parts 1 to {PARTS}")));
                }
            }
            "minutes" => {
                lesson.minutes = count()?;
                if lesson.minutes > MINUTES_MAX {
                    return Err(wrong("a lesson takes six minutes at most".to_owned()));
                }
            }
            "par" => lesson.task.par = count()?,
            "needs" => lesson.needs = rest.split_whitespace().map(str::to_owned).collect(),
            "unlocks" => lesson.unlocks = Some(Unlock::read(rest).map_err(wrong)?),
            "enter" => {
                let start = &lesson.task.start;
                let condition = expectation(&self.file, number, start, line, rest)?;
                for task in lesson.harder.iter_mut().chain([&mut lesson.task]) {
                    task.enter_at_line(condition.clone(), number);
                }
            }
            "picture" => {
                let (id, text) = rest
                    .split_once(' ')
                    .ok_or_else(|| wrong("write `picture ID CONDITION`".to_owned()))?;
                let condition = expectation(&self.file, number, &lesson.task.start, line, text)?;
                lesson.pictures.push(Picture {
                    id: id.to_owned(),
                    condition,
                });
            }
            "offer" => lesson.offers.push(offer(rest, false).map_err(wrong)?),
            "goal" | "wrong" => add(&mut lesson.task, (&self.file, number), line, line)?,
            "harder" => return self.harder(number, line, rest),
            _ => {
                return Err(wrong(format!(
                    "there is no \"{word}\"; write part, minutes, needs, par, unlocks, enter, \
                     offer, goal, wrong, picture, or harder goal, wrong, offer or par"
                )));
            }
        }
        Ok(())
    }

    /// What stands behind `harder`.
    fn harder(&mut self, number: usize, line: &str, rest: &str) -> Result<(), LessonError> {
        let wrong = |text: String| LessonError::new(&self.file, number, text);
        let Some(task) = self.lesson.harder.as_mut() else {
            let text = "there is no `harder-solution.txt`; write one, with its steps";
            return Err(wrong(text.to_owned()));
        };
        match rest.split_once(' ') {
            Some(("offer", rest)) => {
                self.lesson.offers.push(offer(rest, true).map_err(wrong)?);
            }
            Some(("par", par)) => {
                let par = par.parse();
                task.par = par.map_err(|_| wrong(format!("\"{rest}\" has no number")))?;
            }
            _ => add(task, (&self.file, number), line, rest)?,
        }
        Ok(())
    }
}

/// `offer ID ACTION`.
fn offer(text: &str, is_harder: bool) -> Result<Offer, String> {
    let (id, words) = text.split_once(' ').ok_or("write `offer ID ACTION`")?;
    let action = words.parse::<Action>().map_err(|error| error.text)?;
    Ok(Offer {
        id: id.to_owned(),
        action,
        is_harder,
    })
}

/// `goal ID MODE CONDITION`, `wrong NAME MODE CONDITION`.
fn add(
    task: &mut Task,
    (file, number): (&str, usize),
    line: &str,
    text: &str,
) -> Result<(), LessonError> {
    let mut parts = text.splitn(4, ' ');
    let (kind, id, mode, condition) = (parts.next(), parts.next(), parts.next(), parts.next());
    let mut modes = Mode::ALL.iter();
    let known = modes.find(|(name, _)| Some(*name) == mode);
    let (Some(id), Some((_, mode)), Some(condition)) = (id, known, condition) else {
        return Err(LessonError::new(
            file,
            number,
            "write `goal ID MODE CONDITION`, with now, once, then or never for the mode",
        ));
    };
    if *mode == Mode::Then && !may_follow(task, kind, id) {
        let text = "`then` waits for a goal that is met for good; write `once` or `then` for the \
                    one before it";
        return Err(LessonError::new(file, number, text));
    }
    let goal = Goal {
        id: id.to_owned(),
        mode: *mode,
        condition: expectation(file, number, &task.start, line, condition)?,
    };
    if kind == Some("goal") {
        if task.goals.iter().any(|other| other.id == goal.id) {
            let text = format!("there is a goal \"{id}\" already");
            return Err(LessonError::new(file, number, text));
        }
        task.goals.push(goal);
        return Ok(());
    }
    match task.wrongs.iter_mut().find(|wrong| wrong.name == id) {
        Some(wrong) => wrong.signs.push(goal),
        None => task.wrongs.push(Misconception {
            name: id.to_owned(),
            signs: vec![goal],
        }),
    }
    Ok(())
}

/// Whether a `then` can stand here: first, or behind what is met for good. What is `never` to be is
/// met until it is broken, and what is to be `now` may be met at the same event.
fn may_follow(task: &Task, kind: Option<&str>, id: &str) -> bool {
    let is_this = |wrong: &&Misconception| wrong.name == id;
    let before = if kind == Some("goal") {
        task.goals.last()
    } else {
        let wrong = task.wrongs.iter().find(is_this);
        wrong.and_then(|wrong| wrong.signs.last())
    };
    before.is_none_or(|goal| matches!(goal.mode, Mode::Once | Mode::Then))
}

/// How many parts the course has.
const PARTS: u32 = 7;
/// Nobody stays longer.
const MINUTES_MAX: u32 = 6;
