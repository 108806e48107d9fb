//! `wal dump`: a log, line by line, for a person.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use quorate_core::disk::{DiskImage, WAL_DIRECTORY};
use quorate_core::offline::{LogLine, LogLineKind, log_lines};
use quorate_core::wal::EntryKind;

use super::file::{FileKind, failure, read};
use crate::ctl::failure::{Exit, Failure};
use crate::ctl::print::{Answer, Page, Printer};
use crate::go::{JsonObject, Table, io_error_text};

/// Looks into write-ahead logs
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(super) struct Wal {
    #[command(subcommand)]
    command: WalCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum WalCommand {
    /// Prints what stands in a log: index, term, kind, and each command in words
    ///
    /// Torn ends and damaged places are named; damage ends with exit code 1.
    Dump {
        /// A segment, the directory of a log, or a data directory
        #[arg(value_name = "DIR|FILE")]
        path: Vec<PathBuf>,
    },
}

impl Wal {
    /// Reads and prints.
    pub(super) fn run(self, printer: &Printer) -> Result<(), Failure> {
        let WalCommand::Dump { path } = self.command;
        let [path] = path.as_slice() else {
            let text = "wal dump requires exactly one argument";
            return Err(Failure::arguments(text));
        };
        let image = image(path)?;
        let lines = log_lines(&image);
        let damaged = lines.iter().find_map(|line| match &line.kind {
            LogLineKind::Corrupt(what) => Some(what.clone()),
            _ => None,
        });
        printer.print(&Dumped(lines))?;
        damaged.map_or(Ok(()), |what| Err(Failure::new(Exit::Error, what)))
    }
}

/// The segments that a path stands for.
fn image(path: &Path) -> Result<DiskImage, Failure> {
    let unreadable = |error: std::io::Error| {
        failure(format!(
            "stat {}: {}",
            path.display(),
            io_error_text(&error)
        ))
    };
    let mut files = Vec::new();
    if fs::metadata(path).map_err(unreadable)?.is_file() {
        files.push(path.to_owned());
    } else {
        let inner = path.join(WAL_DIRECTORY);
        let directory = if inner.is_dir() { &inner } else { path };
        for entry in fs::read_dir(directory).map_err(unreadable)? {
            files.push(entry.map_err(unreadable)?.path());
        }
    }
    let mut image = DiskImage::default();
    for file in files {
        let is_segment = file.extension().is_some_and(|end| end == "wal");
        let name = file.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|_| is_segment) {
            image.files.insert(
                format!("{WAL_DIRECTORY}/{name}"),
                read(&file, FileKind::Segment)?,
            );
        }
    }
    if image.files.is_empty() {
        return Err(failure(format!(
            "there is no segment of a log ({{sequence}}-{{index}}.wal) in {}",
            path.display()
        )));
    }
    Ok(image)
}

struct Dumped(Vec<LogLine>);

/// Index, term and kind of a line, each empty where it has none.
fn columns(kind: &LogLineKind) -> (String, String, &'static str) {
    match kind {
        LogLineKind::Head { .. } => (String::new(), String::new(), "head"),
        LogLineKind::Entry { entry, .. } => {
            let kind = match entry.kind {
                EntryKind::Normal => "entry",
                EntryKind::ConfChange => "members",
            };
            (entry.index.to_string(), entry.term.to_string(), kind)
        }
        LogLineKind::HardState(state) => (String::new(), state.term.to_string(), "state"),
        LogLineKind::Marker(marker) => {
            let (index, term) = (marker.index.to_string(), marker.term.to_string());
            (index, term, "snapshot")
        }
        LogLineKind::Torn(_) => (String::new(), String::new(), "TORN"),
        LogLineKind::Corrupt(_) => (String::new(), String::new(), "CORRUPT"),
    }
}

impl Answer for Dumped {
    fn simple(&self, page: &mut Page) {
        let mut file = "";
        for line in &self.0 {
            if line.file != file {
                file = &line.file;
                page.line(file);
                page.line("  at byte      index    term  kind      what");
            }
            let (index, term, kind) = columns(&line.kind);
            page.line(format_args!(
                "{:>9}  {index:>9}  {term:>6}  {kind:<8}  {}",
                line.at_bytes, line.kind
            ));
        }
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let object = |line: &LogLine| {
            let (index, term, kind) = columns(&line.kind);
            let mut object = JsonObject::new();
            object.string("file", &line.file);
            object.number("at_bytes", line.at_bytes);
            for (name, number) in [("index", index), ("term", term)] {
                if !number.is_empty() {
                    object.raw(name, &number);
                }
            }
            object.string("kind", kind);
            object.string("what", &line.kind.to_string()).end()
        };
        let objects: Vec<String> = self.0.iter().map(object).collect();
        Some(format!("[{}]", objects.join(",")))
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new(&["file", "at byte", "index", "term", "kind", "what"]);
        for line in &self.0 {
            let name = line.file.rsplit('/').next().unwrap_or_default();
            let (index, term, kind) = columns(&line.kind);
            table.row([
                name.to_owned(),
                line.at_bytes.to_string(),
                index,
                term,
                kind.to_owned(),
                line.kind.to_string(),
            ]);
        }
        Some(table)
    }
}
