//! A lesson: what it is, where it begins, what is to be reached, and which mistakes have a name.

use quorate_core::sim::{Action, Expectation, PlannedAction, Scenario};

use crate::story::may_show;
use crate::{Bundle, Goal, LessonError, Mode, Note, Run, Unlock};

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

/// Something to be done: from where, to what, and how it can go wrong.
#[derive(Clone, Debug)]
pub struct Task {
    /// The scenario that ends where the learner comes in.
    pub start: Scenario,
    /// Where in the start the learner comes in, if it is not its end: what the start does behind
    /// that is planned already.
    pub enter: Option<Expectation>,
    /// The steps that reach the goals, as text; see [`Task::run`].
    pub solution: String,
    /// All of these are to be met.
    pub goals: Vec<Goal>,
    /// Mistakes that have a name. Whose signs show first in this list is the one that is replied
    /// to.
    pub wrongs: Vec<Misconception>,
    /// How many actions the solution takes.
    pub par: u32,
    /// The text of the start: a solution is read together with it.
    start_text: String,
    /// The file of the start.
    start_file: String,
    /// The file and the line that say where the learner comes in.
    enter_at: (String, usize),
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
            let missing = || LessonError::new(&format!("{folder}/{name}"), 0, text);
            files.file(name).ok_or_else(missing)
        };
        let start = file("start.txt")?;
        let mut reader = Reader {
            file: format!("{folder}/lesson.txt"),
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
            let name = format!("{folder}/note.txt");
            lesson.note = Some(Note::read(&name, &lesson.task, text)?);
        }
        lesson.check(&reader.file)?;
        let harder = (lesson.harder.as_ref(), "harder-solution.txt");
        for (task, name) in [(Some(&lesson.task), "solution.txt"), harder] {
            if let Some(task) = task.filter(|task| task.enter.is_none()) {
                task.going_on(&format!("{folder}/{name}"), &task.solution)?;
            }
        }
        Ok(lesson)
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
        let tasks = || std::iter::once(&self.task).chain(&self.harder);
        if tasks().any(|task| task.goals.is_empty()) {
            return wrong("it lacks `goal ID now …`, or `harder goal …`: any run would do");
        }
        if self.task.wrongs.is_empty() {
            return wrong("it lacks `wrong NAME once …`: name a mistake that learners make");
        }
        Ok(())
    }
}

impl Task {
    fn of(
        folder: &str,
        (start_name, start): (&str, &str),
        solution: &str,
    ) -> Result<Self, LessonError> {
        Ok(Self {
            start: Scenario::parse(&format!("{folder}/{start_name}"), start)?,
            enter: None,
            solution: solution.to_owned(),
            goals: Vec::new(),
            wrongs: Vec::new(),
            par: 0,
            start_text: start.to_owned(),
            start_file: format!("{folder}/{start_name}"),
            enter_at: (format!("{folder}/lesson.txt"), 0),
        })
    }

    /// The scenario that goes on from where the learner comes in.
    ///
    /// # Errors
    /// What is wrong with the steps; lines are counted in the file called `name`.
    pub fn going_on(&self, name: &str, steps: &str) -> Result<Scenario, LessonError> {
        let text = format!("{}\n{steps}", self.start_text());
        Scenario::parse(name, &text).map_err(|error| self.placed(error.into()))
    }

    fn start_text(&self) -> &str {
        self.start_text.trim_end_matches('\n')
    }

    /// An error of the start and the steps behind it, in the file and at the line where it stands.
    pub fn placed(&self, mut error: LessonError) -> LessonError {
        let before = self.start_text().lines().count();
        match error.line.checked_sub(before) {
            Some(line) if line > 0 => error.line = line,
            _ => error.file.clone_from(&self.start_file),
        }
        error
    }

    /// The start and the solution as one scenario, where the solution goes on from the start's end.
    pub fn whole(&self) -> String {
        let between = if self.enter.is_some() {
            "\n# among it:\n"
        } else {
            "\n"
        };
        format!("{}{between}{}", self.start_text.trim_end(), self.solution)
    }

    /// Where the learner comes in: the start's run, and an event of it. What the start does behind
    /// that is still to come.
    ///
    /// # Errors
    /// What was not as the start expected.
    pub fn entry(&self) -> Result<(Run, u64), LessonError> {
        let run = Run::of(&self.start)?;
        let Some(enter) = &self.enter else {
            let events = run.events;
            return Ok((run, events));
        };
        let mut world = run.world(1)?;
        while !may_show(&world) || enter.holds(&world.frame()).is_err() {
            if world.event_count() >= run.events || run.history.advance(&mut world).is_err() {
                let (file, line) = &self.enter_at;
                let text = "the start never comes to where `enter` lets the learner in";
                return Err(LessonError::new(file, *line, text));
            }
        }
        let event = world.event_count();
        Ok((run, event))
    }

    /// The run in which a learner does what some steps say: those that go on from the start, or,
    /// where the start goes on by itself, `at TIME ACTION` lines that are put among its own.
    ///
    /// # Errors
    /// What is wrong with the steps, or was not as they expected.
    pub fn run(&self, name: &str, steps: &str) -> Result<Run, LessonError> {
        if self.enter.is_none() {
            let run = Run::of(&self.going_on(name, steps)?);
            return run.map_err(|error| self.placed(error));
        }
        let mut others = Vec::new();
        for (at, line) in steps.lines().enumerate() {
            let wrong = |text: String| LessonError::new(name, at + 1, text);
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (time, action) = line
                .strip_prefix("at ")
                .and_then(|line| line.split_once(' '))
                .ok_or_else(|| wrong("write `at TIME ACTION`".to_owned()))?;
            let at_us = self.start.virtual_us(time);
            let at_us = at_us.ok_or_else(|| wrong(format!("\"{time}\" is no time of day")))?;
            let action = action
                .parse::<Action>()
                .map_err(|error| wrong(error.text))?;
            let after_event = Run::among(&self.start, &others)?.events_until(at_us)?;
            others.push(PlannedAction {
                after_event,
                action,
            });
        }
        Run::among(&self.start, &others)
    }
}

struct Reader {
    file: String,
    lesson: Lesson,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), LessonError> {
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
                let task = &mut lesson.task;
                task.enter = Some(expectation(&self.file, number, &task.start, line, rest)?);
                task.enter_at.1 = number;
                if let Some(harder) = lesson.harder.as_mut() {
                    harder.enter.clone_from(&task.enter);
                    harder.enter_at.1 = number;
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

/// A condition at the end of a line.
pub(crate) fn expectation(
    file: &str,
    number: usize,
    start: &Scenario,
    line: &str,
    text: &str,
) -> Result<Expectation, LessonError> {
    let before = line.chars().count() - text.chars().count();
    Ok(start.expectation(file, (number, before + 1), text)?)
}

/// A folder's name without the number before it.
pub fn id_of(folder: &str) -> &str {
    match folder.split_once('-') {
        Some((number, id)) if number.bytes().all(|byte| byte.is_ascii_digit()) => id,
        _ => folder,
    }
}

/// How many parts the course has.
const PARTS: u32 = 7;
/// Nobody stays longer.
const MINUTES_MAX: u32 = 6;
