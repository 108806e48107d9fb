//! Known bugs of the store that are more than a condition at one place. Only in builds with known
//! bugs.

use super::Store;
use crate::id::Revision;

impl Store {
    /// Loads what this store holds over another one, which was not cleared.
    pub(crate) fn load_over(&mut self, before: Store) {
        for (key, history) in before.keys {
            if self.keys.contains_key(&key) {
                continue;
            }
            for version in history.versions() {
                if let Some(record) = before.records.get(&version.id) {
                    self.records
                        .entry(version.id)
                        .or_insert_with(|| record.clone());
                }
            }
            self.keys.insert(key, history);
        }
    }

    /// Takes the newest key that there is for the newest change.
    pub(crate) fn forget_last_deletes(&mut self) {
        let newest = self
            .keys
            .values()
            .filter_map(|history| history.live())
            .map(|version| version.id.main)
            .max();
        self.revision = newest.unwrap_or(Revision(1));
    }
}
