//! The quorum ring: one segment a voter, round a candidate or a leader.

use quorate_core::id::MemberId;
use quorate_core::member::{MemberView, Role};

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
    fn a_follower_has_none() {
        let frame = fixture::frame(3);
        let view = frame.members[1].view.clone().expect("n2 is up");
        assert_eq!(ring(&view, &[]), None);
    }
}
