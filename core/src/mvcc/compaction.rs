//! Compaction: at once in what may be read, in bounded steps in what is stored.

use bytes::Bytes;

use super::Store;
use super::key::Key;
use super::version::VersionId;
use crate::error::Error;
use crate::id::Revision;
use crate::known_bug::KnownBug;
use crate::limits::REVISION_MAX;

/// How far the store has forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compaction {
    /// Below this nothing may be read.
    logical: Revision,
    /// Up to this, superseded versions are being removed: `logical`, or the compact revision of
    /// the oldest pin.
    target: Revision,
    /// The first version not gone through yet on the way to `target`.
    next: VersionId,
}

impl Default for Compaction {
    fn default() -> Self {
        Self::done(Revision(-1))
    }
}

impl Compaction {
    /// A store from which all that is superseded at a revision has been removed.
    pub(super) fn done(revision: Revision) -> Self {
        Self {
            logical: revision,
            target: revision,
            next: after(revision),
        }
    }

    pub(super) fn logical(&self) -> Revision {
        self.logical
    }
}

impl Store {
    /// Forgets what was superseded at or before a revision. Only logically: the space is given
    /// back by [`Store::compact_step`].
    ///
    /// # Errors
    /// [`Error::Compacted`] at or below the last compaction, [`Error::FutureRevision`] above the
    /// newest revision.
    pub(super) fn compact(&mut self, revision: Revision) -> Result<(), Error> {
        if revision <= self.compaction.logical {
            return Err(Error::Compacted);
        }
        if revision > self.revision {
            return Err(Error::FutureRevision);
        }
        self.begin_compaction_hash(revision);
        self.compaction.logical = revision;
        let last = self
            .records
            .range(..=VersionId::last_of(revision))
            .next_back();
        if let Some((_, record)) = last {
            self.sizes.forget(record.freed_bytes);
        }
        self.aim_compaction();
        Ok(())
    }

    /// Moves the revision on without a write, and forgets all that was superseded: a store that
    /// was restored from a backup must not give out revisions again that clients have seen, and
    /// has to tell watchers of such revisions that they missed something (etcd issue 16028).
    ///
    /// # Errors
    /// There is no such revision.
    pub(crate) fn bump_revision(&mut self, amount: u64) -> Result<(), String> {
        let bumped = i64::try_from(amount)
            .ok()
            .and_then(|amount| self.revision.0.checked_add(amount))
            .filter(|bumped| *bumped <= REVISION_MAX)
            .ok_or_else(|| format!("revision {} + {amount} is too large", self.revision))?;
        self.revision = Revision(bumped);
        self.compact(self.revision)
            .map_err(|error| error.to_string())?;
        while self.compact_step(usize::MAX) {}
        Ok(())
    }

    /// Goes through at most `budget` versions and removes what they superseded. True when there
    /// is more to do; false when there is not, or not before a pin is given back.
    pub fn compact_step(&mut self, budget: usize) -> bool {
        if self.compaction_hash_step(budget) {
            return self.compact_step_waits();
        }
        let last = VersionId::last_of(self.compaction.target);
        for _ in 0..budget {
            if self.compaction.next > last {
                return false;
            }
            let next = self.records.range(self.compaction.next..=last).next();
            let Some((id, key)) = next.map(|(id, record)| (id, record.key.clone())) else {
                self.compaction.next = after(self.compaction.target);
                return false;
            };
            self.compaction.next = following(id);
            self.remove_superseded_by(id, &key);
        }
        self.compaction.next <= last
    }

    /// Whether [`Store::compact_step`] has anything to do.
    pub fn compact_step_waits(&self) -> bool {
        self.compaction_hashes.is_running()
            || self.compaction.next <= VersionId::last_of(self.compaction.target)
    }

    /// Whether forgotten versions are still stored, be it because of a pin.
    pub fn is_compacting(&self) -> bool {
        self.compaction.target < self.compaction.logical || self.compact_step_waits()
    }

    /// Sets the target anew, after a compaction and when a pin is gone.
    pub(super) fn aim_compaction(&mut self) {
        let compaction = &mut self.compaction;
        let aim = self
            .pins
            .oldest_compact_revision()
            .map_or(compaction.logical, |pinned| pinned.min(compaction.logical));
        if aim > compaction.target {
            // Tombstones exactly at the old target were left, and are due now.
            let again = VersionId::first_of(compaction.target);
            compaction.next = compaction.next.min(again);
            compaction.target = aim;
        }
    }

    /// A version at or below the target supersedes all older ones of its key, and a tombstone
    /// below the target itself too. Nearly always this is one version or none: older ones went
    /// when this one's predecessor was gone through.
    fn remove_superseded_by(&mut self, id: VersionId, key: &Bytes) {
        let tree_key = Key::from(key);
        let Some(history) = self.keys.get_mut(&tree_key) else {
            return;
        };
        while let Some(version) = history.pop_oldest_before(id) {
            self.records.remove(version.id);
            self.sizes.remove(key, &version);
        }
        let oldest = history.oldest();
        let is_lost = self.bugs.has(KnownBug::CompactionLosesLiveRevision)
            && oldest.id == id
            && id.main == self.compaction.target;
        let drops_delete = self.bugs.has(KnownBug::CompactionDropsDelete);
        let is_due = oldest.is_tombstone() && (id.main < self.compaction.target || drops_delete);
        if oldest.id != id || !(is_due || is_lost) {
            return;
        }
        self.records.remove(id);
        self.sizes.remove(key, oldest);
        if history.pop_oldest_before(following(id)).is_none() {
            self.keys.remove(&tree_key);
        }
    }
}

/// The first version above a main revision.
fn after(revision: Revision) -> VersionId {
    VersionId::first_of(Revision(revision.0.saturating_add(1)))
}

/// The smallest id above another.
fn following(id: VersionId) -> VersionId {
    match id.sub.checked_add(1) {
        Some(sub) => VersionId { main: id.main, sub },
        None => after(id.main),
    }
}
