//! What a checker asks of a member after every event: numbers that stand ready, and what of the
//! log and the store is new. A [`MemberView`](super::MemberView) is for drawing, and made anew
//! each time.

use bytes::Bytes;
use raft::eraftpb::EntryType;

use super::Member;
use super::proposal::describe;
use super::view::Role;
use crate::consensus::from_raft;
use crate::id::{Index, MemberId, Revision, Term};

/// A member in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemberFacts {
    /// Its role.
    pub(crate) role: Role,
    /// Its term.
    pub(crate) term: Term,
    /// Whom it voted for in this term.
    pub(crate) vote: MemberId,
    /// The leader it knows.
    pub(crate) leader: MemberId,
    /// The last index of its log.
    pub(crate) last: Index,
    /// Committed as far as it knows.
    pub(crate) commit: Index,
    /// Carried out by the store.
    pub(crate) applied: Index,
    /// The store's revision.
    pub(crate) revision: Revision,
    /// The store's compaction; -1 when there was none.
    pub(crate) compact_revision: Revision,
}

/// One entry as it stands in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryFacts {
    /// Its position.
    pub(crate) index: Index,
    /// The term it was made in.
    pub(crate) term: Term,
    /// Whether it changes the configuration.
    pub(crate) is_change: bool,
    /// What it says.
    pub(crate) data: Bytes,
}

impl EntryFacts {
    /// What it says, for a person.
    pub(crate) fn text(&self) -> String {
        describe(self.is_change, &self.data)
    }
}

impl Member {
    /// The member as it is now.
    pub(crate) fn facts(&self) -> MemberFacts {
        let consensus = &self.consensus;
        MemberFacts {
            role: consensus.role(),
            term: consensus.term(),
            vote: consensus.vote(),
            leader: consensus.leader(),
            last: consensus.last(),
            commit: consensus.commit(),
            applied: self.applied,
            revision: self.store.revision(),
            compact_revision: self.store.compact_revision(),
        }
    }

    /// The entries of its log from an index on, or from the first that it still holds.
    pub(crate) fn entries_from(&self, first: Index) -> Vec<EntryFacts> {
        let entries = self.consensus.entries_from(first);
        entries
            .map(|entry| EntryFacts {
                index: Index(entry.index),
                term: Term(entry.term),
                is_change: entry.get_entry_type() != EntryType::EntryNormal,
                data: from_raft(entry.data.clone()),
            })
            .collect()
    }

    /// What was written at each revision above one: see
    /// [`Store::written_after`](crate::mvcc::Store::written_after).
    pub(crate) fn written_after(&self, revision: Revision) -> Vec<(Revision, u32)> {
        self.store.written_after(revision)
    }

    /// The hash of its store at a revision; nothing when it cannot be read there.
    pub(crate) fn hash_at(&self, revision: Revision) -> Option<u32> {
        self.store.hash_kv(revision).ok().map(|reply| reply.hash)
    }

    /// Ticks until its election timer runs out.
    pub(crate) fn election_ticks_left(&self) -> u32 {
        let (elapsed_ticks, timeout_ticks) = self.consensus.timer_ticks();
        timeout_ticks.saturating_sub(elapsed_ticks)
    }

    /// Whether it has a vote, as far as it knows.
    pub(crate) fn is_voter(&self) -> bool {
        let voters = self.consensus.configuration().get_voters();
        voters.contains(&self.config.id.0)
    }
}
