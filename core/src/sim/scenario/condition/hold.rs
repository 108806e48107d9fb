//! Whether a condition holds, and what was found instead.

use super::Condition;
use super::cluster::{is_quiet, is_settled, leader, views};
use super::comparison::Operand;
use super::kinds::{role_name, standing_name};
use super::sight::Sight;
use super::who::{Who, nobody_leads};
use crate::command::AlarmMember;
use crate::member::MemberView;
use crate::sim::action::Node;
use crate::sim::frame::{Frame, OperationFrame, OperationOutcome};
use crate::sim::scenario::words::quote;

/// Why a condition is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unmet {
    /// It does not hold: what was found instead.
    Not(String),
    /// It cannot be told, nor whether its opposite holds: what it is about is not there.
    Unknown(String),
}

/// Met, or why it is not.
pub(super) type Met<T = ()> = Result<T, Unmet>;

/// Met when it holds, or what was found instead.
fn when(holds: bool, found: String) -> Met {
    if holds {
        Ok(())
    } else {
        Err(Unmet::Not(found))
    }
}

impl Condition {
    /// Whether it holds; if not, what was found.
    pub(in crate::sim::scenario) fn holds(&self, sight: &Sight<'_>) -> Result<(), String> {
        self.is_met(sight).map_err(|unmet| match unmet {
            Unmet::Not(found) | Unmet::Unknown(found) => found,
        })
    }

    fn is_met(&self, sight: &Sight<'_>) -> Met {
        match self {
            // Of what is not there nothing holds, neither this nor its opposite.
            Self::Not(other) => match other.is_met(sight) {
                Ok(()) => Err(Unmet::Not("it holds".to_owned())),
                Err(Unmet::Not(_)) => Ok(()),
                Err(Unmet::Unknown(why)) => {
                    Err(Unmet::Unknown(format!("it cannot be told: {why}")))
                }
            },
            Self::Leader(wanted) => leader_is(&sight.frame(), *wanted),
            Self::Term(term) => {
                let frame = sight.frame();
                let found = views(&frame).map(|view| view.term.0).max();
                when(
                    found == Some(*term),
                    match found {
                        Some(found) => format!("the term is {found}"),
                        None => "nobody runs".to_owned(),
                    },
                )
            }
            Self::Settled => when(is_settled(&sight.frame()), "not all agree".to_owned()),
            Self::Answered => {
                let mut operations = sight.operations().iter();
                let waiting = operations.find(|one| one.outcome == OperationOutcome::Waiting);
                let found = waiting.map(|one| format!("operation {} waits", one.number));
                found.map_or(Ok(()), |found| Err(Unmet::Not(found)))
            }
            Self::Quiet => when(
                is_quiet(&sight.frame()),
                "something is under way".to_owned(),
            ),
            Self::Event(event) => {
                let found = sight.event_count();
                when(found >= *event, format!("{found} events have happened"))
            }
            Self::Hash(hash) => {
                let found = sight.trace_hash().to_string();
                when(found == *hash, format!("it is {found}"))
            }
            Self::Refused(wanted) => match sight.refusal() {
                None => Err(Unmet::Not("the last action was possible".to_owned())),
                Some(reason) => {
                    let holds = wanted.as_ref().is_none_or(|text| reason.contains(text));
                    when(holds, format!("the reason is \"{reason}\""))
                }
            },
            Self::Violation(wanted) => match sight.violation() {
                None => Err(Unmet::Not("no property was violated".to_owned())),
                Some(found) => {
                    let holds = wanted.is_none_or(|wanted| found.property == wanted);
                    when(holds, found.to_string())
                }
            },
            Self::Operation(number, state, wanted) => {
                operation_is(sight.operations(), *number, state, wanted.as_deref())
            }
            Self::SomeDown(number) => {
                let frame = sight.frame();
                let down = frame.members.iter().filter(|member| member.view.is_none());
                let found = down.count() as u64;
                when(found >= *number, format!("{found} are down"))
            }
            Self::Trace(who, text) => traced(sight, *who, text),
            Self::Down(_)
            | Self::Role(..)
            | Self::Standing(..)
            | Self::Has(..)
            | Self::Alarm(..)
            | Self::Compare(..) => self.is_met_by_member(&sight.frame()),
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
                        Some(value) => format!("{who} has {}={}", quote(key), quote(&value)),
                        None => format!("{who} has no {}", quote(key)),
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
            | Self::SomeDown(_)
            | Self::Trace(..)
            | Self::Violation(_)
            | Self::Refused(_)
            | Self::Hash(_) => Ok(()),
        }
    }
}

/// The alarms that a member knows of: `NOSPACE of n1`.
pub(in crate::sim::scenario) fn alarms_text(frame: &Frame, view: &MemberView) -> Vec<String> {
    let text = |alarm: &AlarmMember| {
        let mut members = frame.members.iter();
        let of = members.find(|member| member.id == alarm.member);
        let of = of.map_or_else(|| alarm.member.to_string(), |of| of.node.to_string());
        format!("{} of {of}", alarm.alarm.name())
    };
    view.alarms.iter().map(text).collect()
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

fn operation_is(
    operations: &[OperationFrame],
    number: u64,
    state: &str,
    wanted: Option<&str>,
) -> Met {
    let operation = operations
        .iter()
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
            let node = who.node(&sight.frame()).ok_or_else(nobody_leads)?;
            Some(format!("{node} "))
        }
    };
    let found = sight.lines().iter().any(|line| {
        let line = line.split_once(' ').map_or("", |(_, line)| line);
        let is_theirs = who
            .as_ref()
            .is_none_or(|who| line.starts_with(who.as_str()));
        is_theirs && line.contains(text)
    });
    when(found, "no line of the trace says so".to_owned())
}
