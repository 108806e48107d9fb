//! Scenarios: what is done to a world, and what is expected of it, as text, one line a step.
//!
//! ```text
//! world members=3 seed=42
//! until leader
//! put x=1 at n1
//! until answered
//! expect operation 1 done "OK"
//! cut n1,n2|n3
//! for 2s
//! expect no violation
//! ```
//!
//! The words are described in `docs/simulator.md`; where etcd-io/raft's `rafttest` has a word for
//! something that exists here, that word is known too. A file in which a line begins with `> ` is
//! a transcript: those lines are its steps, and what stands below each is what it printed.

mod action;
mod condition;
mod expectation;
mod measure;
mod messages;
mod moment;
mod names;
mod nearest;
mod once;
mod operation;
mod print;
mod rafttest;
mod run;
mod settings;
mod show;
mod step;
mod txn;
pub(super) mod units;
pub(super) mod words;

use std::fmt;

pub use self::expectation::Expectation;
use self::moment::Origin;
use self::names::Names;
pub use self::run::{Outcome, Report};
use self::settings::settings_text;
use self::step::Step;
use self::words::{Wrong, split};
use super::action::Action;
use super::config::WorldConfig;
use super::history::History;

/// A scenario that has been read.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Where it comes from; errors begin with it.
    name: String,
    config: WorldConfig,
    /// The time of day at which virtual time begins.
    origin: Option<Origin>,
    names: Names,
    steps: Vec<Step>,
}

/// What is wrong with a scenario, or what was not as it expected: file, line, column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The scenario's name: its file.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub text: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ScenarioError {
            name,
            line,
            column,
            text,
        } = self;
        write!(f, "{name}:{line}:{column}: {text}")
    }
}

impl std::error::Error for ScenarioError {}

impl Scenario {
    /// Most events of a run: whoever waits for more waits in vain.
    pub const EVENTS_MAX: u64 = 1_000_000;

    /// Reads a scenario. A byte order mark before it is skipped.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScenarioError> {
        let mut scenario = Self {
            name: name.to_owned(),
            config: WorldConfig::default(),
            origin: None,
            names: Names::default(),
            steps: Vec::new(),
        };
        // Read as if somebody led: who, is known when the scenario runs.
        scenario.names.leader = Some(super::action::Node(1));
        scenario.names.count = Some(scenario.config.members);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_transcript = text.lines().any(|line| line.starts_with(PROMPT));
        let mut has_prompt = false;
        for (at, line) in text.lines().enumerate() {
            let is_comment = line.trim_start().starts_with('#') || line.trim().is_empty();
            let (line, column) = match (line.strip_prefix(PROMPT), is_transcript) {
                (Some(step), true) => {
                    has_prompt = true;
                    (step, 1 + PROMPT.len())
                }
                (None, true) if has_prompt || is_comment => continue,
                (None, true) => {
                    return Err(scenario.error(
                        at + 1,
                        Wrong {
                            column: 1,
                            text: TWO_KINDS.to_owned(),
                        },
                    ));
                }
                (_, false) => (line, 1),
            };
            if line.trim_start().starts_with('#') {
                continue;
            }
            scenario
                .read_line(at + 1, line, column)
                .map_err(|wrong| scenario.error(at + 1, wrong))?;
        }
        Ok(scenario)
    }

    /// The settings of its world.
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// Settings as the words behind `world`.
    pub fn world_text(config: &WorldConfig) -> String {
        settings_text(config)
    }

    /// The same scenario with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.config.seed = seed;
        self
    }

    /// A history as a scenario that does the same, up to an event.
    pub fn text_of(history: &History, event: u64) -> String {
        let mut text = format!("world {}\n", settings_text(&history.config));
        for planned in &history.actions {
            text += &format!("at event {} {}\n", planned.after_event, planned.action);
        }
        text + &format!("until event {event}\n")
    }

    fn read_line(&mut self, line: usize, text: &str, column: usize) -> Result<(), Wrong> {
        let words = split(text, column)?;
        let Some(first) = words.first() else {
            return Ok(());
        };
        let (column, text) = (first.column, text.trim().to_owned());
        let (kind, is_quiet) = step::read(&words, self, line)?;
        if let Some(kind) = kind {
            self.steps.push(Step {
                line,
                column,
                text,
                is_quiet,
                kind,
            });
        }
        Ok(())
    }

    fn error(&self, line: usize, wrong: Wrong) -> ScenarioError {
        ScenarioError {
            name: self.name.clone(),
            line,
            column: wrong.column,
            text: wrong.text,
        }
    }
}

impl std::str::FromStr for Action {
    type Err = ScenarioError;

    /// Reads what `Display` prints, and the other forms in which a scenario may say it.
    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        let read = || {
            let words = split(text, 1)?;
            action::action(&mut words::Cursor::new(&words), &Names::default())
        };
        read().map_err(|wrong: Wrong| ScenarioError {
            name: "action".to_owned(),
            line: 1,
            column: wrong.column,
            text: wrong.text,
        })
    }
}

/// How a step in a transcript begins.
const PROMPT: &str = "> ";

/// Nothing is printed before the first step, so what stands there was meant as one.
const TWO_KINDS: &str = "other lines begin with \"> \", so this one is not a step, and no step has \
    printed it; write \"> \" before each step, or before none";

/// All words that begin a step.
const STEPS: &[&str] = &[
    "add-nodes",
    "alarm-disarm",
    "alarm-list",
    "alarm-raise",
    "at",
    "campaign",
    "chance",
    "clock",
    "compact",
    "compare-and-swap",
    "crash",
    "cut",
    "defrag",
    "delete",
    "delete-range",
    "deliver",
    "deliver-msgs",
    "drop",
    "duplicate",
    "end-faults",
    "demand-liveness",
    "expect",
    "fail-disk",
    "fill-disk",
    "flip-bit",
    "for",
    "free-disk",
    "get",
    "hash",
    "heal",
    "hold",
    "isolate",
    "latency",
    "lease-grant",
    "lease-keep-alive",
    "lease-list",
    "lease-revoke",
    "lease-time-to-live",
    "log",
    "member",
    "member-add",
    "member-list",
    "member-promote",
    "member-remove",
    "member-update",
    "members",
    "messages",
    "move-leader",
    "operations",
    "partition",
    "pause",
    "progress",
    "propose",
    "put",
    "put-all",
    "quietly",
    "range",
    "release",
    "restart",
    "restore-disk",
    "resume",
    "keep",
    "mend",
    "retime",
    "save-disk",
    "slow-disk",
    "stabilize",
    "stall-disk",
    "start",
    "status",
    "stop",
    "tick-election",
    "tick-heartbeat",
    "transfer-leadership",
    "txn",
    "unstall-disk",
    "until",
    "wait",
    "watch",
    "watch-cancel",
    "watch-progress",
    "watch-stall",
    "watch-go-on",
    "put-and-get-old",
    "wipe-disk",
    "world",
];
