//! The quorum ring: one segment a voter, round a candidate or a leader.

use quorate_core::id::{Index, MemberId};
use quorate_core::member::{MemberView, Role};
use quorate_core::sim::{Frame, MemberFrame, Node};

use super::logs::Durability;

/// What a voter's segment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Gave its vote; or, round a leader, was heard from in this election timeout.
    With,
    /// Has not answered yet.
    Pending,
    /// Refused.
    Against,
    /// Round a leader: not heard from.
    Silent,
}

impl Segment {
    /// Its class in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Segment::With => "with",
            Segment::Pending => "pending",
            Segment::Against => "against",
            Segment::Silent => "silent",
        }
    }
}

/// A ring: its segments in the order of the members on the stage, and what they add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ring {
    pub(crate) segments: Vec<Segment>,
}

impl Ring {
    /// How many voters are with the member, itself included.
    pub(crate) fn with(&self) -> usize {
        self.segments
            .iter()
            .filter(|segment| **segment == Segment::With)
            .count()
    }

    /// How many it needs.
    pub(crate) fn majority(&self) -> usize {
        self.segments.len() / 2 + 1
    }
}

/// The ring of a member; nothing round a follower. `order` are the members as on the stage.
pub(crate) fn ring(view: &MemberView, order: &[MemberId]) -> Option<Ring> {
    let voters = order.iter().filter(|id| view.voters.contains(id));
    let segments = match view.role {
        Role::Follower => return None,
        Role::PreCandidate | Role::Candidate => voters
            .map(|id| match view.votes.get(id) {
                Some(true) => Segment::With,
                Some(false) => Segment::Against,
                None => Segment::Pending,
            })
            .collect(),
        Role::Leader => {
            let is_active = |id: MemberId| {
                let mut progress = view.progress.iter();
                progress.any(|progress| progress.member == id && progress.recently_active)
            };
            voters
                .map(|id| match *id == view.id || is_active(*id) {
                    true => Segment::With,
                    false => Segment::Silent,
                })
                .collect()
        }
    };
    Some(Ring { segments })
}

/// The ring of an entry round its leader: on whose disk it is, who only has it in memory or in a
/// file that is not synced, and who has another one there or none. Nothing when nobody has it.
pub(crate) fn entry_ring(
    frame: &Frame,
    leader: &MemberView,
    node: Node,
    index: Index,
) -> Option<Vec<Segment>> {
    let term_of = |member: &MemberFrame| {
        let mut entries = member.view.as_ref()?.log.iter();
        entries
            .find(|entry| entry.index == index)
            .map(|entry| entry.term)
    };
    let term = term_of(frame.member(node)?)?;
    let voters = frame
        .members
        .iter()
        .filter(|member| leader.voters.contains(&member.id));
    let segments = voters.map(|member| match &member.view {
        Some(view) if view.log_offset >= index => Segment::With,
        Some(view) if term_of(member) == Some(term) => {
            match Durability::of(view, member.written, index) {
                Durability::Synced => Segment::With,
                Durability::Written | Durability::Memory => Segment::Pending,
            }
        }
        Some(_) if term_of(member).is_some() => Segment::Against,
        _ => Segment::Silent,
    });
    Some(segments.collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::fixture;

    #[test]
    fn a_candidate_shows_every_answer() {
        let frame = fixture::frame(3);
        let order: Vec<MemberId> = frame.members.iter().map(|member| member.id).collect();
        let mut view = frame.members[0].view.clone().expect("n1 is up");
        view.role = Role::Candidate;
        view.votes = BTreeMap::from([(order[0], true), (order[1], false)]);
        let ring = ring(&view, &order).expect("a candidate has a ring");
        assert_eq!(
            ring.segments,
            [Segment::With, Segment::Against, Segment::Pending]
        );
        assert_eq!((ring.with(), ring.majority()), (1, 2));
    }

    #[test]
    fn a_leader_hears_itself() {
        let frame = fixture::frame(3);
        let order: Vec<MemberId> = frame.members.iter().map(|member| member.id).collect();
        let mut view = frame.members[0].view.clone().expect("n1 is up");
        for progress in &mut view.progress {
            progress.recently_active = false;
        }
        let ring = ring(&view, &order).expect("a leader has a ring");
        assert_eq!(
            ring.segments,
            [Segment::With, Segment::Silent, Segment::Silent]
        );
    }

    #[test]
    fn an_entrys_ring_shows_who_has_it_on_disk() {
        let mut frame = fixture::frame(4);
        fixture::view(&mut frame, 1).synced = Index(3);
        fixture::member(&mut frame, 1).written = Index(3);
        fixture::view(&mut frame, 2).log[3].term = quorate_core::id::Term(9);
        fixture::member(&mut frame, 3).view = None;
        let leader = frame.members[0].view.clone().expect("n1 is up");
        let segments = entry_ring(&frame, &leader, Node(1), Index(4));
        assert_eq!(
            segments,
            Some(vec![
                Segment::With,
                Segment::Pending,
                Segment::Against,
                Segment::Silent
            ])
        );
        assert_eq!(entry_ring(&frame, &leader, Node(1), Index(9)), None);
    }

    #[test]
    fn a_follower_has_none() {
        let frame = fixture::frame(3);
        let view = frame.members[1].view.clone().expect("n2 is up");
        assert_eq!(ring(&view, &[]), None);
    }
}
