//! Leases in the store: which keys hang on which, and what goes when a lease does.

use bytes::Bytes;

use super::Store;
use super::key::Key;
use super::version::VersionId;
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
        let has_keys = self
            .leases
            .get(id)
            .is_some_and(|lease| lease.keys().next().is_some());
        if has_keys {
            self.check_revision()?;
        }
        let lease = self.leases.remove(id).ok_or(Error::LeaseNotFound)?;
        self.sizes.count_leases(self.leases.iter().len());
        let mut writing = self.begin();
        let keys: Vec<Bytes> = lease.keys().cloned().collect();
        let deleted = keys.len();
        for key in keys {
            self.bury(writing.take_id(), key);
        }
        self.end(writing, Ok(deleted))
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

    /// Takes over what a request has changed, once it is committed: every write of a key replaces
    /// what it hung on before.
    pub(super) fn hang_keys_on_leases(&mut self) {
        if self.leases.is_empty() {
            return;
        }
        let first = VersionId::first_of(self.revision);
        for (id, record) in self.records.range(first..) {
            let found = self.keys.get(&Key::from(&record.key));
            let Some((version, before)) = found.and_then(|history| history.find(*id)) else {
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
    }
}

/// What a key without a lease says.
const NO_LEASE: LeaseId = LeaseId(0);
