//! What can be seen from outside.

use raft::eraftpb::EntryType;

use super::proposal::describe;
use super::stop::Stop;
use super::view::{EntryView, Standing};
use super::{Member, MemberView};
use crate::command::Range;
use crate::id::{Index, MemberId, Revision, Term};

impl Member {
    /// How the member stands in the cluster now.
    pub fn standing(&self) -> Standing {
        let learners = self.consensus.configuration().get_learners();
        Standing {
            leader: self.consensus.leader(),
            is_learner: learners.contains(&self.config.id.0),
            is_new: self.is_new(),
        }
    }

    /// Lets chance draw otherwise from the next term on: for a simulator that looks at what may
    /// still come. A server has no use for it.
    pub fn reseed_later_terms(&mut self, seed: u64) {
        self.consensus.reseed_later_terms(seed);
    }

    /// The member as it is now. Made for drawing: of a long log it holds the last entries, of
    /// the store the first keys.
    pub fn view(&self) -> MemberView {
        let consensus = &self.consensus;
        let (election_elapsed_ticks, election_timeout_ticks) = consensus.timer_ticks();
        let (heartbeat_elapsed_ticks, heartbeat_timeout_ticks) = consensus.heartbeat_ticks();
        let log = self.log_view();
        let log_offset = log.first().map_or(consensus.last(), |entry| {
            Index(entry.index.0.saturating_sub(1))
        });
        MemberView {
            id: self.config.id,
            role: consensus.role(),
            term: consensus.term(),
            vote: consensus.vote(),
            leader: consensus.leader(),
            election_elapsed_ticks,
            election_timeout_ticks,
            heartbeat_elapsed_ticks,
            heartbeat_timeout_ticks,
            local: consensus.local().to_vec(),
            votes: consensus.votes(),
            voters: ids(consensus.configuration().get_voters()),
            learners: ids(consensus.configuration().get_learners()),
            members: self.membership.members().cloned().collect(),
            removed: self.membership.removed().collect(),
            is_leaving: self.is_leaving(),
            progress: consensus.progress(),
            quorum_index: consensus.quorum_index(),
            log,
            log_offset,
            synced: self.log.synced(consensus.synced()),
            handed: self.log.handed(),
            batch: self.log.batch(),
            commit: consensus.commit(),
            applied: self.applied,
            snapshot: self.snapshot,
            revision: self.store.revision(),
            compact_revision: self.store.compact_revision(),
            keys: self.first_keys(),
            watches: self.watches.view(),
            leases: self.lease_views(),
            alarms: self.alarms.iter().collect(),
            size_bytes: self.store.size_bytes(),
            size_in_use_bytes: self.store.size_in_use_bytes(),
            stopped: self.stop == Stop::Stopped,
        }
    }

    /// What its raft hands to itself is noted anew from here on, see [`MemberView::local`]. True
    /// when there was something, so that its view is another one now.
    pub fn begin_event(&mut self) -> bool {
        self.consensus.forget_local()
    }

    fn log_view(&self) -> Vec<EntryView> {
        let first = Index(self.consensus.last().0.saturating_sub(LOG_ENTRIES_SHOWN));
        self.consensus
            .entries()
            .filter(|entry| entry.index > first.0)
            .map(|entry| EntryView {
                index: Index(entry.index),
                term: Term(entry.term),
                text: describe(
                    entry.get_entry_type() != EntryType::EntryNormal,
                    &entry.data,
                ),
            })
            .collect()
    }

    fn first_keys(&self) -> Vec<(bytes::Bytes, bytes::Bytes)> {
        let range = Range {
            key: bytes::Bytes::from_static(&[0]),
            range_end: bytes::Bytes::from_static(&[0]),
            limit: KEYS_SHOWN,
            revision: Revision(0),
            ..Range::default()
        };
        let reply = self.store.range(&range).unwrap_or_default();
        reply
            .key_values
            .into_iter()
            .map(|kv| (kv.key, kv.value))
            .collect()
    }
}

fn ids(ids: &[u64]) -> Vec<MemberId> {
    ids.iter().copied().map(MemberId).collect()
}

/// Entries of the log in a view.
const LOG_ENTRIES_SHOWN: u64 = 200;
/// Keys of the store in a view.
const KEYS_SHOWN: i64 = 50;
