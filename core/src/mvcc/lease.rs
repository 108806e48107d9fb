//! Leases in the store: which keys hang on which, and what goes when a lease does.

use bytes::Bytes;

use super::key::Key;
use super::version::VersionId;
use super::{Store, Task};
use crate::command::{LeaseCheckpoint, LeaseGrant, LeaseGrantReply};
use crate::error::Error;
use crate::id::LeaseId;
use crate::lease::{Lease, LeaseRecord, Leases};

impl Store {
    /// The leases.
    pub fn leases(&self) -> &Leases {
        &self.leases
    }

    /// Puts the leases of a snapshot into a store that was loaded from its chunks.
    ///
    /// # Errors
    /// When they are none that a store can have, or a key hangs on one that is not among them.
    pub fn restore_leases(&mut self, records: Vec<LeaseRecord>) -> Result<(), String> {
        let mut leases = Leases::from_records(records)?;
        for (key, history) in &self.keys {
            let lease = history.live().map_or(NO_LEASE, |version| version.lease);
            if lease != NO_LEASE && !leases.attach(lease, key.bytes().clone()) {
                let key = key.bytes();
                return Err(format!(
                    "{key:?} hangs on lease {lease}, which does not exist"
                ));
            }
        }
        self.leases = leases;
        self.sizes.count_leases(self.leases.iter().len());
        Ok(())
    }

    /// Ends a lease: all its keys are deleted at one revision, in ascending order. A lease
    /// without keys writes nothing. Answers how many were deleted.
    ///
    /// # Errors
    /// [`Error::LeaseNotFound`].
    pub fn revoke(&mut self, id: LeaseId) -> Result<usize, Error> {
        let mut task = Task::revoke(id, self);
        loop {
            if let Some(result) = self.step(&mut task, &mut usize::MAX.clone()) {
                return result.map(|_| task.revoked_keys());
            }
        }
    }

    /// The keys that go with a lease, in ascending order.
    ///
    /// # Errors
    /// [`Error::LeaseNotFound`].
    pub(super) fn begin_revoke(&mut self, id: LeaseId) -> Result<Vec<Bytes>, Error> {
        let lease = self.leases.get(id).ok_or(Error::LeaseNotFound)?;
        let keys = lease.keys().cloned().collect();
        // What it took itself is free before its keys are buried.
        self.sizes.count_leases(self.leases.iter().len() - 1);
        Ok(keys)
    }

    /// Its keys are gone: so is it.
    pub(super) fn forget_lease(&mut self, id: LeaseId) {
        self.leases.remove(id);
        self.sizes.count_leases(self.leases.iter().len());
    }

    pub(super) fn grant(&mut self, grant: LeaseGrant) -> Result<LeaseGrantReply, Error> {
        self.leases.grant(grant.id, grant.ttl_seconds)?;
        self.sizes.count_leases(self.leases.iter().len());
        let ttl_seconds = self
            .leases
            .get(grant.id)
            .map_or(grant.ttl_seconds, |lease: &Lease| lease.granted_ttl_seconds);
        let id = grant.id;
        Ok(LeaseGrantReply { id, ttl_seconds })
    }

    pub(super) fn checkpoint_leases(&mut self, checkpoints: &[LeaseCheckpoint]) {
        for checkpoint in checkpoints {
            self.leases
                .checkpoint(checkpoint.id, checkpoint.remaining_ttl_seconds);
        }
    }

    pub(super) fn check_lease(&self, lease: LeaseId) -> Result<(), Error> {
        if lease == NO_LEASE || self.leases.contains(lease) {
            Ok(())
        } else {
            Err(Error::LeaseNotFound)
        }
    }

    /// Takes over what a request has changed, before it is committed: every write of a key
    /// replaces what it hung on before. True when all is taken over; `next` is how far it came.
    pub(super) fn hang_keys_on_leases(&mut self, next: &mut VersionId, budget: &mut usize) -> bool {
        if self.leases.is_empty() {
            return true;
        }
        for (id, record) in self.records.range(*next..) {
            if *budget == 0 {
                *next = id;
                return false;
            }
            *budget -= 1;
            let found = self.keys.get(&Key::from(&record.key));
            let Some((version, before)) = found.and_then(|history| history.find(id)) else {
                continue;
            };
            let old = before.map_or(NO_LEASE, |before| before.lease);
            if old == version.lease {
                continue;
            }
            self.leases.detach(old, &record.key);
            if version.lease != NO_LEASE {
                self.leases.attach(version.lease, record.key.clone());
            }
        }
        true
    }
}

/// What a key without a lease says.
const NO_LEASE: LeaseId = LeaseId(0);
