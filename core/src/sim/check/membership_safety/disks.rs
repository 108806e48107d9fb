//! What is durable on each member's disk, as it said itself: it stays so when the member crashes.

use crate::collections::BTreeMap;
use crate::id::{Index, MemberId, Term};
use crate::sim::action::Node;
use crate::sim::check::Scene;
use crate::trace::TraceKind;

/// All disks.
#[derive(Debug, Default)]
pub(super) struct Disks {
    disks: BTreeMap<Node, Disk>,
}

#[derive(Debug)]
struct Disk {
    id: MemberId,
    /// Of which life it was looked at last.
    start: u64,
    /// All up to here is in a snapshot, or was once: what is in one is committed.
    behind: Index,
    /// Where terms begin, in ascending order.
    terms: Vec<(Index, Term)>,
    /// The log ends here.
    end: Index,
    /// It said that it had synced up to here. One that stands still and goes on to stop may do so
    /// within one event, and is not there to be looked at behind it.
    said: Index,
}

impl Disks {
    /// Looks at what is new.
    pub(super) fn look(&mut self, scene: &Scene<'_>) {
        let facts = &scene.facts;
        let disk = self
            .disks
            .entry(scene.node)
            .or_insert_with(|| Disk::new(facts.id));
        if disk.start != scene.start {
            *disk = Disk::new(facts.id);
            disk.start = scene.start;
        }
        let synced = facts.synced.min(facts.last);
        disk.said = synced;
        disk.cut(synced);
        if synced > disk.end {
            let entries = scene.subject.entries_from(disk.end.next());
            for entry in entries.iter().take_while(|entry| entry.index <= synced) {
                disk.add(entry.index, entry.term);
            }
        }
    }

    /// What a member gives up, or gets in one piece.
    pub(super) fn hear(&mut self, node: Node, kind: &TraceKind) {
        let Some(disk) = self.disks.get_mut(&node) else {
            return;
        };
        match kind {
            TraceKind::Synced { index, .. } => disk.said = *index,
            TraceKind::LogTruncated { from } => {
                let end = Index(from.0.saturating_sub(1));
                disk.said = disk.said.min(end);
                disk.cut(end);
            }
            TraceKind::SnapshotApplied { index, .. } => {
                disk.terms.clear();
                disk.behind = *index;
                disk.end = *index;
                disk.said = *index;
            }
            _ => {}
        }
    }

    pub(super) fn forget(&mut self, node: Node) {
        self.disks.remove(&node);
    }

    /// Whether an entry is on a member's disk.
    pub(super) fn have(&self, id: MemberId, index: Index, term: Term) -> bool {
        self.all(index, term).any(|other| other == id)
    }

    /// On whose disks an entry is.
    pub(super) fn all(&self, index: Index, term: Term) -> impl Iterator<Item = MemberId> {
        let disks = self.disks.values();
        disks
            .filter(move |disk| disk.has(index, term))
            .map(|disk| disk.id)
    }
}

impl Disk {
    fn new(id: MemberId) -> Self {
        Self {
            id,
            start: 0,
            behind: Index(0),
            terms: Vec::new(),
            end: Index(0),
            said: Index(0),
        }
    }

    fn add(&mut self, index: Index, term: Term) {
        if index != self.end.next() {
            // What stood before is in a snapshot by now.
            self.behind = Index(index.0 - 1);
            self.terms.clear();
        }
        self.end = index;
        if self.terms.last().is_none_or(|(_, last)| *last != term) {
            self.terms.push((index, term));
        }
    }

    fn cut(&mut self, end: Index) {
        if end < self.end && end >= self.behind {
            self.end = end;
            self.terms.retain(|(first, _)| *first <= end);
        }
    }

    fn has(&self, index: Index, term: Term) -> bool {
        if index <= self.behind || (self.end < index && index <= self.said) {
            return true;
        }
        let at = self.terms.partition_point(|(first, _)| *first <= index);
        let found = at.checked_sub(1).and_then(|at| self.terms.get(at));
        index <= self.end && found.is_some_and(|(_, found)| *found == term)
    }
}
