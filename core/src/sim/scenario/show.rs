//! Tables that a scenario prints.

use super::condition::{alarms_text, standing_name};
use super::names::Names;
use super::words::{Cursor, Read, escape, quote};
use crate::member::MemberView;
use crate::sim::action::Node;
use crate::sim::frame::{Frame, Standing};
use crate::sim::world::World;

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    /// A line for each member.
    Members,
    /// What clients asked and what came of it.
    Operations,
    /// What is under way.
    Messages,
    /// A member's log.
    Log(Node),
    /// A leader's notes on the others.
    Progress(Node),
    /// The trace's hash.
    Hash,
}

impl Show {
    pub(super) fn read(cursor: &mut Cursor<'_>, names: &Names) -> Read<Self> {
        let word = cursor.next("what to show")?;
        Ok(match word.text.as_str() {
            "members" => Self::Members,
            "operations" => Self::Operations,
            "messages" => Self::Messages,
            "log" => Self::Log(names.next(cursor)?),
            "progress" => Self::Progress(names.next(cursor)?),
            _ => Self::Hash,
        })
    }

    pub(super) fn lines(self, world: &World) -> Vec<String> {
        let frame = world.frame();
        match self {
            Self::Members => members(&frame),
            Self::Operations => world
                .operations()
                .iter()
                .map(|one| {
                    format!(
                        "{} at {}: {}: {}",
                        one.number, one.node, one.text, one.outcome
                    )
                })
                .collect(),
            Self::Messages => {
                let messages = frame.messages.iter();
                let mut lines: Vec<String> = messages.map(ToString::to_string).collect();
                lines.extend(frame.held.iter().map(|message| format!("held {message}")));
                if lines.is_empty() {
                    lines.push("none".to_owned());
                }
                lines
            }
            Self::Log(node) => of_running(&frame, node, log),
            Self::Progress(node) => of_running(&frame, node, |view| progress(&frame, view)),
            Self::Hash => vec![world.trace_hash().to_string()],
        }
    }
}

fn of_running(
    frame: &Frame,
    node: Node,
    print: impl Fn(&MemberView) -> Vec<String>,
) -> Vec<String> {
    match frame.view(node) {
        Some(view) => print(view),
        None => vec![format!("{node} down")],
    }
}

fn members(frame: &Frame) -> Vec<String> {
    let line = |member: &crate::sim::frame::MemberFrame| {
        let standing = match member.standing {
            Standing::Voter => String::new(),
            other => format!(" {}", standing_name(other)),
        };
        let Some(view) = &member.view else {
            return format!("{}{standing} down", member.node);
        };
        let pair = |(key, value): &(bytes::Bytes, bytes::Bytes)| {
            let (key, value) = (String::from_utf8_lossy(key), String::from_utf8_lossy(value));
            format!(" {}={}", quote(&key), quote(&value))
        };
        let keys: Vec<String> = view.keys.iter().map(pair).collect();
        let alarms = alarms_text(frame, view);
        let alarms = alarms.iter().map(|alarm| format!(" [{alarm}]"));
        let alarms: Vec<String> = alarms.collect();
        format!(
            "{}{standing} {:?} term={} leader={} synced={} commit={} applied={} snapshot={} revision={}{}{}",
            member.node,
            view.role,
            view.term,
            view.leader,
            view.synced,
            view.commit,
            view.applied,
            view.snapshot.map_or(0, |(index, _)| index.0),
            view.revision,
            alarms.concat(),
            keys.concat(),
        )
    };
    frame.members.iter().map(|member| line(member)).collect()
}

fn log(view: &MemberView) -> Vec<String> {
    let mut lines = Vec::new();
    if view.log_offset.0 > 0 {
        lines.push(format!("..{} compacted", view.log_offset));
    }
    let entries = view.log.iter();
    lines.extend(
        entries.map(|entry| format!("{}/{} {}", entry.term, entry.index, escape(&entry.text))),
    );
    lines
}

fn progress(frame: &Frame, view: &MemberView) -> Vec<String> {
    if view.progress.is_empty() {
        return vec!["it does not lead".to_owned()];
    }
    let line = |progress: &crate::member::ProgressView| {
        let mut members = frame.members.iter();
        let member = members.find(|member| member.id == progress.member);
        let name = member.map_or_else(|| progress.member.to_string(), |it| it.node.to_string());
        format!(
            "{name} {:?} match={} next={} in-flight={}{}",
            progress.state,
            progress.matched,
            progress.next,
            progress.in_flight,
            if progress.recently_active {
                ""
            } else {
                " inactive"
            },
        )
    };
    view.progress.iter().map(line).collect()
}
