//! Who was what, when: the lanes under the stage, one a member, along all events that have been
//! seen.

use quorate_core::member::Role;
use quorate_core::sim::{Action, EventCause, Fault, Frame, MemberFrame, Node, Standing};

use crate::kept::Votes;

/// What a member was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// It did not run.
    Down,
    /// It ran in a role.
    Plays(Role),
    /// It followed without a vote.
    Learns,
}

/// A member's lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lane {
    /// What it was, each from an event on.
    pub(crate) parts: Vec<(u64, Part)>,
    /// The events by which it knew more to be committed.
    pub(crate) commits: Vec<u64>,
    /// The events by which something was broken about it, or mended.
    pub(crate) faults: Vec<u64>,
    /// How safe its votes were.
    pub(crate) votes: Votes,
}

/// All lanes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lanes {
    /// `n1` first.
    pub(crate) members: Vec<Lane>,
    /// The highest term of all, each from an event on.
    pub(crate) terms: Vec<(u64, u64)>,
    /// The event by which a property was violated.
    pub(crate) violation: Option<u64>,
}

impl Lanes {
    /// The lanes of a world at its beginning.
    pub(crate) fn of(frame: &Frame) -> Self {
        let mut lanes = Self::default();
        lanes.look(frame);
        lanes
    }

    /// Adds what an event changed.
    pub(crate) fn note(&mut self, before: &Frame, after: &Frame) {
        let event = after.event_count;
        self.look(after);
        for (lane, member) in self.members.iter_mut().zip(&after.members) {
            let knew = before.member(member.node).map_or(0, commit);
            if commit(member) > knew {
                lane.commits.push(event);
            }
        }
        let cause = after.last.as_ref().map(|last| &last.cause);
        if let Some(EventCause::Acted(action)) = cause {
            for node in befallen(action, after) {
                if let Some(lane) = self.members.get_mut(node.0.saturating_sub(1) as usize) {
                    lane.faults.push(event);
                }
            }
        }
        if after.violation.is_some() {
            self.violation = self.violation.or(Some(event));
        }
    }

    /// Forgets what came behind an event.
    pub(crate) fn truncate(&mut self, event: u64) {
        for lane in &mut self.members {
            lane.parts.retain(|(from, _)| *from <= event);
            lane.commits.retain(|at| *at <= event);
            lane.faults.retain(|at| *at <= event);
            lane.votes.truncate(event);
        }
        // A machine that was added behind it is not there any more.
        self.members.retain(|lane| !lane.parts.is_empty());
        self.terms.retain(|(from, _)| *from <= event);
        self.violation = self.violation.filter(|at| *at <= event);
    }

    fn look(&mut self, frame: &Frame) {
        let event = frame.event_count;
        self.members
            .resize_with(frame.members.len().max(self.members.len()), Lane::default);
        for (lane, member) in self.members.iter_mut().zip(&frame.members) {
            let part = part(member);
            if lane.parts.last().is_none_or(|(_, last)| *last != part) {
                lane.parts.push((event, part));
            }
            lane.votes.note(member, frame);
        }
        let views = frame.members.iter().filter_map(|one| one.view.as_ref());
        let term = views.map(|view| view.term.0).max().unwrap_or(0);
        if self.terms.last().is_none_or(|(_, last)| *last < term) {
            self.terms.push((event, term));
        }
    }
}

fn part(member: &MemberFrame) -> Part {
    match (&member.view, member.standing) {
        (None, _) => Part::Down,
        (Some(view), Standing::Learner) if view.role == Role::Follower => Part::Learns,
        (Some(view), _) => Part::Plays(view.role),
    }
}

fn commit(member: &MemberFrame) -> u64 {
    member.view.as_ref().map_or(0, |view| view.commit.0)
}

/// Whom an action befalls; nobody when a client asks something.
fn befallen(action: &Action, frame: &Frame) -> Vec<Node> {
    let all = || frame.members.iter().map(|member| member.node).collect();
    match action {
        Action::Crash { node }
        | Action::Restart { node }
        | Action::Isolate { node }
        | Action::Stop { node } => vec![*node],
        Action::Cut { from, to } => vec![*from, *to],
        Action::Heal => all(),
        Action::Fault(Fault::Partition { .. } | Fault::Chance { .. } | Fault::EndFaults) => all(),
        // A copy that is put aside is nothing that befalls it.
        Action::Fault(Fault::SaveDisk { .. }) => Vec::new(),
        Action::Fault(fault) => fault.nodes(),
        Action::Put { .. }
        | Action::Get { .. }
        | Action::Delete { .. }
        | Action::Compact { .. }
        | Action::Operation { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::id::{Index, Term};
    use quorate_core::sim::EventFrame;

    use super::*;
    use crate::fixture;

    fn next(frame: &Frame) -> Frame {
        Frame {
            event_count: frame.event_count + 1,
            ..frame.clone()
        }
    }

    #[test]
    fn a_part_lasts_until_another_begins() {
        let first = fixture::frame(3);
        let mut lanes = Lanes::of(&first);
        let quiet = next(&first);
        lanes.note(&first, &quiet);
        let mut down = next(&quiet);
        fixture::member(&mut down, 0).view = None;
        fixture::view(&mut down, 1).term = Term(3);
        lanes.note(&quiet, &down);
        let leads = Part::Plays(Role::Leader);
        assert_eq!(lanes.members[0].parts, [(100, leads), (102, Part::Down)]);
        assert_eq!(lanes.members[1].parts.len(), 1);
        assert_eq!(lanes.terms, [(100, 2), (102, 3)]);
        lanes.truncate(101);
        assert_eq!(lanes, Lanes::of(&first));
    }

    #[test]
    fn commits_and_faults_are_marked_where_they_happen() {
        let first = fixture::frame(3);
        let mut lanes = Lanes::of(&first);
        let mut after = next(&first);
        fixture::view(&mut after, 1).commit = Index(3);
        after.last = Some(EventFrame {
            cause: EventCause::Acted(Action::Cut {
                from: Node(2),
                to: Node(3),
            }),
            trace: Vec::new(),
        });
        lanes.note(&first, &after);
        let marks = |lane: &Lane| (lane.commits.clone(), lane.faults.clone());
        assert_eq!(marks(&lanes.members[0]), (vec![], vec![]));
        assert_eq!(marks(&lanes.members[1]), (vec![101], vec![101]));
        assert_eq!(marks(&lanes.members[2]), (vec![], vec![101]));
    }
}
