//! What a lesson wants to be reached.

use quorate_core::member::{MemberView, Role};
use quorate_core::sim::{Frame, Node};
use serde::Deserialize;

/// A predicate over what can be seen of a world at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Goal {
    /// There is a leader, with a term above this, that a majority follows.
    Leader {
        /// The term it must be above.
        term_above: u64,
    },
    /// A certain member leads.
    Leads {
        /// Which.
        node: Node,
    },
    /// A certain member follows.
    Follows {
        /// Which.
        node: Node,
    },
    /// A certain member is down.
    Down {
        /// Which.
        node: Node,
    },
    /// A key has this value in the stores of at least so many members.
    Stored {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// On how many members.
        members: u32,
    },
}

impl Goal {
    /// Whether a world meets it.
    pub fn is_met(&self, frame: &Frame) -> bool {
        match self {
            Goal::Leader { term_above } => has_leader(frame, *term_above),
            Goal::Leads { node } => role(frame, *node) == Some(Role::Leader),
            Goal::Follows { node } => role(frame, *node) == Some(Role::Follower),
            Goal::Down { node } => frame
                .members
                .iter()
                .any(|member| member.node == *node && member.view.is_none()),
            Goal::Stored {
                key,
                value,
                members,
            } => {
                let holds = |view: &&MemberView| {
                    let pair = (key.as_bytes(), value.as_bytes());
                    view.keys
                        .iter()
                        .any(|(key, value)| (&key[..], &value[..]) == pair)
                };
                views(frame).filter(holds).count() as u32 >= *members
            }
        }
    }
}

fn has_leader(frame: &Frame, term_above: u64) -> bool {
    views(frame)
        .filter(|view| view.role == Role::Leader && view.term.0 > term_above)
        .any(|leader| {
            let follow = |view: &&MemberView| view.leader == leader.id && view.term == leader.term;
            views(frame).filter(follow).count() * 2 > leader.voters.len()
        })
}

fn role(frame: &Frame, node: Node) -> Option<Role> {
    let member = frame.members.iter().find(|member| member.node == node)?;
    member.view.as_ref().map(|view| view.role)
}

fn views(frame: &Frame) -> impl Iterator<Item = &MemberView> {
    frame
        .members
        .iter()
        .filter_map(|member| member.view.as_ref())
}
