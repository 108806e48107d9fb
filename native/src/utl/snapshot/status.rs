//! `snapshot status`: a snapshot in a few numbers.

use std::path::PathBuf;

use clap::Args;
use quorate_core::offline::{Summary, summarize};

use crate::ctl::failure::Failure;
use crate::ctl::print::{Answer, Page, Printer};
use crate::go::{JsonObject, Table, humanized_bytes};
use crate::utl::file::{failure, read_snapshot};
use crate::version;

/// Gets snapshot status of a given file
///
/// When --write-out is set to simple, this command prints out comma-separated values: hash,
/// revision, total keys, total size, version.
#[derive(Args, Clone, Debug)]
pub(super) struct Status {
    /// A saved snapshot, or one of a data directory
    #[arg(value_name = "FILENAME")]
    path: Vec<PathBuf>,
}

impl Status {
    /// Reads the file, checks it, and prints.
    pub(super) fn run(self, printer: &Printer) -> Result<(), Failure> {
        let [path] = self.path.as_slice() else {
            let text = "snapshot status requires exactly one argument";
            return Err(Failure::arguments(text));
        };
        let (snapshot, size_bytes) = read_snapshot(path)?;
        let summary = summarize(&snapshot).map_err(failure)?;
        printer.print(&Shown {
            summary,
            size_bytes,
        })
    }
}

struct Shown {
    summary: Summary,
    size_bytes: u64,
}

impl Shown {
    fn row(&self) -> [String; 5] {
        [
            format!("{:x}", self.summary.hash),
            self.summary.revision.to_string(),
            self.summary.keys.to_string(),
            humanized_bytes(self.size_bytes),
            version::STORAGE.to_owned(),
        ]
    }
}

impl Answer for Shown {
    fn simple(&self, page: &mut Page) {
        page.line(self.row().join(", "));
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.field("Hash", self.summary.hash);
        page.field("Revision", self.summary.revision);
        page.field("Keys", self.summary.keys);
        page.field("Size", self.size_bytes);
        page.field("Version", version::STORAGE);
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let mut object = JsonObject::new();
        object.number("hash", self.summary.hash);
        object.number("revision", self.summary.revision.0);
        object.number("totalKey", self.summary.keys);
        object.number("totalSize", self.size_bytes);
        Some(object.string("version", version::STORAGE).end())
    }

    fn table(&self) -> Option<Table> {
        let heads = ["hash", "revision", "total keys", "total size", "version"];
        let mut table = Table::new(&heads);
        table.row(self.row());
        Some(table)
    }
}
