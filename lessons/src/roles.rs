//! Who was what in which term, from the trace.

use quorate_core::member::Role;
use quorate_core::sim::{Frame, Node};
use quorate_core::trace::{MessageKind, TraceEvent, TraceKind};

/// What a member was for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleSeen {
    /// What.
    pub role: Role,
    /// How it came to be that.
    pub reason: RoleReason,
}

/// Why a member took up a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleReason {
    /// It started.
    Started,
    /// Its timer ran out, or it won a vote.
    Itself,
    /// A leader that was handing over told it to stand.
    Ordered,
    /// Somebody of a higher term asked for its vote.
    Asked(Node),
    /// Somebody of a higher term refused it a pre-vote.
    Refused(Node),
    /// It heard of a higher term in another way.
    Heard(Node),
    /// It did not hear a majority.
    NoQuorum,
}

/// What each member was in each term, in the order in which it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleTracker {
    /// Each with the event.
    seen: Vec<(u64, Node, u64, RoleSeen)>,
}

impl RoleTracker {
    /// Looks at the picture behind the next event.
    pub fn see(&mut self, frame: &Frame) {
        let Some(last) = &frame.last else { return };
        for (place, event) in last.trace.iter().enumerate() {
            let (Some((role, term)), Some(node)) = (role(&event.kind), node(frame, event)) else {
                continue;
            };
            let before = last.trace.get(..place).unwrap_or_default();
            let reason = reason(frame, before, event);
            let one = RoleSeen { role, reason };
            self.seen.push((frame.event_count, node, term, one));
        }
    }

    /// What came behind an event has not been any more.
    pub fn forget_after(&mut self, event: u64) {
        self.seen.retain(|(at, ..)| *at <= event);
    }

    /// What a member was in a term, up to an event.
    pub fn of(&self, node: Node, term: u64, event: u64) -> Vec<RoleSeen> {
        let is_it = |(at, other, then, _): &&(u64, Node, u64, RoleSeen)| {
            *at <= event && (*other, *then) == (node, term)
        };
        let mut roles: Vec<RoleSeen> = self.seen.iter().filter(is_it).map(|one| one.3).collect();
        // One that asks again and again is what it was.
        roles.dedup();
        roles
    }
}

fn role(kind: &TraceKind) -> Option<(Role, u64)> {
    match kind {
        TraceKind::BecameFollower { term } => Some((Role::Follower, term.0)),
        TraceKind::BecamePreCandidate { term } => Some((Role::PreCandidate, term.0)),
        TraceKind::BecameCandidate { term } => Some((Role::Candidate, term.0)),
        TraceKind::BecameLeader { term } => Some((Role::Leader, term.0)),
        _ => None,
    }
}

fn reason(frame: &Frame, before: &[TraceEvent], event: &TraceEvent) -> RoleReason {
    let own = before.iter().filter(|other| other.member == event.member);
    let mut reason = RoleReason::Itself;
    for other in own {
        let of = |id| {
            let mut members = frame.members.iter();
            members.find(|member| member.id == id).map(|one| one.node)
        };
        reason = match other.kind {
            TraceKind::Restarted { .. } => RoleReason::Started,
            TraceKind::TimeoutNowReceived { .. } => RoleReason::Ordered,
            TraceKind::QuorumLost => RoleReason::NoQuorum,
            TraceKind::HigherTerm { kind, from, .. } => match (kind, of(from)) {
                (MessageKind::Vote, Some(node)) => RoleReason::Asked(node),
                (MessageKind::PreVoteResponse, Some(node)) => RoleReason::Refused(node),
                (_, Some(node)) => RoleReason::Heard(node),
                _ => reason,
            },
            _ => reason,
        };
    }
    reason
}

fn node(frame: &Frame, event: &TraceEvent) -> Option<Node> {
    let mut members = frame.members.iter();
    let member = members.find(|member| member.id == event.member)?;
    Some(member.node)
}
