//! A place in a queue, given up when nobody waits in it any more.

use bytes::Bytes;
use quorate_core::command::{DeleteRange, RequestOp, Txn};
use quorate_core::id::Revision;

use super::created_at;
use crate::grpc::Api;

/// The key of a caller that waits. If the call ends before its turn has come, by an error or
/// because its client went away, the key is deleted, so that nobody waits for it.
pub(in crate::grpc) struct Place {
    api: Api,
    key: Bytes,
    created: Revision,
    is_kept: bool,
}

impl Place {
    /// The place of a key that was created at a revision.
    pub(in crate::grpc) fn new(api: &Api, key: Bytes, created: Revision) -> Self {
        Self {
            api: api.clone(),
            key,
            created,
            is_kept: false,
        }
    }

    /// The caller has its turn: the key stays.
    pub(in crate::grpc) fn keep(mut self) -> Bytes {
        self.is_kept = true;
        std::mem::take(&mut self.key)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        // Not a key of the same name that somebody made later.
        let give_up = Txn {
            compare: vec![created_at(&self.key, self.created)],
            success: vec![RequestOp::DeleteRange(DeleteRange {
                key: self.key.clone(),
                ..DeleteRange::default()
            })],
            failure: Vec::new(),
        };
        let api = self.api.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // If it fails the key lives as long as its lease.
            runtime.spawn(async move { api.txn(give_up).await.map(drop) });
        }
    }
}
