//! Words as a condition.

use super::Condition;
use super::comparison::{Comparison, Operand};
use super::kinds::{ROLES, STANDINGS};
use super::who::Who;
use crate::sim::scenario::action::{integer, pair};
use crate::sim::scenario::measure::Measure;
use crate::sim::scenario::moment::event;
use crate::sim::scenario::names::Names;
use crate::sim::scenario::operation;
use crate::sim::scenario::words::{Cursor, Read, Word, unknown};
use crate::sim::violation::Violation;

impl Condition {
    /// Reads a condition, to the line's end.
    pub(in crate::sim::scenario) fn read(cursor: &mut Cursor<'_>, names: &Names) -> Read<Self> {
        let first = cursor.next("a condition: leader, settled, answered, n1 down, …")?;
        let condition = match first.text.as_str() {
            "no" | "not" => return Self::read(cursor, names).map(|it| Self::Not(Box::new(it))),
            "leader" if cursor.peek().is_none() => Self::Leader(None),
            "leader" if is_member(cursor, names) => Self::Leader(Some(names.next(cursor)?)),
            "term" => Self::Term(number(cursor)?),
            "down" => Self::SomeDown(number(cursor)?),
            "settled" => Self::Settled,
            "answered" => Self::Answered,
            "quiet" => Self::Quiet,
            "event" => Self::Event(event(cursor, "how many: event 137")?),
            "operation" => {
                let number = number(cursor)?;
                let state = cursor.next("done, failed, unknown or waiting")?;
                let known = ["done", "failed", "unknown", "waiting"];
                if !known.contains(&state.text.as_str()) {
                    return Err(unknown(state, "outcome", &known));
                }
                Self::Operation(number, state.text.clone(), text(cursor)?)
            }
            "trace" => {
                let who = match cursor.rest() {
                    [who, _, ..] => {
                        cursor.next("")?;
                        Some(Who::read(who, names)?)
                    }
                    _ => None,
                };
                Self::Trace(who, cursor.next("a text: \"became leader\"")?.text.clone())
            }
            "violation" => Self::Violation(property(cursor)?),
            "refused" => Self::Refused(text(cursor)?),
            "hash" => Self::Hash(cursor.next("a hash, as replay prints it")?.text.clone()),
            _ => of_member(first, cursor, names)?,
        };
        cursor.end()?;
        Ok(condition)
    }
}

/// `n1 down`, `n1 follower`, `n1 has x=1`, `n1 applied = n2 applied`.
fn of_member(first: &Word, cursor: &mut Cursor<'_>, names: &Names) -> Read<Condition> {
    let who = Who::read(first, names).map_err(|wrong| {
        let is_member = wrong.text.starts_with("there is no n");
        if is_member {
            wrong
        } else {
            unknown(first, "condition", CONDITIONS)
        }
    })?;
    let word = cursor.next("down, up, leader, follower, term = 2, has x=1, …")?;
    Ok(match word.text.as_str() {
        "down" => Condition::Down(who),
        "up" => Condition::Not(Box::new(Condition::Down(who))),
        "has" if is_alarm(cursor) => {
            let is_negated = cursor.take("no");
            cursor.next("")?;
            let alarm = operation::alarm(cursor)?;
            let target = match cursor.take("of") {
                true => Some(names.next(cursor)?),
                false => None,
            };
            let condition = Condition::Alarm(who, alarm, target);
            match is_negated {
                true => Condition::Not(Box::new(condition)),
                false => condition,
            }
        }
        "has" if cursor.take("no") => Condition::Has(who, cursor.next("a key")?.text.clone(), None),
        "has" => {
            let (key, value) = pair(cursor)?;
            Condition::Has(who, key, Some(value))
        }
        text => {
            let mut roles = ROLES.iter();
            if let Some((_, role)) = roles.find(|(name, _)| *name == text) {
                return Ok(Condition::Role(who, *role));
            }
            let mut standings = STANDINGS.iter();
            if let Some((_, standing)) = standings.find(|(name, _)| *name == text) {
                return Ok(Condition::Standing(who, *standing));
            }
            let measure =
                Measure::named(text).ok_or_else(|| unknown(word, "state of a member", STATES))?;
            let sign = cursor.next("=, !=, <, <=, > or >=")?;
            let mut signs = Comparison::SIGNS.iter();
            let comparison = signs
                .find(|(text, _)| *text == sign.text)
                .map(|found| found.1);
            let comparison = comparison.ok_or_else(|| {
                sign.wrong(format!("\"{}\" is none of =, !=, <, <=, >, >=", sign.text))
            })?;
            Condition::Compare(who, measure, comparison, operand(cursor, names)?)
        }
    })
}

/// Whether an alarm stands next: a key of this name would stand alone.
fn is_alarm(cursor: &Cursor<'_>) -> bool {
    let is = |word: &Word, text: &str| word.text == text && !word.is_quoted;
    match cursor.rest() {
        [no, alarm, _, ..] if is(no, "no") => is(alarm, "alarm"),
        [alarm, _, ..] => is(alarm, "alarm"),
        _ => false,
    }
}

fn operand(cursor: &mut Cursor<'_>, names: &Names) -> Read<Operand> {
    let word = cursor.next("a number, or a member's: n2 applied")?;
    let Some(name) = cursor.peek() else {
        return integer(word, &word.text).map(Operand::Number);
    };
    cursor.next("")?;
    let measure = Measure::named(&name.text).ok_or_else(|| unknown(name, "number", MEASURES))?;
    Ok(Operand::Of(Who::read(word, names)?, measure))
}

fn number(cursor: &mut Cursor<'_>) -> Read<u64> {
    let word = cursor.next("a number")?;
    integer(word, &word.text)
}

/// The name of a property, if one stands there.
fn property(cursor: &mut Cursor<'_>) -> Read<Option<&'static str>> {
    let Some(word) = cursor.peek() else {
        return Ok(None);
    };
    cursor.next("")?;
    let mut known = Violation::PROPERTIES.iter();
    match known.find(|known| **known == word.text) {
        Some(known) => Ok(Some(known)),
        None => Err(unknown(word, "property", &Violation::PROPERTIES)),
    }
}

/// A text, if one stands there.
fn text(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    match cursor.peek() {
        None => Ok(None),
        Some(word) => {
            cursor.next("")?;
            Ok(Some(word.text.clone()))
        }
    }
}

/// Whether a member stands next, and nothing after it.
fn is_member(cursor: &Cursor<'_>, names: &Names) -> bool {
    matches!(cursor.rest(), [one] if names.node(one, &one.text).is_ok())
}

const CONDITIONS: &[&str] = &[
    "leader",
    "no",
    "not",
    "term",
    "down",
    "settled",
    "answered",
    "quiet",
    "event",
    "operation",
    "trace",
    "violation",
    "refused",
    "hash",
    "n1",
];

const STATES: &[&str] = &[
    "down",
    "up",
    "follower",
    "pre-candidate",
    "candidate",
    "leader",
    "voter",
    "learner",
    "removed",
    "stranger",
    "has",
    "term",
    "commit",
    "applied",
    "synced",
    "last",
    "snapshot",
    "revision",
    "compact-revision",
    "size",
    "size-in-use",
];

const MEASURES: &[&str] = &[
    "term",
    "commit",
    "applied",
    "synced",
    "last",
    "snapshot",
    "revision",
    "compact-revision",
    "size",
    "size-in-use",
];
