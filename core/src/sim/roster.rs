//! Who is in the cluster, as whoever has applied most knows it.

use super::check::Scene;
use super::frame::Standing;
use crate::collections::BTreeMap;
use crate::id::{Index, MemberId};

/// The standing of every machine that is, or was, a member.
#[derive(Debug)]
pub(super) struct Roster {
    /// As of this index.
    at: Index,
    /// From whom: its id, its life, and how often its members had changed in it.
    from: (MemberId, u64, u64),
    standings: BTreeMap<MemberId, Standing>,
}

impl Roster {
    /// The first members vote.
    pub(super) fn new(members: impl Iterator<Item = MemberId>) -> Self {
        Self {
            at: Index(0),
            from: (MemberId::NONE, 0, 0),
            standings: members.map(|id| (id, Standing::Voter)).collect(),
        }
    }

    /// Looks at a member; one that has applied less than another knows nothing new.
    pub(super) fn look(&mut self, scene: &Scene<'_>) {
        let facts = &scene.facts;
        if facts.applied <= self.at {
            return;
        }
        self.at = facts.applied;
        let from = (facts.id, scene.start, facts.members_changed);
        if std::mem::replace(&mut self.from, from) == from {
            return;
        }
        let known = scene.subject.configuration();
        let with = |ids: Vec<MemberId>, standing| ids.into_iter().map(move |id| (id, standing));
        self.standings = with(known.voters, Standing::Voter)
            .chain(with(known.learners, Standing::Learner))
            .chain(with(known.removed, Standing::Removed))
            .collect();
    }

    /// How a machine stands to the cluster.
    pub(super) fn of(&self, id: MemberId) -> Standing {
        self.standings
            .get(&id)
            .copied()
            .unwrap_or(Standing::Stranger)
    }

    /// Whether a machine is a member.
    pub(super) fn has(&self, id: MemberId) -> bool {
        matches!(self.of(id), Standing::Voter | Standing::Learner)
    }
}
