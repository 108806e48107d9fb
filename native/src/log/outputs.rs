//! Where the log goes: `--log-outputs`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::Mutex;

use thiserror::Error;

use crate::version;

/// The places every line is written to.
pub(crate) struct Outputs {
    outputs: Mutex<Vec<Output>>,
}

enum Output {
    Stderr,
    Stdout,
    File(File),
}

/// Why a log cannot be written.
#[derive(Debug, Error)]
pub(crate) enum OutputError {
    /// A kind of output that is not there yet.
    #[error("--log-outputs={0} is not supported yet by quorate {version}", version = version::QUORATE)]
    NotSupported(String),
    /// A file cannot be opened.
    #[error("--log-outputs: cannot open \"{path}\": {error}")]
    Open {
        /// The file.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// `default` means "wherever it should go", so nothing may stand beside it.
    #[error("multi logoutput for \"default\" is not supported yet")]
    DefaultNotAlone,
}

impl Outputs {
    /// Opens a comma-separated list of outputs.
    pub(crate) fn open(list: &str) -> Result<Self, OutputError> {
        let mut names: Vec<&str> = list.split(',').map(str::trim).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() > 1 && names.contains(&"default") {
            return Err(OutputError::DefaultNotAlone);
        }
        let outputs = names
            .into_iter()
            .map(Output::open)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            outputs: Mutex::new(outputs),
        })
    }

    /// Writes one line to each.
    pub(super) fn write(&self, line: &str) {
        let Ok(mut outputs) = self.outputs.lock() else {
            return;
        };
        for output in outputs.iter_mut() {
            // A full disk or a closed pipe must not stop a server.
            let _ = output.write(line.as_bytes());
        }
    }
}

impl Output {
    fn open(name: &str) -> Result<Self, OutputError> {
        match name {
            "" | "default" | "stderr" | "/dev/stderr" => Ok(Self::Stderr),
            "stdout" | "/dev/stdout" => Ok(Self::Stdout),
            "systemd/journal" => Err(OutputError::NotSupported(name.to_owned())),
            path => OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .map(Self::File)
                .map_err(|error| OutputError::Open {
                    path: path.to_owned(),
                    error,
                }),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stderr => io::stderr().lock().write_all(bytes),
            Self::Stdout => io::stdout().lock().write_all(bytes),
            Self::File(file) => file.write_all(bytes),
        }
    }
}
