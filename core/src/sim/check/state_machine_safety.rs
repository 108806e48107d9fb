//! State machine safety: no two members apply different entries at one index, so those that have
//! applied as far have written the same.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::{Index, Revision};
use crate::sim::action::Node;
use crate::trace::TraceKind;

/// Raft paper §5.4.3, Figure 3: an applied index determines how far the store is, and a revision
/// what was written at it, and which alarms are raised. What compaction has left of that is for `store_hash`.
#[derive(Debug, Default)]
pub(super) struct StateMachineSafety {
    places: BTreeMap<Index, Place>,
    /// A checksum of what was written at each revision.
    writes: BTreeMap<Revision, (u32, Node)>,
    /// How far each start of each member has been looked at.
    looked_at: BTreeMap<Node, (u64, Index, Revision)>,
}

/// Where a store stood after an index.
#[derive(Debug)]
struct Place {
    revision: Revision,
    compact_revision: Revision,
    alarms: u64,
    seen_on: Node,
}

impl StateMachineSafety {
    /// A member whose store is another one now is looked at from the beginning.
    pub(super) fn hear(&mut self, node: Node, kind: &TraceKind) {
        if let TraceKind::SnapshotApplied { .. } = kind {
            self.looked_at.remove(&node);
        }
    }

    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let facts = &scene.facts;
        let now = (scene.start, facts.applied, facts.revision);
        let before = self.looked_at.insert(scene.node, now);
        if before == Some(now) {
            return Ok(());
        }
        self.compare_place(scene)?;
        let until = match before {
            Some((start, _, until)) if start == scene.start => until,
            _ => Revision(0),
        };
        // Of what was compacted nobody has all.
        let until = until.max(facts.compact_revision);
        if until >= facts.revision {
            return Ok(());
        }
        for (revision, written) in scene.subject.written_after(until) {
            let known = self.writes.entry(revision).or_insert((written, scene.node));
            if known.0 != written {
                return Err(broken(format!(
                    "{} has written something else at revision {revision} than {}",
                    scene.node, known.1
                )));
            }
        }
        Ok(())
    }

    fn compare_place(&mut self, scene: &Scene<'_>) -> Verdict {
        let facts = &scene.facts;
        let place = self.places.entry(facts.applied).or_insert_with(|| Place {
            revision: facts.revision,
            compact_revision: facts.compact_revision,
            alarms: facts.alarms,
            seen_on: scene.node,
        });
        let is_same =
            place.revision == facts.revision && place.compact_revision == facts.compact_revision;
        if is_same && place.alarms == facts.alarms {
            return Ok(());
        }
        if is_same {
            return Err(broken(format!(
                "after index {} {} knows of other alarms than {} did",
                facts.applied, scene.node, place.seen_on
            )));
        }
        Err(broken(format!(
            "after index {} the store of {} is at revision {}, compacted at {}; that of {} was at \
             {}, compacted at {}",
            facts.applied,
            scene.node,
            facts.revision,
            facts.compact_revision,
            place.seen_on,
            place.revision,
            place.compact_revision
        )))
    }
}

fn broken(text: String) -> Broken {
    Broken {
        property: "state machine safety",
        source: "Raft paper §5.4.3, Figure 3",
        text,
    }
}
