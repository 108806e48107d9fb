//! Something to be done: from where, to what, and how it can go wrong.

use quorate_core::sim::{Action, Expectation, PlannedAction, Scenario};

use crate::error::path_of;
use crate::story::may_show;
use crate::{Goal, LessonError, Misconception, Run};

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

impl Task {
    pub(crate) fn of(
        folder: &str,
        (start_name, start): (&str, &str),
        solution: &str,
    ) -> Result<Self, LessonError> {
        Ok(Self {
            start: Scenario::parse(&path_of(folder, start_name), start)?,
            enter: None,
            solution: solution.to_owned(),
            goals: Vec::new(),
            wrongs: Vec::new(),
            par: 0,
            start_text: start.to_owned(),
            start_file: path_of(folder, start_name),
            enter_at: (path_of(folder, "lesson.txt"), 0),
        })
    }

    /// Lets the learner in where a condition of the start first holds; the line of `lesson.txt` that
    /// says so is named when it never does.
    pub(crate) fn enter_at_line(&mut self, condition: Expectation, line: usize) {
        self.enter = Some(condition);
        self.enter_at.1 = line;
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
    fn placed(&self, mut error: LessonError) -> LessonError {
        let before = self.start_text().lines().count();
        match error.line.checked_sub(before) {
            Some(line) if line > 0 => error.line = line,
            _ => error.file.clone_from(&self.start_file),
        }
        error
    }

    /// The start and the solution as one scenario. Where the start goes on by itself, what the
    /// learner does stands before the first step of a later time: behind it, it would be past.
    pub fn whole(&self) -> String {
        let mut lines: Vec<&str> = self.start_text().lines().collect();
        if self.enter.is_none() {
            lines.push("");
            lines.extend(self.solution.lines());
            return lines.join("\n") + "\n";
        }
        for step in self.solution.lines().filter(|line| line.starts_with("at ")) {
            let at_us = self.time_of(step);
            let is_later = |line: &&str| self.time_of(line) > at_us;
            let place = lines.iter().position(is_later);
            lines.insert(place.unwrap_or(lines.len()), step);
        }
        lines.join("\n") + "\n"
    }

    /// The virtual time at which a step says that it is done, if it says one.
    fn time_of(&self, step: &str) -> Option<u64> {
        let mut words = step.split_whitespace();
        let is_timed = matches!(words.next(), Some("at" | "wait"));
        self.start.virtual_us(words.next()?).filter(|_| is_timed)
    }

    /// Where the learner comes in: the start's run, and an event of it. What the start does behind
    /// that is still to come.
    ///
    /// # Errors
    /// What was not as the start expected.
    pub fn entry(&self) -> Result<(Run, u64), LessonError> {
        let run = Run::of(&self.start_file, &self.start)?;
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
            let run = Run::of(name, &self.going_on(name, steps)?);
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
            let run = Run::among(&self.start_file, &self.start, &others)?;
            let after_event = run.events_until(at_us)?;
            others.push(PlannedAction {
                after_event,
                action,
            });
        }
        Run::among(&self.start_file, &self.start, &others)
    }
}
