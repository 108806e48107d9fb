//! `hashkv`: the hash that a member with this snapshot would answer.

use std::path::PathBuf;

use clap::Args;
use quorate_core::command::HashKvReply;
use quorate_core::id::Revision;
use quorate_core::offline::store_of;

use super::file::{failure, read_snapshot};
use crate::ctl::failure::Failure;
use crate::ctl::print::{Answer, Page, Printer};
use crate::go::{JsonObject, Table, parse_flag_int};

/// Prints the KV history hash of a given file
#[derive(Args, Clone, Debug)]
pub(super) struct HashKv {
    /// Maximum revision to hash (default: latest revision)
    #[arg(long, default_value = "0", hide_default_value = true, value_parser = parse_flag_int)]
    rev: i64,
    /// A snapshot
    #[arg(value_name = "FILENAME")]
    path: Vec<PathBuf>,
}

impl HashKv {
    /// Loads the snapshot and hashes it.
    pub(super) fn run(self, printer: &Printer) -> Result<(), Failure> {
        let [path] = self.path.as_slice() else {
            let count = self.path.len();
            return Err(failure(format!("accepts 1 arg(s), received {count}")));
        };
        let (snapshot, _) = read_snapshot(path)?;
        let store = store_of(snapshot).map_err(failure)?;
        let hash = store.hash_kv(Revision(self.rev));
        let hash = hash.map_err(|error| failure(error.to_string()))?;
        printer.print(&Hashed(hash))
    }
}

struct Hashed(HashKvReply);

impl Hashed {
    fn row(&self) -> [String; 3] {
        [
            self.0.hash.to_string(),
            self.0.hash_revision.to_string(),
            self.0.compact_revision.to_string(),
        ]
    }
}

impl Answer for Hashed {
    fn simple(&self, page: &mut Page) {
        page.line(self.row().join(", "));
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.field("Hash", self.0.hash);
        page.field("Hash revision", self.0.hash_revision);
        page.field("Compact revision", self.0.compact_revision);
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let mut object = JsonObject::new();
        object.number("hash", self.0.hash);
        object.number("hashRevision", self.0.hash_revision.0);
        Some(
            object
                .number("compactRevision", self.0.compact_revision.0)
                .end(),
        )
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new(&["hash", "hash revision", "compact revision"]);
        table.row(self.row());
        Some(table)
    }
}
