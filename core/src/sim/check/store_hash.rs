//! Equal stores: at one revision, compacted at one revision, the stores of all members have one
//! hash.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::Revision;
use crate::sim::action::Node;
use crate::trace::TraceKind;

/// etcd's corruption check: `HashKV` of one revision is the same on all members whose compact
/// revision is the same (`server/etcdserver/corrupt.go`). Raft paper §5.4.3 says why it must be.
///
/// Hashing goes through all of a store, so it is done where something may have gone wrong with
/// what is stored already: after a start, behind a snapshot that took the store's place, behind a
/// compaction, and each time so many revisions have been written. Then at the last such place
/// too, for it is there that others have been looked at.
#[derive(Debug, Default)]
pub(super) struct StoreHash {
    /// By compact revision, then by revision.
    hashes: BTreeMap<(Revision, Revision), (u32, Node)>,
    members: BTreeMap<Node, Looked>,
}

/// Up to where a member has been looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Looked {
    start: u64,
    compact_revision: Revision,
    /// How many steps of [`STEP_REVISIONS`] its store had made.
    steps: i64,
}

impl StoreHash {
    /// A member whose store is another one now is looked at again.
    pub(super) fn hear(&mut self, node: Node, kind: &TraceKind) {
        if let TraceKind::SnapshotApplied { .. } = kind {
            self.members.remove(&node);
        }
    }

    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let facts = &scene.facts;
        let now = Looked {
            start: scene.start,
            compact_revision: facts.compact_revision,
            steps: facts.revision.0 / STEP_REVISIONS,
        };
        if self.members.insert(scene.node, now) == Some(now) {
            return Ok(());
        }
        self.compare(scene)
    }

    /// Looks at a member in any case.
    pub(super) fn compare(&mut self, scene: &Scene<'_>) -> Verdict {
        let facts = &scene.facts;
        let compact_revision = facts.compact_revision;
        let here = (compact_revision, facts.revision);
        let known = self.hashes.range((compact_revision, Revision(0))..here);
        if let Some(((_, revision), _)) = known.last() {
            self.compare_at(scene, *revision)?;
        }
        self.compare_at(scene, facts.revision)
    }

    fn compare_at(&mut self, scene: &Scene<'_>, revision: Revision) -> Verdict {
        let compact_revision = scene.facts.compact_revision;
        let Some(hash) = scene.subject.hash_at(revision) else {
            return Ok(());
        };
        let known = self.hashes.entry((compact_revision, revision));
        let known = known.or_insert((hash, scene.node));
        if known.0 == hash {
            return Ok(());
        }
        Err(Broken {
            property: "equal stores",
            source: "Raft paper §5.4.3; etcd's HashKV",
            text: format!(
                "at revision {revision}, compacted at {compact_revision}, the store of {} has \
                 hash {hash:08x}, that of {} had {:08x}",
                scene.node, known.1, known.0
            ),
        })
    }
}

/// Revisions between two looks.
const STEP_REVISIONS: i64 = 64;
