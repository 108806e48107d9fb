//! Log matching, on what is committed: two members never have different entries at one index.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::Index;
use crate::member::EntryFacts;
use crate::sim::action::Node;
use crate::trace::TraceKind;

/// Raft paper §5.3, Figure 3. The paper's property is about whole logs; uncommitted ends may
/// differ between terms, committed entries never.
///
/// An entry is looked at once in each life of a member, as soon as that knows it to be committed.
/// It stays as it was, or the member says that it took it away.
#[derive(Debug, Default)]
pub(super) struct LogMatching {
    committed: BTreeMap<Index, Committed>,
    /// How far each start of each member has been looked at.
    looked_at: BTreeMap<Node, (u64, Index)>,
}

#[derive(Debug)]
struct Committed {
    entry: EntryFacts,
    seen_on: Node,
}

impl LogMatching {
    pub(super) fn hear(&mut self, node: Node, start: u64, kind: &TraceKind) -> Verdict {
        let TraceKind::LogTruncated { from } = kind else {
            return Ok(());
        };
        match self.looked_at.get(&node) {
            Some((of, until)) if *of == start && from <= until => Err(broken(format!(
                "{node} took entries from {from} on away, and had known {until} to be committed"
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let commit = scene.facts.commit;
        let until = match self.looked_at.insert(scene.node, (scene.start, commit)) {
            Some((start, until)) if start == scene.start => until,
            _ => Index(0),
        };
        if until >= commit {
            return Ok(());
        }
        for entry in scene.subject.entries_from(until.next()) {
            if entry.index > commit {
                break;
            }
            self.compare(scene.node, entry)?;
        }
        Ok(())
    }

    fn compare(&mut self, node: Node, entry: EntryFacts) -> Verdict {
        let Some(known) = self.committed.get(&entry.index) else {
            let index = entry.index;
            let seen_on = node;
            self.committed.insert(index, Committed { entry, seen_on });
            return Ok(());
        };
        if known.entry == entry {
            return Ok(());
        }
        Err(broken(format!(
            "at index {} {} committed `{}` of term {}, {node} `{}` of term {}",
            entry.index,
            known.seen_on,
            known.entry.text(),
            known.entry.term,
            entry.text(),
            entry.term
        )))
    }
}

fn broken(text: String) -> Broken {
    Broken {
        property: "log matching",
        source: "Raft paper §5.3, Figure 3",
        text,
    }
}
