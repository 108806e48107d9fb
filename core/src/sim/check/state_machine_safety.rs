//! State machine safety: members that have applied up to the same index have the same store.

use std::collections::BTreeMap;

use super::{Broken, Scene, Verdict};
use crate::id::{Index, Revision};
use crate::sim::action::Node;

/// Raft paper §5.4.3, Figure 3.
#[derive(Debug, Default)]
pub(super) struct StateMachineSafety {
    stores: BTreeMap<Index, Store>,
}

#[derive(Debug)]
struct Store {
    hash: u32,
    revision: Revision,
    seen_on: Node,
}

impl StateMachineSafety {
    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let view = scene.view;
        let store = self.stores.entry(view.applied).or_insert_with(|| Store {
            hash: scene.store_hash,
            revision: view.revision,
            seen_on: scene.node,
        });
        if store.hash == scene.store_hash && store.revision == view.revision {
            return Ok(());
        }
        Err(Broken {
            property: "state machine safety",
            source: "Raft paper §5.4.3, Figure 3",
            text: format!(
                "after index {} the store of {} has hash {:08x} at revision {}, that of {} had \
                 {:08x} at revision {}",
                view.applied,
                scene.node,
                scene.store_hash,
                view.revision,
                store.seen_on,
                store.hash,
                store.revision
            ),
        })
    }
}
