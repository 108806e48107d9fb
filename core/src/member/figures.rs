//! Numbers about a member, for those who watch over it.

use super::{Member, Role};
use crate::id::{Index, MemberId, Revision, Term};
use crate::mvcc::WatchFigures;
use crate::probe::Probe;

/// A member in numbers, at one moment. Cheaper to make than a [`super::MemberView`], and without
/// the contents of anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The leader it knows.
    pub leader: MemberId,
    /// Its role.
    pub role: Role,
    /// Whether it is a learner.
    pub is_learner: bool,
    /// Its term.
    pub term: Term,
    /// Whom it voted for in this term.
    pub vote: MemberId,
    /// Committed as far as it knows.
    pub committed: Index,
    /// Carried out by its store.
    pub applied: Index,
    /// Writes of its clients that are not carried out yet.
    pub pending_writes: usize,
    /// Linearizable reads of its clients that are not answered yet.
    pub pending_reads: usize,
    /// Rounds of reads that had to be asked for again, since the start.
    pub repeated_read_rounds: u64,
    /// The store's revision.
    pub revision: Revision,
    /// The store's compaction; -1 when there was none.
    pub compact_revision: Revision,
    /// Keys that are there.
    pub keys: u64,
    /// What etcd calls the size of the database.
    pub store_size_bytes: u64,
    /// As above, without what is forgotten and not given back.
    pub store_size_in_use_bytes: u64,
    /// Long readers of the store: snapshots and checkpoints under way.
    pub store_pins: usize,
    /// Leases that are there.
    pub leases: usize,
    /// The watches.
    pub watches: WatchFigures,
}

impl Member {
    /// The member in numbers.
    pub fn figures(&self) -> Figures {
        Figures {
            leader: self.consensus.leader(),
            role: self.consensus.role(),
            is_learner: self.is_learner(),
            term: self.consensus.term(),
            vote: self.consensus.vote(),
            committed: self.consensus.commit(),
            applied: self.applied,
            pending_writes: self.writes.count(),
            pending_reads: self.reads.count() + self.long_reads.count(),
            repeated_read_rounds: self.reads.repeated_rounds(),
            revision: self.store.revision(),
            compact_revision: self.store.compact_revision(),
            keys: self.store.key_count(),
            store_size_bytes: self.store.size_bytes(),
            store_size_in_use_bytes: self.store.size_in_use_bytes(),
            store_pins: self.store.pin_count(),
            leases: self.store.leases().iter().count(),
            watches: self.watches.figures(),
        }
    }

    /// Has the member's work measured from now on.
    pub fn measure(&mut self, probe: Box<dyn Probe>) {
        self.probe = Some(probe);
    }
}
