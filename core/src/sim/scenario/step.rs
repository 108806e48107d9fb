//! Words as a step.

use super::action::{action, arrow, integer};
use super::condition::Condition;
use super::names::Names;
use super::rafttest::advice;
use super::settings::settings;
use super::show::Show;
use super::units::{duration_us, time_of_day_us};
use super::words::{Cursor, Read, Word, unknown};
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
    /// Time passes, in virtual microseconds.
    For(u64),
    /// Events happen until something holds.
    Until(Condition),
    /// Time passes up to a moment; then another step is done.
    At(Moment, Box<Kind>),
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

/// A moment at which a step is done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// In virtual microseconds since the beginning.
    Time(u64),
    /// Behind so many events.
    Event(u64),
}

/// Which messages, and what becomes of them.
#[derive(Clone, Debug)]
pub(super) struct Messages {
    pub(super) fate: Fate,
    /// As the trace calls it: `MsgApp`; nothing for all.
    pub(super) kind: Option<String>,
    pub(super) from: Option<Node>,
    pub(super) to: Option<Node>,
}

/// What becomes of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Deliver,
    Drop,
    Duplicate,
}

/// Reads a line's words. Settings of the scenario itself are no step. Second: whether the step is
/// quiet.
pub(super) fn read(
    words: &[Word],
    scenario: &mut Scenario,
    has_begun: bool,
) -> Read<(Option<Kind>, bool)> {
    let mut cursor = Cursor::new(words);
    let is_quiet = cursor.take("quietly");
    let first = cursor.clone().next("a step")?;
    let kind = match first.text.as_str() {
        "world" | "add-nodes" if has_begun => {
            return Err(first.wrong(format!(
                "\"{}\" stands behind other steps; write it first, once",
                first.text
            )));
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
            Some(Kind::World)
        }
        "member" => {
            cursor.next("")?;
            name_member(&mut cursor, &mut scenario.names)?;
            None
        }
        "clock"
            if cursor
                .rest()
                .get(1)
                .is_some_and(|next| next.text == "starts") =>
        {
            cursor.next("")?;
            cursor.next("")?;
            let word = cursor.next("a time of day: 18:58:03.208")?;
            let origin_us = time_of_day_us(&word.text);
            scenario.origin_us = Some(origin_us.ok_or_else(|| no_time_of_day(word))?);
            None
        }
        _ => Some(kind(&mut cursor, scenario)?),
    };
    cursor.end()?;
    Ok((kind, is_quiet))
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
fn name_member(cursor: &mut Cursor<'_>, names: &mut Names) -> Read<()> {
    let node = names.next(cursor)?;
    let word = cursor.next("name=NAME")?;
    match word.pair() {
        Some(("name", name)) if names.give(name, node) => Ok(()),
        Some(("name", name)) => Err(word.wrong(format!(
            "\"{name}\" cannot be the name of {node}; take one that is free and no number"
        ))),
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
            let moment = moment(cursor, scenario.origin_us)?;
            Ok(Kind::At(moment, Box::new(kind(cursor, scenario)?)))
        }
        "tick-election" => {
            cursor.next("")?;
            Ok(Kind::TickElection(names.next(cursor)?))
        }
        "deliver" | "drop" | "duplicate" if is_way(cursor) => messages(cursor, names),
        "deliver-msgs" => deliver_msgs(cursor, names),
        "members" | "operations" | "messages" | "log" | "progress" | "hash" => {
            let words = cursor.rest().to_vec();
            Show::read(cursor, names)?;
            Ok(Kind::Show(words))
        }
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

fn moment(cursor: &mut Cursor<'_>, origin_us: Option<u64>) -> Read<Moment> {
    if cursor.take("event") {
        let word = cursor.next("behind which event: at event 137 …")?;
        return Ok(Moment::Event(integer(word, &word.text)?));
    }
    let word = cursor.next("a time: 1.5s since the beginning, or 19:04:07.868")?;
    if !word.text.contains(':') {
        return Ok(Moment::Time(duration_us(word, &word.text)?));
    }
    let at_us = time_of_day_us(&word.text).ok_or_else(|| no_time_of_day(word))?;
    let origin_us = origin_us.ok_or_else(|| {
        word.wrong("nothing says when the clock starts; write `clock starts 18:58:03.208` before")
    })?;
    // Earlier in the day than the beginning: it is the next day's.
    Ok(Moment::Time((at_us + DAY_US - origin_us) % DAY_US))
}

fn no_time_of_day(word: &Word) -> super::words::Wrong {
    word.wrong(format!(
        "\"{}\" is no time of day; write hours, minutes and seconds: 19:04:07.868",
        word.text
    ))
}

/// Whether a verb speaks of a way and not of one message.
fn is_way(cursor: &Cursor<'_>) -> bool {
    let mut rest = cursor.rest().iter().skip(1);
    rest.any(|word| word.text.contains("->"))
}

/// `drop MsgApp n1->n2`.
fn messages(cursor: &mut Cursor<'_>, names: &Names) -> Read<Kind> {
    let verb = cursor.next("")?;
    let fate = match verb.text.as_str() {
        "deliver" => Fate::Deliver,
        "drop" => Fate::Drop,
        _ => Fate::Duplicate,
    };
    let kind = cursor
        .peek()
        .filter(|word| !word.text.contains("->"))
        .map(|word| word.text.clone());
    if kind.is_some() {
        cursor.next("")?;
    }
    let (from, to) = arrow(cursor, names)?;
    Ok(Kind::Messages(Messages {
        fate,
        kind,
        from,
        to,
    }))
}

/// `deliver-msgs 2`, `deliver-msgs drop=2`, each with `type=MsgApp`: rafttest's words.
fn deliver_msgs(cursor: &mut Cursor<'_>, names: &Names) -> Read<Kind> {
    cursor.next("")?;
    let word = cursor.next("to whom: deliver-msgs 2, or deliver-msgs drop=2")?;
    let (fate, to) = match word.pair() {
        None => (Fate::Deliver, names.node(word, &word.text)?),
        Some(("drop", to)) => (Fate::Drop, names.node(word, to)?),
        Some(_) => return Err(unknown(word, "setting", &["drop=2"])),
    };
    let kind = match cursor.peek() {
        None => None,
        Some(word) => {
            cursor.next("")?;
            let kind = word.pair().filter(|(name, _)| *name == "type");
            let (_, kind) = kind.ok_or_else(|| unknown(word, "setting", &["type=MsgApp"]))?;
            Some(kind.to_owned())
        }
    };
    Ok(Kind::Messages(Messages {
        fate,
        kind,
        from: None,
        to: Some(to),
    }))
}

const DAY_US: u64 = 24 * 3_600_000_000;
