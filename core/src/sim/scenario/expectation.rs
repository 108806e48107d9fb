//! Conditions by themselves, to be looked up in pictures: what lessons' goals are written in.

use super::condition::{Condition, Sight};
use super::moment::Moment;
use super::units::time_of_day_us;
use super::words::{Cursor, Read, Word, split};
use super::{Scenario, ScenarioError};
use crate::sim::action::Node;
use crate::sim::frame::Frame;

/// Conditions of the scenario language with `and` and `or` between them, `and` binding closer:
/// `n2 leader and n2 term > 2 or n3 leader and n3 term > 2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// All of one of these.
    choices: Vec<Vec<Condition>>,
}

impl Expectation {
    /// Whether it holds in a picture; if not, what was found. `trace` and `refused` look at what
    /// the picture's last event brought, so whoever wants to know whether something was ever
    /// traced asks after each event.
    ///
    /// # Errors
    /// What was found instead.
    pub fn holds(&self, frame: &Frame) -> Result<(), String> {
        let sight = Sight::Frame(frame);
        let mut found = Ok(());
        for conditions in &self.choices {
            let mut all = conditions.iter();
            found = all.try_for_each(|condition| condition.holds(&sight));
            if found.is_ok() {
                break;
            }
        }
        found
    }

    /// The text that it looks for in the trace, if it does.
    pub fn traced(&self) -> Option<&str> {
        self.choices
            .iter()
            .flatten()
            .find_map(|condition| match condition {
                Condition::Trace(_, text) => Some(text.as_str()),
                _ => None,
            })
    }
}

impl Scenario {
    /// Reads conditions as they may stand behind `until` in this scenario: its members' names are
    /// known. `line` and `column` are where the text stands in the
    /// file called `name`, which is what an error names.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    pub fn expectation(
        &self,
        name: &str,
        (line, column): (usize, usize),
        text: &str,
    ) -> Result<Expectation, ScenarioError> {
        // Who leads is known only in a picture; a machine may be added before one is made.
        let mut names = self.names.clone();
        names.count = None;
        let read = || -> Read<Expectation> {
            let words = split(text, column)?;
            let is = |word: &Word, text: &str| word.text == text && !word.is_quoted;
            let one = |words: &[Word]| Condition::read(&mut Cursor::new(words), &names);
            let choices = words
                .split(|word| is(word, "or"))
                .map(|words| words.split(|word| is(word, "and")).map(one).collect())
                .collect::<Read<_>>()?;
            Ok(Expectation { choices })
        };
        read().map_err(|wrong| ScenarioError {
            name: name.to_owned(),
            line,
            column: wrong.column,
            text: wrong.text,
        })
    }

    /// The member that has a name in it.
    pub fn member(&self, name: &str) -> Option<Node> {
        self.names.named(name)
    }

    /// The name that a member has in it; its number, if it has none.
    pub fn name_of(&self, node: Node) -> String {
        self.names
            .of(node)
            .map_or_else(|| node.to_string(), str::to_owned)
    }

    /// The time of day at which virtual time begins, in microseconds since midnight, if it says so.
    pub fn clock_starts_us(&self) -> Option<u64> {
        self.origin.map(|origin| origin.at_us)
    }

    /// The virtual time, in microseconds, of a time of day like `19:04:07.868`. Nothing when the
    /// text is no time of day, when no clock starts in the scenario, or when the time was past by
    /// then: a time of the twelve hours behind the start is meant to come, over midnight, too.
    pub fn virtual_us(&self, time_of_day: &str) -> Option<u64> {
        let moment = Moment::TimeOfDay(time_of_day_us(time_of_day)?);
        moment.at_us(0, Some(self.origin?)).ok()
    }
}
