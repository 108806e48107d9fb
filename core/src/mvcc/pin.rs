//! Pins: a long reader's promise from the store that nothing it may read goes away.

use super::Store;
use crate::collections::BTreeMap;
use crate::id::Revision;

/// A view of the store as it was at one moment. Give it back with [`Store::unpin`].
///
/// A pin keeps forgotten versions in memory, so a reader should not hold one longer than it
/// reads.
#[derive(Debug, PartialEq, Eq)]
pub struct Pin {
    number: u64,
    revision: Revision,
    compact_revision: Revision,
}

impl Pin {
    /// The store's revision when it was pinned.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The store's compact revision when it was pinned.
    pub fn compact_revision(&self) -> Revision {
        self.compact_revision
    }
}

/// The pins that have not been given back.
#[derive(Clone, Debug, Default)]
pub(super) struct Pins {
    /// Revision and compact revision by number.
    held: BTreeMap<u64, (Revision, Revision)>,
    next_number: u64,
}

impl Pins {
    /// Compaction may remove what is superseded here, and no further.
    pub(super) fn oldest_compact_revision(&self) -> Option<Revision> {
        self.held.values().map(|(_, compacted)| *compacted).min()
    }

    pub(super) fn count(&self) -> usize {
        self.held.len()
    }

    pub(super) fn holds(&self, pin: &Pin) -> bool {
        self.held.get(&pin.number) == Some(&(pin.revision, pin.compact_revision))
    }
}

impl Store {
    /// Pins the store as it is now.
    pub fn pin(&mut self) -> Pin {
        let pin = Pin {
            number: self.pins.next_number,
            revision: self.revision,
            compact_revision: self.compact_revision(),
        };
        self.pins.next_number += 1;
        self.pins
            .held
            .insert(pin.number, (pin.revision, pin.compact_revision));
        pin
    }

    /// Gives a pin back; [`Store::compact_step`] may have work again. A pin of another store (one
    /// that this one has replaced) is nothing to this one.
    pub fn unpin(&mut self, pin: Pin) {
        if self.pins.holds(&pin) {
            self.pins.held.remove(&pin.number);
            self.aim_compaction();
        }
    }
}
