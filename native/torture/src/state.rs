//! Where a long run stands, in a file: so that it can be stopped and resumed.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::figures::Figures;

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// The seed of the first cluster.
    pub(crate) from: u64,
    /// The seed of the cluster to go on with.
    pub(crate) next: u64,
    /// What there was in it so far.
    pub(crate) figures: Figures,
    /// Time it took, in milliseconds.
    pub(crate) took_ms: u64,
}

impl State {
    /// Before the first cluster.
    pub(crate) fn new(from: u64) -> Self {
        Self {
            from,
            next: from,
            ..Self::default()
        }
    }

    /// Reads it; nothing when there is none.
    ///
    /// # Errors
    /// When the file is there and is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>> {
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
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let unfinished = path.with_extension("tmp");
        let bytes = serde_json::to_vec_pretty(self)?;
        fs::write(&unfinished, bytes)
            .and_then(|()| fs::rename(&unfinished, path))
            .with_context(|| format!("cannot write {}", path.display()))
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
        state.figures.add_fault("kill");
        state.write(&path).expect("it is written");
        assert_eq!(State::read(&path).expect("it is read"), Some(state));
        fs::write(&path, "{").expect("it is written");
        assert!(State::read(&path).is_err());
    }
}
