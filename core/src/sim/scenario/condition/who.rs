//! A member that a condition speaks of.

use std::fmt;

use super::cluster::leader;
use super::hold::{Met, Unmet};
use crate::member::MemberView;
use crate::sim::action::Node;
use crate::sim::frame::{Frame, MemberFrame};
use crate::sim::scenario::names::Names;
use crate::sim::scenario::words::{Read, Word};

/// A member, or the one that leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim::scenario) enum Who {
    Node(Node),
    Leader,
}

impl Who {
    pub(super) fn read(word: &Word, names: &Names) -> Read<Self> {
        match word.text.as_str() {
            "leader" => Ok(Self::Leader),
            text => names.node(word, text).map(Self::Node),
        }
    }

    pub(super) fn node(self, frame: &Frame) -> Option<Node> {
        match self {
            Self::Node(node) => Some(node),
            Self::Leader => leader(frame),
        }
    }

    pub(super) fn member(self, frame: &Frame) -> Met<&MemberFrame> {
        let node = self.node(frame).ok_or_else(nobody_leads)?;
        let member = frame.member(node);
        member.ok_or_else(|| Unmet::Unknown(format!("there is no {node}")))
    }

    pub(super) fn view(self, frame: &Frame) -> Met<&MemberView> {
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

pub(super) fn nobody_leads() -> Unmet {
    Unmet::Unknown("nobody leads".to_owned())
}
