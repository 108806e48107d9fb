//! Words as a step.

use super::action::{action, integer};
use super::condition::Condition;
use super::messages::{Messages, is_way};
use super::moment::{Moment, Origin, no_time_of_day};
use super::names::Names;
use super::rafttest::advice;
use super::settings::settings;
use super::show::Show;
use super::units::{duration_us, time_of_day_us};
use super::words::{Cursor, Read, Word, Wrong, unknown};
use super::{STEPS, Scenario};
use crate::sim::action::Node;
use crate::sim::config::WorldConfig;

/// A step and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) text: String,
    /// Whether its trace is not shown.
    pub(super) is_quiet: bool,
    pub(super) kind: Kind,
}

/// What a step does.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// The world begins.
    World,
    /// It begins, and its members connect.
    AddNodes,
    /// Time passes, in virtual microseconds.
    For(u64),
    /// Events happen until something holds.
    Until(Condition),
    /// Time passes up to a moment; then another step is done.
    At(Moment, Box<Kind>),
    /// Time passes up to a moment, also when nothing happens meanwhile.
    Wait(Moment),
    /// An action. Who leads is known only when it is done, so it is read again then.
    Act(Vec<Word>),
    /// All messages of some kind on some way.
    Messages(Messages),
    /// A member's clock jumps by an election timeout.
    TickElection(Node),
    /// Prints something. Who leads is known only then.
    Show(Vec<Word>),
    /// Something should hold.
    Expect(Condition),
}

/// Reads a line's words. Settings of the scenario itself are no step. Second: whether the step is
/// quiet.
pub(super) fn read(
    words: &[Word],
    scenario: &mut Scenario,
    line: usize,
) -> Read<(Option<Kind>, bool)> {
    let mut cursor = Cursor::new(words);
    let is_quiet = cursor.take("quietly");
    let first = cursor.clone().next("a step")?;
    let kind = match first.text.as_str() {
        "world" | "add-nodes" if !scenario.steps.is_empty() => {
            return Err(world_comes_late(first, &scenario.steps));
        }
        "world" => {
            cursor.next("")?;
            scenario.config = settings(&mut cursor)?;
            scenario.names.count = Some(scenario.config.members);
            Some(Kind::World)
        }
        "add-nodes" => {
            cursor.next("")?;
            add_nodes(&mut cursor, scenario)?;
            Some(Kind::AddNodes)
        }
        "member" => {
            cursor.next("")?;
            name_member(&mut cursor, &mut scenario.names, line)?;
            None
        }
        "clock" if is_clock_start(&cursor) => {
            cursor.next("")?;
            clock_starts(&mut cursor, scenario, line)?;
            None
        }
        _ => Some(kind(&mut cursor, scenario)?),
    };
    cursor.end()?;
    Ok((kind, is_quiet))
}

/// A second world, or one behind other steps.
fn world_comes_late(word: &Word, steps: &[Step]) -> Wrong {
    let mut steps = steps.iter();
    match steps.find(|step| matches!(step.kind, Kind::World | Kind::AddNodes)) {
        Some(first) => word.wrong(format!(
            "the world began in line {} already; write all its settings there, once",
            first.line
        )),
        None => word.wrong(format!(
            "\"{}\" stands behind other steps; write it first, once",
            word.text
        )),
    }
}

fn is_clock_start(cursor: &Cursor<'_>) -> bool {
    let next = cursor.rest().get(1);
    next.is_some_and(|next| next.text == "starts")
}

/// `clock starts 18:58:03.208`.
fn clock_starts(cursor: &mut Cursor<'_>, scenario: &mut Scenario, line: usize) -> Read<()> {
    let starts = cursor.next("")?;
    if let Some(first) = scenario.origin {
        return Err(starts.wrong(format!(
            "line {} says already when the clock starts; write it once",
            first.line
        )));
    }
    let word = cursor.next("a time of day: 18:58:03.208")?;
    let at_us = time_of_day_us(&word.text).ok_or_else(|| no_time_of_day(word))?;
    scenario.origin = Some(Origin { at_us, line });
    Ok(())
}

/// `add-nodes 3`.
fn add_nodes(cursor: &mut Cursor<'_>, scenario: &mut Scenario) -> Read<()> {
    let word = cursor.next("how many: add-nodes 3")?;
    if let Some(more) = cursor.peek() {
        return Err(more.wrong(format!(
            "\"{}\" is known to rafttest alone: all members vote and their logs are empty; write \
             `world members=3 …` to set more",
            more.text
        )));
    }
    let config = WorldConfig {
        members: integer(word, &word.text)?,
        ..WorldConfig::default()
    };
    config.check().map_err(|error| word.wrong(error.reason))?;
    scenario.names.count = Some(config.members);
    scenario.config = config;
    Ok(())
}

/// `member 1 name=etcd1`.
fn name_member(cursor: &mut Cursor<'_>, names: &mut Names, line: usize) -> Read<()> {
    let node = names.next(cursor)?;
    let word = cursor.next("name=NAME")?;
    match word.pair() {
        Some(("name", name)) => names
            .give(name, node, line)
            .map_err(|reason| word.wrong(reason)),
        _ => Err(unknown(word, "setting of a member", &["name=NAME"])),
    }
}

/// A step that does something, as it may also stand behind `at`.
fn kind(cursor: &mut Cursor<'_>, scenario: &mut Scenario) -> Read<Kind> {
    let first = cursor.clone().next("a step")?;
    let names = &mut scenario.names;
    match first.text.as_str() {
        "for" => {
            cursor.next("")?;
            let word = cursor.next("how long: 500ms")?;
            Ok(Kind::For(duration_us(word, &word.text)?))
        }
        "until" => {
            cursor.next("")?;
            Ok(Kind::Until(Condition::read(cursor, names)?))
        }
        "stabilize" => {
            cursor.next("")?;
            if let Some(more) = cursor.peek() {
                return Err(more.wrong("all members go on together; write `stabilize` alone"));
            }
            Ok(Kind::Until(Condition::Quiet))
        }
        "expect" => {
            cursor.next("")?;
            Ok(Kind::Expect(Condition::read(cursor, names)?))
        }
        "at" => {
            cursor.next("")?;
            let moment = Moment::read(cursor, scenario.origin)?;
            Ok(Kind::At(moment, Box::new(kind(cursor, scenario)?)))
        }
        "wait" => {
            cursor.next("")?;
            let word = cursor.peek();
            match (Moment::read(cursor, scenario.origin)?, word) {
                (Moment::Event(_), Some(word)) => {
                    Err(word.wrong("write a time: `wait 1.5s`; for events, `until event 137`"))
                }
                (moment, _) => Ok(Kind::Wait(moment)),
            }
        }
        "tick-election" => {
            cursor.next("")?;
            Ok(Kind::TickElection(names.next(cursor)?))
        }
        "deliver" | "drop" | "duplicate" if is_way(cursor) => {
            Messages::read(cursor, names).map(Kind::Messages)
        }
        "deliver-msgs" => Messages::read_rafttests(cursor, names).map(Kind::Messages),
        "members" | "operations" | "messages" | "log" | "progress" | "hash" => {
            let words = cursor.rest().to_vec();
            Show::read(cursor, names)?;
            Ok(Kind::Show(words))
        }
        // Where they may stand they were read before.
        "world" | "add-nodes" | "member" => Err(first.wrong(format!(
            "\"{}\" cannot stand behind `at` or `quietly`; write it in a line of its own, first",
            first.text
        ))),
        "quietly" => Err(first.wrong("\"quietly\" comes first, once; write `quietly at 1s heal`")),
        other => {
            if let Some(advice) = advice(other) {
                let text = format!("\"{other}\" has no meaning in this world: {advice}");
                return Err(first.wrong(text));
            }
            if !STEPS.contains(&other) {
                return Err(unknown(first, "step", STEPS));
            }
            act(cursor, names)
        }
    }
}

fn act(cursor: &mut Cursor<'_>, names: &mut Names) -> Read<Kind> {
    let words = cursor.rest().to_vec();
    if words.first().is_some_and(|verb| verb.text == "member-add") {
        // The machine is new: its number may be the next one.
        names.count = names.count.map(|count| count + 1);
    }
    action(cursor, names)?;
    Ok(Kind::Act(words))
}
