//! Runs a scenario.

mod time;

use std::collections::VecDeque;

use super::action::action;
use super::condition::{Condition, Sight, leader};
use super::messages::{Fate, Messages};
use super::moment::Moment;
use super::names::Names;
use super::show::Show;
use super::step::{Kind, Step};
use super::units::time_of_day_text;
use super::words::{Cursor, Wrong};
use super::{Scenario, ScenarioError};
use crate::sim::action::{Action, Node};
use crate::sim::fault::Fault;
use crate::sim::frame::{EventCause, EventFrame};
use crate::sim::halt::WorldError;
use crate::sim::history::{History, PlannedAction};
use crate::sim::violation::Violation;
use crate::sim::world::World;
use crate::trace::{Level, TraceHash};

/// Something a scenario says while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report<'a> {
    /// A step begins.
    Step {
        /// Its line, from 1.
        line: usize,
        /// Its text, without what stands before and behind it.
        text: &'a str,
    },
    /// A line of the trace.
    Trace {
        /// When, as text: `  542.0 ms`, or a time of day when the scenario says when it starts.
        time: &'a str,
        /// What.
        text: &'a str,
        /// Whether it tells the story; else it is a clock's, a disk's or a message's way.
        is_story: bool,
        /// Whether the scenario wants it left out.
        is_quiet: bool,
    },
    /// A line of a table that was asked for.
    Table(&'a str),
    /// What was expected was found.
    Passed,
    /// It was not, or the world did not come to where the scenario wants it.
    Failed(&'a ScenarioError),
}

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was done: with it, the page and a [`crate::sim::Timeline`] have the same world.
    pub history: History,
    /// How many events happened.
    pub event_count: u64,
    /// Virtual time at the end, in microseconds.
    pub now_us: u64,
    /// The trace's hash.
    pub trace_hash: TraceHash,
    /// How many expectations were met.
    pub passed: usize,
    /// What was not as expected. A violation that nobody expected is among them.
    pub failures: Vec<ScenarioError>,
    /// The property that was violated, if one was.
    pub violation: Option<Violation>,
}

impl Scenario {
    /// Runs it from the beginning to the end; tells what happens meanwhile.
    pub fn run(&self, tell: &mut dyn FnMut(Report<'_>)) -> Result<Outcome, WorldError> {
        self.run_among(&[], tell)
    }

    /// Runs it while somebody else acts, too: at their places, and in ascending order of these.
    pub fn run_among(
        &self,
        others: &[PlannedAction],
        tell: &mut dyn FnMut(Report<'_>),
    ) -> Result<Outcome, WorldError> {
        let world = World::with_trace_lines(self.config.clone())?;
        let mut run = Run {
            scenario: self,
            history: History::new(self.config.clone()),
            due_us: 0,
            others: others.iter().cloned().collect(),
            world,
            lines: Vec::new(),
            event_began: 0,
            refusal: None,
            is_quiet: true,
            is_violation_expected: false,
            has_told_end: false,
            is_exhausted: false,
            passed: 0,
            failures: Vec::new(),
            tell,
        };
        let begins = |step: &Step| matches!(step.kind, Kind::World | Kind::AddNodes);
        if !self.steps.first().is_some_and(begins) {
            run.told();
        }
        for step in &self.steps {
            run.step(step);
            if run.is_exhausted {
                break;
            }
        }
        Ok(run.end())
    }
}

struct Run<'a> {
    scenario: &'a Scenario,
    world: World,
    history: History,
    /// What somebody else does meanwhile.
    others: VecDeque<PlannedAction>,
    /// Up to when the scenario has let time pass; the world may stand at an event before it.
    due_us: u64,
    /// The trace so far.
    lines: Vec<String>,
    /// Where in it the last event begins.
    event_began: usize,
    /// Why the last action was refused.
    refusal: Option<String>,
    is_quiet: bool,
    is_violation_expected: bool,
    /// Whether it was said that nothing is done any more.
    has_told_end: bool,
    /// Whether a step wanted more events than a run has.
    is_exhausted: bool,
    passed: usize,
    failures: Vec<ScenarioError>,
    tell: &'a mut dyn FnMut(Report<'_>),
}

impl Run<'_> {
    fn step(&mut self, step: &Step) {
        self.is_quiet = step.is_quiet;
        (self.tell)(Report::Step {
            line: step.line,
            text: &step.text,
        });
        let Err(wrong) = self.carry_out(&step.kind, step) else {
            return;
        };
        // What a violation stops is no failure of its own: whether the violation is one is asked
        // at the end, when it is known whether somebody expects it.
        if self.world.violation().is_none() || matches!(step.kind, Kind::Expect(_)) {
            self.fail(step.line, wrong);
        } else if !self.has_told_end {
            self.has_told_end = true;
            (self.tell)(Report::Table(
                "a property is violated: this step is not carried out to its end, and no later one",
            ));
        }
    }

    fn fail(&mut self, line: usize, wrong: Wrong) {
        let error = self.scenario.error(line, wrong);
        (self.tell)(Report::Failed(&error));
        self.failures.push(error);
    }

    fn carry_out(&mut self, kind: &Kind, step: &Step) -> Result<(), Wrong> {
        let wrong = |text: String| Wrong {
            column: step.column,
            text,
        };
        match kind {
            Kind::World => self.told(),
            Kind::AddNodes => {
                self.told();
                self.connect().map_err(wrong)?;
            }
            Kind::For(length_us) => {
                let end_us = self.now_us().saturating_add(*length_us);
                self.pass(end_us).map_err(wrong)?;
            }
            Kind::Until(condition) => self.wait(condition).map_err(wrong)?,
            Kind::At(moment, then) => {
                match moment {
                    Moment::Event(event) => self.wait_for_event(*event),
                    moment => moment
                        .at_us(self.now_us(), self.scenario.origin)
                        .and_then(|at_us| self.pass(at_us)),
                }
                .map_err(wrong)?;
                self.carry_out(then, step)?;
            }
            Kind::Wait(moment) => {
                let until_us = moment
                    .at_us(self.now_us(), self.scenario.origin)
                    .map_err(wrong)?;
                self.pass(until_us).map_err(wrong)?;
                self.act(Action::Fault(Fault::Wait { until_us }))
                    .map_err(wrong)?;
            }
            Kind::Act(words) => {
                let action = action(&mut Cursor::new(words), &self.names())?;
                self.act(action).map_err(wrong)?;
            }
            Kind::Messages(messages) => self.fate(messages).map_err(wrong)?,
            Kind::TickElection(node) => {
                let (node, ticks) = (*node, self.world.config().election_ticks);
                self.act(Action::Fault(Fault::ClockStep { node, ticks }))
                    .map_err(wrong)?;
            }
            Kind::Show(words) => {
                let show = Show::read(&mut Cursor::new(words), &self.names())?;
                for line in show.lines(&self.world) {
                    (self.tell)(Report::Table(&line));
                }
            }
            Kind::Expect(condition) => {
                if matches!(condition, Condition::Violation(_)) {
                    self.is_violation_expected = true;
                    self.audit();
                }
                self.holds(condition, 0)
                    .map_err(|found| wrong(format!("not as expected: {found}")))?;
                self.passed += 1;
                (self.tell)(Report::Passed);
            }
        }
        Ok(())
    }

    /// The names, with whoever leads now.
    fn names(&self) -> Names {
        let mut names = self.scenario.names.clone();
        names.leader = leader(&self.world.frame());
        names
    }

    /// Does something here, behind what somebody else does here.
    fn act(&mut self, action: Action) -> Result<(), String> {
        while self.let_others_act()? {}
        self.perform(action)
    }

    /// Lets somebody else do one thing, if it is due. False when nothing is.
    fn let_others_act(&mut self) -> Result<bool, String> {
        let event = self.world.event_count();
        let due = self.others.pop_front_if(|one| one.after_event <= event);
        due.map(|other| self.perform(other.action))
            .transpose()
            .map(|done| done.is_some())
    }

    fn perform(&mut self, action: Action) -> Result<(), String> {
        let planned = PlannedAction {
            after_event: self.world.event_count(),
            action: action.clone(),
        };
        self.world.act(action).map_err(|halt| halt.to_string())?;
        self.history.actions.push(planned);
        self.refusal = match &self.world.last_event().cause {
            EventCause::Refused(_, reason) => Some(reason.clone()),
            _ => None,
        };
        self.told();
        Ok(())
    }

    fn fate(&mut self, messages: &Messages) -> Result<(), String> {
        let is_end = |wanted: Option<Node>, end| wanted.is_none_or(|wanted| wanted == end);
        let frame = self.world.frame();
        let all = frame.held.iter().chain(&frame.messages);
        let chosen = all.filter(|message| {
            is_end(messages.from, message.from)
                && is_end(messages.to, message.to)
                && messages
                    .kind
                    .is_none_or(|wanted| wanted == message.summary.kind)
        });
        let chosen: Vec<u64> = chosen.map(|message| message.id).collect();
        if chosen.is_empty() {
            return Err(
                "no such message is under way or held; `messages` shows those that are".to_owned(),
            );
        }
        for message in chosen {
            let fault = match messages.fate {
                Fate::Deliver => Fault::Deliver { message },
                Fate::Drop => Fault::Drop { message },
                Fate::Duplicate => Fault::Duplicate { message },
            };
            self.act(Action::Fault(fault))?;
        }
        Ok(())
    }

    /// Audits what clients saw, and tells what that finds.
    fn audit(&mut self) {
        if self.world.violation().is_none() && self.world.audit().is_some() {
            self.told();
        }
    }

    fn holds(&self, condition: &Condition, from_line: usize) -> Result<(), String> {
        condition.holds(&Sight::World {
            world: &self.world,
            lines: self.lines.get(from_line..).unwrap_or_default(),
            refusal: self.refusal.as_deref(),
        })
    }

    /// Tells the lines of the event that has just happened.
    fn told(&mut self) {
        self.event_began = self.lines.len();
        let details = details(self.world.last_event());
        for line in self.world.take_trace_lines() {
            let (at_us, text) = line.split_once(' ').unwrap_or(("", &line));
            let time = self.time(at_us.parse().unwrap_or_default());
            (self.tell)(Report::Trace {
                time: &time,
                text,
                is_story: is_story(text, &details),
                is_quiet: self.is_quiet,
            });
            self.lines.push(line);
        }
    }

    fn time(&self, at_us: u64) -> String {
        match self.scenario.origin {
            Some(origin) => time_of_day_text(origin.at_us + at_us),
            None => format!("{:>6}.{} ms", at_us / 1_000, at_us / 100 % 10),
        }
    }

    fn end(mut self) -> Outcome {
        self.audit();
        let violation = self.world.violation().cloned();
        if let Some(found) = violation.as_ref().filter(|_| !self.is_violation_expected) {
            let last = self.scenario.steps.last();
            let wrong = Wrong {
                column: last.map_or(1, |step| step.column),
                text: format!("nobody expects that {found}"),
            };
            self.fail(last.map_or(1, |step| step.line), wrong);
        }
        Outcome {
            event_count: self.world.event_count(),
            now_us: self.world.now_us(),
            trace_hash: self.world.trace_hash(),
            history: self.history,
            passed: self.passed,
            failures: self.failures,
            violation,
        }
    }
}

/// What members say only to be debugged.
fn details(event: &EventFrame) -> Vec<String> {
    let trace = event.trace.iter();
    let details = trace.filter(|event| event.kind.level() == Level::Debug);
    details.map(ToString::to_string).collect()
}

/// What of an event's lines tells the story: not the clocks, not each message's way, not what
/// the members say only to be debugged.
fn is_story(text: &str, details: &[String]) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    let is_mechanics = ["ticked", "delivered", "wrote", "synced", "lost"].contains(&first);
    let is_detail = details.iter().any(|detail| text.ends_with(detail.as_str()));
    !is_mechanics && !is_detail
}
