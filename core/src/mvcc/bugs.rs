//! Known bugs of the store that are more than a condition at one place. Only in builds with known
//! bugs.

use super::Store;
use super::key::Key;
use super::records::Record;
use super::version::VersionId;
use crate::collections::BTreeMap;
use crate::id::Revision;

impl Store {
    /// Loads what this store holds over another one, which was not cleared.
    pub(crate) fn load_over(&mut self, before: Store) {
        let mut records: BTreeMap<VersionId, Record> = self.own_records().collect();
        for (id, record) in before.own_records() {
            if !self.keys.contains_key(&Key::from(&record.key)) {
                records.entry(id).or_insert(record);
            }
        }
        self.records = records.into_iter().collect();
        for (key, history) in before.keys {
            self.keys.entry(key).or_insert(history);
        }
    }

    fn own_records(&self) -> impl Iterator<Item = (VersionId, Record)> {
        let records = self.records.range(..);
        records.map(|(id, record)| (id, record.clone()))
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
