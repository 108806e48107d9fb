//! What a scenario waits for and what it expects.

use std::fmt;

use super::action::integer;
use super::measure::{Measure, last};
use super::names::Names;
use super::words::{Cursor, Read, Word, unknown};
use crate::command::{Alarm, AlarmMember};
use crate::member::{MemberView, Role};
use crate::sim::action::Node;
use crate::sim::frame::{Frame, MemberFrame, OperationOutcome, Standing};
use crate::sim::world::World;

/// Something that holds in a world or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// The other one does not hold.
    Not(Box<Condition>),
    /// Somebody leads, all running members know it, and it is this one if one is named.
    Leader(Option<Node>),
    /// The highest term of a running member.
    Term(u64),
    /// Somebody leads, and all running members have applied all that is in any log.
    Settled,
    /// No client waits.
    Answered,
    /// No message is under way and no disk is busy.
    Quiet,
    /// So many events have happened.
    Event(u64),
    /// What came of an operation of a client.
    Operation(u64, String, Option<String>),
    /// A line of the trace holds a text.
    Trace(Option<Who>, String),
    /// A property was violated.
    Violation(Option<String>),
    /// The last action was refused.
    Refused(Option<String>),
    /// The trace's hash.
    Hash(String),
    /// A member is down.
    Down(Who),
    /// A member has a role.
    Role(Who, Role),
    /// How a machine stands to the cluster.
    Standing(Who, Standing),
    /// A member's store has a key with this value; nothing for no such key.
    Has(Who, String, Option<String>),
    /// A member knows of an alarm; of anybody's, or about one store.
    Alarm(Who, Alarm, Option<Node>),
    /// A member's number compares so with another one.
    Compare(Who, Measure, Comparison, Operand),
}

/// A member, or the one that leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Node(Node),
    Leader,
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a number is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Number(i128),
    Of(Who, Measure),
}

/// Why a condition is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Unmet {
    /// It does not hold: what was found instead.
    Not(String),
    /// It cannot be told, nor whether its opposite holds: what it is about is not there.
    Unknown(String),
}

/// Met, or why it is not.
type Met<T = ()> = Result<T, Unmet>;

/// Met when it holds, or what was found instead.
fn when(holds: bool, found: String) -> Met {
    if holds {
        Ok(())
    } else {
        Err(Unmet::Not(found))
    }
}

/// What a condition is looked up in.
pub(super) struct Sight<'a> {
    pub(super) world: &'a World,
    /// Lines of the trace, as far as the condition may look back.
    pub(super) lines: &'a [String],
    /// Why the last action was refused, if it was.
    pub(super) refusal: Option<&'a str>,
}

impl Condition {
    /// Reads a condition, to the line's end.
    pub(super) fn read(cursor: &mut Cursor<'_>, names: &Names) -> Read<Self> {
        let first = cursor.next("a condition: leader, settled, answered, n1 down, …")?;
        let condition = match first.text.as_str() {
            "no" | "not" => return Self::read(cursor, names).map(|it| Self::Not(Box::new(it))),
            "leader" if cursor.peek().is_none() => Self::Leader(None),
            "leader" if is_member(cursor, names) => Self::Leader(Some(names.next(cursor)?)),
            "term" => Self::Term(number(cursor)?),
            "settled" => Self::Settled,
            "answered" => Self::Answered,
            "quiet" => Self::Quiet,
            "event" => Self::Event(number(cursor)?),
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
            "violation" => Self::Violation(text(cursor)?),
            "refused" => Self::Refused(text(cursor)?),
            "hash" => Self::Hash(cursor.next("a hash, as replay prints it")?.text.clone()),
            _ => of_member(first, cursor, names)?,
        };
        cursor.end()?;
        Ok(condition)
    }

    /// Whether it holds; if not, what was found.
    pub(super) fn holds(&self, sight: &Sight<'_>) -> Result<(), String> {
        self.is_met(sight).map_err(|unmet| match unmet {
            Unmet::Not(found) | Unmet::Unknown(found) => found,
        })
    }

    fn is_met(&self, sight: &Sight<'_>) -> Met {
        let world = sight.world;
        match self {
            // Of what is not there nothing holds, neither this nor its opposite.
            Self::Not(other) => match other.is_met(sight) {
                Ok(()) => Err(Unmet::Not("it holds".to_owned())),
                Err(Unmet::Not(_)) => Ok(()),
                Err(Unmet::Unknown(why)) => {
                    Err(Unmet::Unknown(format!("it cannot be told: {why}")))
                }
            },
            Self::Leader(wanted) => leader_is(&world.frame(), *wanted),
            Self::Term(term) => {
                let frame = world.frame();
                let found = views(&frame).map(|view| view.term.0).max();
                when(
                    found == Some(*term),
                    match found {
                        Some(found) => format!("the term is {found}"),
                        None => "nobody runs".to_owned(),
                    },
                )
            }
            Self::Settled => when(is_settled(&world.frame()), "not all agree".to_owned()),
            Self::Answered => {
                let mut operations = world.operations().iter();
                let waiting = operations.find(|one| one.outcome == OperationOutcome::Waiting);
                let found = waiting.map(|one| format!("operation {} waits", one.number));
                found.map_or(Ok(()), |found| Err(Unmet::Not(found)))
            }
            Self::Quiet => when(
                is_quiet(&world.frame()),
                "something is under way".to_owned(),
            ),
            Self::Event(event) => {
                let found = world.event_count();
                when(found >= *event, format!("{found} events have happened"))
            }
            Self::Hash(hash) => {
                let found = world.trace_hash().to_string();
                when(found == *hash, format!("it is {found}"))
            }
            Self::Refused(wanted) => match sight.refusal {
                None => Err(Unmet::Not("the last action was possible".to_owned())),
                Some(reason) => {
                    let holds = wanted.as_ref().is_none_or(|text| reason.contains(text));
                    when(holds, format!("the reason is \"{reason}\""))
                }
            },
            Self::Violation(wanted) => match world.violation() {
                None => Err(Unmet::Not("no property was violated".to_owned())),
                Some(found) => {
                    let holds = wanted.as_ref().is_none_or(|text| found.property == text);
                    when(holds, found.to_string())
                }
            },
            Self::Operation(number, state, wanted) => {
                operation_is(world, *number, state, wanted.as_deref())
            }
            Self::Trace(who, text) => traced(sight, *who, text),
            Self::Down(_)
            | Self::Role(..)
            | Self::Standing(..)
            | Self::Has(..)
            | Self::Alarm(..)
            | Self::Compare(..) => self.is_met_by_member(&world.frame()),
        }
    }

    fn is_met_by_member(&self, frame: &Frame) -> Met {
        match self {
            Self::Down(who) => when(who.member(frame)?.view.is_none(), format!("{who} runs")),
            Self::Role(who, role) => {
                let view = who.view(frame)?;
                when(
                    view.role == *role,
                    format!("{who} is {}", role_name(view.role)),
                )
            }
            Self::Standing(who, standing) => {
                let found = who.member(frame)?.standing;
                let name = standing_name(found);
                when(found == *standing, format!("{who} is a {name}"))
            }
            Self::Has(who, key, wanted) => {
                let view = who.view(frame)?;
                let mut keys = view.keys.iter();
                let found = keys
                    .find(|(name, _)| name == key.as_bytes())
                    .map(|(_, value)| String::from_utf8_lossy(value).into_owned());
                when(
                    found == *wanted,
                    match found {
                        Some(value) => format!("{who} has {key}={value}"),
                        None => format!("{who} has no {key}"),
                    },
                )
            }
            Self::Alarm(who, alarm, target) => {
                let raised = alarms_text(frame, who.view(frame)?);
                let holds = match target {
                    Some(target) => raised.contains(&format!("{} of {target}", alarm.name())),
                    None => raised.iter().any(|text| text.starts_with(alarm.name())),
                };
                let found = match raised.is_empty() {
                    true => "no alarm".to_owned(),
                    false => raised.join(", "),
                };
                when(holds, format!("{who} has {found}"))
            }
            Self::Compare(who, measure, comparison, operand) => {
                let one = measure.of(who.view(frame)?);
                let (other, of) = match operand {
                    Operand::Number(number) => (*number, String::new()),
                    Operand::Of(who, measure) => {
                        let value = measure.of(who.view(frame)?);
                        (
                            value,
                            format!(", and {} of {who} is {value}", measure.name()),
                        )
                    }
                };
                let found = format!("{} of {who} is {one}{of}", measure.name());
                when(comparison.holds(one, other), found)
            }
            Self::Not(_)
            | Self::Leader(_)
            | Self::Term(_)
            | Self::Settled
            | Self::Answered
            | Self::Quiet
            | Self::Event(_)
            | Self::Operation(..)
            | Self::Trace(..)
            | Self::Violation(_)
            | Self::Refused(_)
            | Self::Hash(_) => Ok(()),
        }
    }
}

impl Who {
    fn read(word: &Word, names: &Names) -> Read<Self> {
        match word.text.as_str() {
            "leader" => Ok(Self::Leader),
            text => names.node(word, text).map(Self::Node),
        }
    }

    fn node(self, frame: &Frame) -> Option<Node> {
        match self {
            Self::Node(node) => Some(node),
            Self::Leader => leader(frame),
        }
    }

    fn member(self, frame: &Frame) -> Met<&MemberFrame> {
        let node = self.node(frame).ok_or_else(nobody_leads)?;
        let member = frame.members.iter().find(|member| member.node == node);
        member.ok_or_else(|| Unmet::Unknown(format!("there is no {node}")))
    }

    fn view(self, frame: &Frame) -> Met<&MemberView> {
        let member = self.member(frame)?;
        let view = member.view.as_ref();
        view.ok_or_else(|| Unmet::Unknown(format!("{} is down", member.node)))
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => write!(f, "{node}"),
            Self::Leader => f.write_str("the leader"),
        }
    }
}

impl Comparison {
    const SIGNS: [(&'static str, Comparison); 6] = [
        ("=", Comparison::Equal),
        ("!=", Comparison::NotEqual),
        ("<", Comparison::Less),
        ("<=", Comparison::LessOrEqual),
        (">", Comparison::Greater),
        (">=", Comparison::GreaterOrEqual),
    ];

    fn holds(self, one: i128, other: i128) -> bool {
        match self {
            Self::Equal => one == other,
            Self::NotEqual => one != other,
            Self::Less => one < other,
            Self::LessOrEqual => one <= other,
            Self::Greater => one > other,
            Self::GreaterOrEqual => one >= other,
        }
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
            let alarm = super::operation::alarm(cursor)?;
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
            let (key, value) = super::action::pair(cursor)?;
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

/// The alarms that a member knows of: `NOSPACE of n1`.
pub(super) fn alarms_text(frame: &Frame, view: &MemberView) -> Vec<String> {
    let text = |alarm: &AlarmMember| {
        let mut members = frame.members.iter();
        let of = members.find(|member| member.id == alarm.member);
        let of = of.map_or_else(|| alarm.member.to_string(), |of| of.node.to_string());
        format!("{} of {of}", alarm.alarm.name())
    };
    view.alarms.iter().map(text).collect()
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

fn leader_is(frame: &Frame, wanted: Option<Node>) -> Met {
    let leader = leader(frame);
    let holds = leader.is_some() && wanted.is_none_or(|node| leader == Some(node));
    let found = match leader {
        Some(leader) => format!("{leader} leads"),
        None => "nobody leads all that run".to_owned(),
    };
    when(holds, found)
}

fn nobody_leads() -> Unmet {
    Unmet::Unknown("nobody leads".to_owned())
}

fn operation_is(world: &World, number: u64, state: &str, wanted: Option<&str>) -> Met {
    let mut operations = world.operations().iter();
    let operation = operations
        .find(|operation| operation.number == number)
        .ok_or_else(|| Unmet::Unknown(format!("there is no operation {number}")))?;
    let (found, text) = match &operation.outcome {
        OperationOutcome::Waiting => ("waiting", ""),
        OperationOutcome::Done(text) => ("done", text.as_str()),
        OperationOutcome::Failed(text) => ("failed", text.as_str()),
        OperationOutcome::Unknown(text) => ("unknown", text.as_str()),
    };
    when(
        found == state && wanted.is_none_or(|wanted| text.contains(wanted)),
        format!("operation {number} is {}", operation.outcome),
    )
}

fn traced(sight: &Sight<'_>, who: Option<Who>, text: &str) -> Met {
    let who = match who {
        None => None,
        Some(who) => {
            let node = who.node(&sight.world.frame()).ok_or_else(nobody_leads)?;
            Some(format!("{node} "))
        }
    };
    let found = sight.lines.iter().any(|line| {
        let line = line.split_once(' ').map_or("", |(_, line)| line);
        let is_theirs = who
            .as_ref()
            .is_none_or(|who| line.starts_with(who.as_str()));
        is_theirs && line.contains(text)
    });
    when(found, "no line of the trace says so".to_owned())
}

/// Who leads with the newest term, if all its members that run know it.
pub(super) fn leader(frame: &Frame) -> Option<Node> {
    let leader = leading(frame)?;
    let mut members = frame.members.iter();
    let member = members.find(|member| member.id == leader.id)?;
    Some(member.node)
}

fn leading(frame: &Frame) -> Option<&MemberView> {
    let leads = |view: &&MemberView| view.role == Role::Leader;
    let leader = views(frame).filter(leads).max_by_key(|view| view.term)?;
    let mut members = views(frame).filter(|view| is_member_of(leader, view));
    let is_known = members.all(|view| view.leader == leader.id);
    is_known.then_some(leader)
}

fn is_settled(frame: &Frame) -> bool {
    let Some(leader) = leading(frame) else {
        return false;
    };
    let members = || views(frame).filter(|view| is_member_of(leader, view));
    let newest = members().map(last).max();
    let is_done = |view: &MemberView| Some(last(view)) == newest && view.applied.0 == last(view);
    members().all(is_done)
}

/// Whether a leader knows somebody: of those that were not added yet, or are removed, nothing is
/// expected.
fn is_member_of(leader: &MemberView, view: &MemberView) -> bool {
    leader.voters.contains(&view.id) || leader.learners.contains(&view.id)
}

fn is_quiet(frame: &Frame) -> bool {
    frame.messages.is_empty() && views(frame).all(|view| view.batch.is_none())
}

fn views(frame: &Frame) -> impl Iterator<Item = &MemberView> {
    frame
        .members
        .iter()
        .filter_map(|member| member.view.as_ref())
}

pub(super) fn role_name(role: Role) -> &'static str {
    let mut roles = ROLES.iter();
    roles
        .find(|(_, known)| *known == role)
        .map_or("", |found| found.0)
}

const ROLES: [(&str, Role); 4] = [
    ("follower", Role::Follower),
    ("pre-candidate", Role::PreCandidate),
    ("candidate", Role::Candidate),
    ("leader", Role::Leader),
];

pub(super) fn standing_name(standing: Standing) -> &'static str {
    let mut standings = STANDINGS.iter();
    standings
        .find(|(_, known)| *known == standing)
        .map_or("", |found| found.0)
}

const STANDINGS: [(&str, Standing); 4] = [
    ("voter", Standing::Voter),
    ("learner", Standing::Learner),
    ("removed", Standing::Removed),
    ("stranger", Standing::Stranger),
];

const CONDITIONS: &[&str] = &[
    "leader",
    "no",
    "not",
    "term",
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
