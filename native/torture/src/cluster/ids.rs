//! Which member each node is, and was: one that takes another's place has another id.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use quorate_core::id::MemberId;

/// All ids of each node, the newest last. A clone is of the same ones.
#[derive(Clone)]
pub(super) struct Ids {
    of_nodes: Arc<RwLock<Vec<Vec<MemberId>>>>,
}

impl Ids {
    /// The first id of each node.
    pub(super) fn new(first: impl Iterator<Item = MemberId>) -> Self {
        Self {
            of_nodes: Arc::new(RwLock::new(first.map(|id| vec![id]).collect())),
        }
    }

    /// Which node bears an id, or has.
    pub(super) fn node_of(&self, id: MemberId) -> Option<usize> {
        self.read().iter().position(|ids| ids.contains(&id))
    }

    /// Which member a node is now.
    pub(super) fn newest(&self, node: usize) -> MemberId {
        let ids = self.read();
        let of_node = ids.get(node).and_then(|ids| ids.last());
        of_node.copied().unwrap_or(MemberId::NONE)
    }

    /// A node is another member from now on.
    pub(super) fn add(&self, node: usize, id: MemberId) {
        let mut ids = self
            .of_nodes
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(of_node) = ids.get_mut(node) {
            of_node.push(id);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Vec<MemberId>>> {
        // Nothing is done under the lock that could panic half way.
        self.of_nodes.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_known_by_all_its_ids() {
        let ids = Ids::new([MemberId(1), MemberId(2)].into_iter());
        ids.clone().add(1, MemberId(7));
        assert_eq!(ids.node_of(MemberId(2)), Some(1));
        assert_eq!(ids.node_of(MemberId(7)), Some(1));
        assert_eq!(ids.newest(1), MemberId(7));
        assert_eq!(ids.node_of(MemberId(9)), None);
    }
}
