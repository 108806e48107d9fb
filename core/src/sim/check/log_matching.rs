//! Log matching, on what is committed: two members never have different entries at one index.

use std::collections::BTreeMap;

use super::{Broken, Scene, Verdict};
use crate::id::{Index, Term};
use crate::sim::action::Node;

/// Raft paper §5.3, Figure 3. The paper's property is about whole logs; uncommitted ends may
/// differ between terms, committed entries never.
#[derive(Debug, Default)]
pub(super) struct LogMatching {
    committed: BTreeMap<Index, Committed>,
    /// How far each start of each member has been looked at.
    looked_at: BTreeMap<Node, (u64, Index)>,
}

#[derive(Debug)]
struct Committed {
    term: Term,
    text: String,
    seen_on: Node,
}

impl LogMatching {
    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let view = scene.view;
        if self.looked_at.get(&scene.node) == Some(&(scene.start, view.commit)) {
            return Ok(());
        }
        self.looked_at
            .insert(scene.node, (scene.start, view.commit));
        for entry in &view.log {
            if entry.index > view.commit {
                break;
            }
            let known = self
                .committed
                .entry(entry.index)
                .or_insert_with(|| Committed {
                    term: entry.term,
                    text: entry.text.clone(),
                    seen_on: scene.node,
                });
            if known.term != entry.term || known.text != entry.text {
                return Err(Broken {
                    property: "log matching",
                    source: "Raft paper §5.3, Figure 3",
                    text: format!(
                        "at index {} {} committed `{}` of term {}, {} `{}` of term {}",
                        entry.index,
                        known.seen_on,
                        known.text,
                        known.term,
                        scene.node,
                        entry.text,
                        entry.term
                    ),
                });
            }
        }
        Ok(())
    }
}
