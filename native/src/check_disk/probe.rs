//! A file that is written to be measured.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::latency::Latencies;

/// Writes block by block; its file goes when this is dropped.
pub(super) struct Probe {
    path: PathBuf,
    file: File,
    begun: Instant,
    syncs: Latencies,
    written_bytes: u64,
}

/// What came of it.
pub(super) struct Measured {
    /// How long the syncs took.
    pub(super) syncs: Latencies,
    /// How much was written, in bytes.
    pub(super) written_bytes: u64,
    /// How long all of it took.
    pub(super) total: Duration,
}

impl Probe {
    /// Makes the file.
    pub(super) fn create(directory: &Path) -> io::Result<Self> {
        let name = format!("quorate-check-disk.{}", std::process::id());
        let path = directory.join(name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(Self {
            path,
            file,
            begun: Instant::now(),
            syncs: Latencies::new(),
            written_bytes: 0,
        })
    }

    /// Writes a block and syncs it; only the sync is measured, as by `fio`.
    pub(super) fn step(&mut self) -> io::Result<()> {
        self.file.write_all(&[0x5a; BLOCK_BYTES])?;
        let start = Instant::now();
        self.file.sync_data()?;
        self.syncs.record(start.elapsed());
        self.written_bytes += BLOCK_BYTES as u64;
        Ok(())
    }

    /// How much has been written, in bytes.
    pub(super) fn written_bytes(&self) -> u64 {
        self.written_bytes
    }

    /// What has been measured.
    pub(super) fn finish(mut self) -> Measured {
        Measured {
            syncs: std::mem::replace(&mut self.syncs, Latencies::new()),
            written_bytes: self.written_bytes,
            total: self.begun.elapsed(),
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = fs::remove_file(&self.path);
    }
}

/// `--bs=2300`.
pub(super) const BLOCK_BYTES: usize = 2_300;
