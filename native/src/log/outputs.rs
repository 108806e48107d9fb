//! Where the log goes: `--log-outputs`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::LogLevel;
use super::journal::Journal;
use super::rotated_file::RotatedFile;

/// The places every line is written to.
pub(super) struct Outputs {
    outputs: Mutex<Vec<Output>>,
}

/// One of them.
pub(super) enum Output {
    /// Standard error.
    Stderr,
    /// Standard output.
    Stdout,
    /// A file that grows.
    File(File),
    /// A file that makes room for a new one when it is full.
    Rotated(RotatedFile),
    /// systemd's journal.
    Journal(Journal),
}

impl Outputs {
    /// All of some outputs.
    pub(super) fn new(outputs: Vec<Output>) -> Self {
        Self {
            outputs: Mutex::new(outputs),
        }
    }

    /// Standard error alone.
    pub(super) fn stderr() -> Self {
        Self::new(vec![Output::Stderr])
    }

    /// Writes one line to each.
    pub(super) fn write(&self, level: LogLevel, caller: &str, line: &str) {
        // Whoever panicked under it has left half a line at worst.
        let mut outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        for output in outputs.iter_mut() {
            // A full disk or a closed pipe must not stop a server.
            let _ = output.write(level, caller, line);
        }
    }
}

impl Output {
    /// Opens a file for lines to be added.
    pub(super) fn file(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self::File(file))
    }

    fn write(&mut self, level: LogLevel, caller: &str, line: &str) -> io::Result<()> {
        match self {
            Self::Stderr => io::stderr().lock().write_all(line.as_bytes()),
            Self::Stdout => io::stdout().lock().write_all(line.as_bytes()),
            Self::File(file) => file.write_all(line.as_bytes()),
            Self::Rotated(file) => file.write(line.as_bytes()),
            // As with etcd, what the journal does not take is not lost.
            Self::Journal(journal) => journal
                .send(level, caller, line)
                .or_else(|_| io::stderr().lock().write_all(line.as_bytes())),
        }
    }
}
