//! What a checker asks of a member after every event: numbers that stand ready, and what of the
//! log and the store is new. A [`MemberView`](super::MemberView) is for drawing, and made anew
//! each time.

use bytes::Bytes;
use raft::eraftpb::EntryType;

use super::Member;
use super::proposal::describe;
use super::view::Role;
use crate::command::{Command, MemberInfo};
use crate::consensus::{MayChange, from_raft};
use crate::id::{Index, MemberId, Revision, Term};
use crate::prng;

/// A member in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemberFacts {
    /// Who.
    pub(crate) id: MemberId,
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
    /// Up to here the log is on its disk.
    pub(crate) synced: Index,
    /// Committed as far as it knows.
    pub(crate) commit: Index,
    /// Carried out by the store.
    pub(crate) applied: Index,
    /// The store's revision.
    pub(crate) revision: Revision,
    /// The store's compaction; -1 when there was none.
    pub(crate) compact_revision: Revision,
    /// How often what it knows of the members has changed in this life.
    pub(crate) members_changed: u64,
    /// Whether it leads, and decides at once on changes of the members.
    pub(crate) decides_changes: bool,
    /// A number that the alarms which are raised determine; 0 for none.
    pub(crate) alarms: u64,
}

/// Who is in the cluster, as a member knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigurationFacts {
    /// Those with a vote, in ascending order.
    pub(crate) voters: Vec<MemberId>,
    /// Those without, in ascending order.
    pub(crate) learners: Vec<MemberId>,
    /// The members, in ascending order of ids.
    pub(crate) members: Vec<MemberInfo>,
    /// Those that were removed, in ascending order.
    pub(crate) removed: Vec<MemberId>,
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
    /// Notes from now on which command wrote which revision.
    pub(crate) fn note_writers(&mut self) {
        self.writers = Some(Vec::new());
    }

    /// What has been noted since this was last asked.
    pub(crate) fn take_writers(&mut self) -> Vec<(Revision, Command)> {
        self.writers
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// A command has been carried out on a store that was at a revision.
    pub(super) fn note_writer(&mut self, before: Revision, command: &Command) {
        if let Some(writers) = &mut self.writers {
            let written = before.0 + 1..=self.store.revision().0;
            writers.extend(written.map(|revision| (Revision(revision), command.clone())));
        }
    }

    /// The member as it is now.
    pub(crate) fn facts(&self) -> MemberFacts {
        let consensus = &self.consensus;
        MemberFacts {
            id: self.config.id,
            synced: self.log.synced(consensus.synced()),
            members_changed: self.members_changed,
            decides_changes: consensus.may_change() != MayChange::NotYet,
            role: consensus.role(),
            term: consensus.term(),
            vote: consensus.vote(),
            leader: consensus.leader(),
            last: consensus.last(),
            commit: consensus.commit(),
            applied: self.applied,
            revision: self.store.revision(),
            compact_revision: self.store.compact_revision(),
            alarms: self.alarms.iter().fold(0, |sum, alarm| {
                prng::draw(sum, alarm.member.0, alarm.alarm as u64)
            }),
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

    /// Who is in the cluster, as far as it has applied.
    pub(crate) fn configuration_facts(&self) -> ConfigurationFacts {
        let ids = |ids: &[u64]| ids.iter().copied().map(MemberId).collect();
        let configuration = self.consensus.configuration();
        ConfigurationFacts {
            voters: ids(configuration.get_voters()),
            learners: ids(configuration.get_learners()),
            members: self.membership.members().cloned().collect(),
            removed: self.membership.removed().collect(),
        }
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
