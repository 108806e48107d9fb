//! Where a long run stands, in a file: so that it can be stopped and resumed.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::run::{Figures, Outcome};

/// How far a run has come. All seeds from `from` to below `next` are done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The first seed.
    pub from: u64,
    /// The seed to go on with.
    pub next: u64,
    /// What there was in all of them.
    pub figures: Figures,
    /// Time it took, in milliseconds.
    pub took_ms: u64,
    /// The hashes of all traces, in order, in one.
    pub hash: u64,
    /// Seeds that failed.
    pub failed: Vec<u64>,
}

impl State {
    /// Before the first seed.
    pub fn new(from: u64) -> Self {
        Self {
            from,
            next: from,
            ..Self::default()
        }
    }

    /// Takes the outcome of the next seed in.
    pub fn add(&mut self, outcome: &Outcome) {
        self.next = outcome.seed.wrapping_add(1);
        self.figures.add(&outcome.figures);
        // FNV-1a, a word at a time.
        self.hash = (self.hash ^ outcome.trace_hash).wrapping_mul(0x0000_0100_0000_01b3);
        if outcome.failure.is_some() {
            self.failed.push(outcome.seed);
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// When the file is there and is none; without a file the answer is nothing.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .with_context(|| format!("{} is no state of a run", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Writes it: whole, or not at all.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn write(&self, path: &Path) -> Result<()> {
        let unfinished = path.with_extension("tmp");
        let write = || -> io::Result<()> {
            let mut file = fs::File::create(&unfinished)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            fs::rename(&unfinished, path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        assert_eq!(State::read(&path).expect("no file"), None);
        let mut state = State::new(7);
        state.add(&Outcome {
            seed: 7,
            figures: Figures::default(),
            trace_hash: 1,
            failure: None,
        });
        state.write(&path).expect("it is written");
        assert_eq!(State::read(&path).expect("it is read"), Some(state));
        fs::write(&path, "{").expect("it is written");
        assert!(State::read(&path).is_err());
    }
}
