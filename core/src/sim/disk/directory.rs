//! One directory's names, and which of them are durable.

use crate::collections::BTreeMap;
use crate::prng::Prng;

/// A file, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileId(pub(super) u64);

/// A directory.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    /// Names as they can be seen.
    names: BTreeMap<String, FileId>,
    /// Names as they were when it was last synced.
    durable: BTreeMap<String, FileId>,
    /// What was done since, in order.
    unsynced: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Create(String, FileId),
    Rename(String, String, FileId),
    Remove(String),
}

impl Directory {
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, FileId)> {
        self.names.iter().map(|(name, id)| (name.as_str(), *id))
    }

    pub(super) fn id(&self, name: &str) -> Option<FileId> {
        self.names.get(name).copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = FileId> {
        self.names.values().copied()
    }

    /// Every file that has a name here now or may have one after a crash.
    pub(super) fn reachable_ids(&self) -> impl Iterator<Item = FileId> {
        let unsynced = self.unsynced.iter().filter_map(|change| match change {
            Change::Create(_, id) | Change::Rename(_, _, id) => Some(*id),
            Change::Remove(_) => None,
        });
        self.ids()
            .chain(self.durable.values().copied())
            .chain(unsynced)
    }

    /// Whether this name leads to this file whatever a crash takes.
    pub(super) fn is_durable(&self, name: &str, id: FileId) -> bool {
        self.durable.get(name) == Some(&id)
            && !self.unsynced.iter().any(|change| change.names(name))
    }

    pub(super) fn create(&mut self, name: &str, id: FileId) {
        self.change(Change::Create(name.to_owned(), id));
    }

    pub(super) fn remove(&mut self, name: &str) {
        if self.names.contains_key(name) {
            self.change(Change::Remove(name.to_owned()));
        }
    }

    /// False when nothing has the old name.
    pub(super) fn rename(&mut self, from: &str, to: &str) -> bool {
        let Some(id) = self.id(from) else {
            return false;
        };
        self.change(Change::Rename(from.to_owned(), to.to_owned(), id));
        true
    }

    pub(super) fn sync(&mut self) {
        self.unsynced.clear();
        self.durable.clone_from(&self.names);
    }

    /// Keeps what is durable.
    pub(super) fn lose_unsynced(&mut self) {
        self.unsynced.clear();
        self.names.clone_from(&self.durable);
    }

    /// Each change since the last sync survives or does not, each by itself.
    pub(super) fn crash(&mut self, prng: &mut Prng) {
        for change in std::mem::take(&mut self.unsynced) {
            if prng.chance(500) {
                change.apply(&mut self.durable);
            }
        }
        self.names.clone_from(&self.durable);
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.names);
        self.unsynced.push(change);
    }
}

impl Change {
    fn apply(&self, names: &mut BTreeMap<String, FileId>) {
        match self {
            Change::Create(name, id) => {
                names.insert(name.clone(), *id);
            }
            Change::Rename(from, to, id) => {
                names.remove(from);
                names.insert(to.clone(), *id);
            }
            Change::Remove(name) => {
                names.remove(name);
            }
        }
    }

    fn names(&self, other: &str) -> bool {
        match self {
            Change::Create(name, _) | Change::Remove(name) => name == other,
            Change::Rename(from, to, _) => from == other || to == other,
        }
    }
}
