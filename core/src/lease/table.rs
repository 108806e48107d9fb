//! What is agreed on about leases.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use crate::collections::{BTreeMap, BTreeSet};
use crate::error::Error;
use crate::id::LeaseId;
use crate::limits::{LEASE_TTL_SECONDS_MAX, LEASES_MAX};

/// All leases, the same on every member that has applied the same log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leases {
    all: BTreeMap<LeaseId, Lease>,
}

/// One lease.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    /// How long a keep-alive gives it, in seconds.
    pub granted_ttl_seconds: i64,
    /// What the last checkpoint says is left of it, in seconds; 0 when there is none.
    pub remaining_ttl_seconds: i64,
    keys: BTreeSet<Bytes>,
}

/// One lease in a snapshot. Its keys are not listed: every key says which lease it hangs on.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaseRecord {
    /// Which.
    pub id: LeaseId,
    /// As [`Lease::granted_ttl_seconds`].
    pub granted_ttl_seconds: i64,
    /// As [`Lease::remaining_ttl_seconds`].
    pub remaining_ttl_seconds: i64,
}

impl Lease {
    /// The keys that hang on it, in ascending order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Bytes> {
        self.keys.iter()
    }

    /// How much of it a leader that begins to count has to give, in seconds.
    pub fn ttl_seconds(&self) -> i64 {
        if self.remaining_ttl_seconds > 0 {
            self.remaining_ttl_seconds
        } else {
            self.granted_ttl_seconds
        }
    }
}

impl Leases {
    /// Makes a lease without keys.
    ///
    /// # Errors
    /// [`Error::LeaseNotFound`] for id 0, which is no lease's; [`Error::LeaseTtlTooLarge`];
    /// [`Error::LeaseExists`]; [`Error::TooManyRequests`] when there are
    /// [`crate::limits::LEASES_MAX`] already (etcd has no such limit).
    pub fn grant(&mut self, id: LeaseId, ttl_seconds: i64) -> Result<(), Error> {
        if id == LeaseId(0) {
            return Err(Error::LeaseNotFound);
        }
        if ttl_seconds > LEASE_TTL_SECONDS_MAX {
            return Err(Error::LeaseTtlTooLarge);
        }
        if self.all.contains_key(&id) {
            return Err(Error::LeaseExists);
        }
        if self.all.len() >= LEASES_MAX {
            return Err(Error::TooManyRequests);
        }
        let lease = Lease {
            granted_ttl_seconds: ttl_seconds.max(1),
            ..Lease::default()
        };
        self.all.insert(id, lease);
        Ok(())
    }

    /// Takes a lease away; its keys are the caller's to delete. Nothing when there is none.
    pub fn remove(&mut self, id: LeaseId) -> Option<Lease> {
        self.all.remove(&id)
    }

    /// Notes what is left of a lease; one that is gone is passed over, as in etcd.
    pub fn checkpoint(&mut self, id: LeaseId, remaining_ttl_seconds: i64) {
        if let Some(lease) = self.all.get_mut(&id) {
            lease.remaining_ttl_seconds = remaining_ttl_seconds.clamp(0, lease.granted_ttl_seconds);
        }
    }

    /// Hangs a key on a lease. False when there is no such lease.
    pub fn attach(&mut self, id: LeaseId, key: Bytes) -> bool {
        match self.all.get_mut(&id) {
            Some(lease) => {
                lease.keys.insert(key);
                true
            }
            None => false,
        }
    }

    /// Takes a key off a lease, if it hangs on it.
    pub fn detach(&mut self, id: LeaseId, key: &Bytes) {
        if let Some(lease) = self.all.get_mut(&id) {
            lease.keys.remove(key);
        }
    }

    /// One lease.
    pub fn get(&self, id: LeaseId) -> Option<&Lease> {
        self.all.get(&id)
    }

    /// Whether a lease exists.
    pub fn contains(&self, id: LeaseId) -> bool {
        self.all.contains_key(&id)
    }

    /// All of them, in ascending order of ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (LeaseId, &Lease)> {
        self.all.iter().map(|(id, lease)| (*id, lease))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// As a snapshot has them.
    pub fn records(&self) -> Vec<LeaseRecord> {
        let record = |(id, lease): (LeaseId, &Lease)| LeaseRecord {
            id,
            granted_ttl_seconds: lease.granted_ttl_seconds,
            remaining_ttl_seconds: lease.remaining_ttl_seconds,
        };
        self.iter().map(record).collect()
    }

    /// From a snapshot, without their keys.
    ///
    /// # Errors
    /// When no store can have had these.
    pub fn from_records(records: Vec<LeaseRecord>) -> Result<Self, String> {
        let mut leases = Self::default();
        for record in records {
            let id = record.id;
            if record.granted_ttl_seconds < 1 {
                return Err(format!("lease {id} has no time"));
            }
            leases
                .grant(id, record.granted_ttl_seconds)
                .map_err(|error| format!("lease {id}: {error}"))?;
            leases.checkpoint(id, record.remaining_ttl_seconds);
        }
        Ok(leases)
    }
}
