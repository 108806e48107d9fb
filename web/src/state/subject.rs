//! What a hand is on: the one thing that is looked at, and that the keys act on.

use quorate_core::id::Index;
use quorate_core::sim::{Frame, Node};

/// One thing on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A member.
    Member(Node),
    /// A message under way or held, by its number.
    Message(u64),
    /// A link, the lower number first.
    Link(Node, Node),
    /// An entry as it stands on a member.
    Entry(Node, Index),
    /// The stage where nothing is.
    Stage,
    /// The place in time.
    Time,
}

impl Subject {
    /// The link between two members.
    pub(crate) fn link(one: Node, two: Node) -> Self {
        Subject::Link(one.min(two), one.max(two))
    }

    /// Whether it is in a picture: a message that has arrived is not.
    pub(crate) fn is_in(self, frame: &Frame) -> bool {
        let has = |node: Node| node.0 >= 1 && node.0 as usize <= frame.members.len();
        match self {
            Subject::Member(node) => has(node),
            Subject::Message(id) => {
                let mut messages = frame.messages.iter().chain(&frame.held);
                messages.any(|message| message.id == id)
            }
            Subject::Link(one, two) => one < two && has(one) && has(two),
            Subject::Entry(node, index) => has(node) && index.0 > 0,
            Subject::Stage | Subject::Time => true,
        }
    }

    /// The member whose thing it is, if it is one's.
    pub(crate) fn node(self, frame: &Frame) -> Option<Node> {
        match self {
            Subject::Member(node) | Subject::Entry(node, _) => Some(node),
            Subject::Message(id) => {
                let mut messages = frame.messages.iter().chain(&frame.held);
                let message = messages.find(|message| message.id == id)?;
                Some(message.to)
            }
            Subject::Link(..) | Subject::Stage | Subject::Time => None,
        }
    }
}
