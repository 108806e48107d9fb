//! `snapshot dump`: all that is in a snapshot, for a person.

use std::path::PathBuf;

use clap::Args;
use quorate_core::offline::{KeyLine, key_lines, summarize};
use quorate_core::snapshot::SnapshotFile;

use crate::ctl::failure::Failure;
use crate::ctl::print::{Answer, Page, Printer};
use crate::go::{JsonObject, Table, json_bytes, quote};
use crate::utl::file::{failure, read_snapshot};

/// Prints all that is in a snapshot: where it was taken, members, leases, every version of a key
#[derive(Args, Clone, Debug)]
pub(super) struct Dump {
    /// A saved snapshot, or one of a data directory
    #[arg(value_name = "FILENAME")]
    path: Vec<PathBuf>,
}

impl Dump {
    /// Reads the file, checks it, and prints.
    pub(super) fn run(self, printer: &Printer) -> Result<(), Failure> {
        let [path] = self.path.as_slice() else {
            let text = "snapshot dump requires exactly one argument";
            return Err(Failure::arguments(text));
        };
        let (snapshot, _) = read_snapshot(path)?;
        let keys: Result<Vec<KeyLine>, String> = key_lines(&snapshot).collect();
        let keys = keys.map_err(failure)?;
        let summary = summarize(&snapshot).map_err(failure)?;
        let head = heading(&snapshot, summary.keys);
        printer.print(&Dumped { head, keys })
    }
}

/// Names and values of what a snapshot says about itself.
fn heading(snapshot: &SnapshotFile, keys: u64) -> Vec<(&'static str, String)> {
    let header = &snapshot.header;
    let ids = |ids: &[quorate_core::id::MemberId]| {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        ids.join(" ")
    };
    let leases: Vec<String> = header
        .leases
        .iter()
        .map(|lease| format!("{:016x}", lease.id.0))
        .collect();
    vec![
        ("file", header.file_name()),
        ("cluster", header.cluster.to_string()),
        ("taken at index", header.index.to_string()),
        ("of term", header.term.to_string()),
        ("voters", ids(&header.configuration.voters)),
        ("learners", ids(&header.configuration.learners)),
        ("revision", header.revision.to_string()),
        ("compacted at", header.compact_revision.to_string()),
        ("leases", leases.join(" ")),
        ("chunks", snapshot.chunks.len().to_string()),
        ("keys", keys.to_string()),
    ]
}

struct Dumped {
    head: Vec<(&'static str, String)>,
    keys: Vec<KeyLine>,
}

impl Dumped {
    fn rows(&self) -> Table {
        let heads = ["key", "revision", "created", "version", "lease", "value"];
        let mut table = Table::new(&heads);
        for line in &self.keys {
            let value = line.value.as_ref().map(|value| short(value));
            table.row([
                short(&line.key),
                format!("{}.{}", line.revision.0, line.revision.1),
                line.create_revision.to_string(),
                line.version.to_string(),
                match line.lease.0 {
                    0 => String::new(),
                    id => format!("{id:016x}"),
                },
                value.unwrap_or_else(|| "(deleted)".to_owned()),
            ]);
        }
        table
    }
}

impl Answer for Dumped {
    fn simple(&self, page: &mut Page) {
        for (name, value) in &self.head {
            page.line(format_args!("{name:>14}  {value}"));
        }
        page.line(self.rows().text());
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let mut object = JsonObject::new();
        for (name, value) in &self.head {
            object.string(name, value);
        }
        let versions: Vec<String> = self
            .keys
            .iter()
            .map(|line| {
                let mut object = JsonObject::new();
                object.raw("key", &json_bytes(&line.key));
                object.number("mod_revision", line.revision.0.0);
                object.number("sub_revision", line.revision.1);
                object.number("create_revision", line.create_revision.0);
                object.number("version", line.version);
                object.number("lease", line.lease.0);
                if let Some(value) = &line.value {
                    object.raw("value", &json_bytes(value));
                }
                object.end()
            })
            .collect();
        Some(
            object
                .raw("versions", &format!("[{}]", versions.join(",")))
                .end(),
        )
    }

    fn table(&self) -> Option<Table> {
        Some(self.rows())
    }
}

/// A quoted text of at most so many characters; spaces in it are kept together in a cell.
fn short(bytes: &[u8]) -> String {
    let text = quote(bytes);
    if text.chars().count() <= TEXT_CHARS_MAX {
        return text;
    }
    text.chars().take(TEXT_CHARS_MAX - 1).chain(['…']).collect()
}

/// Longer keys and values are cut short.
const TEXT_CHARS_MAX: usize = 40;
