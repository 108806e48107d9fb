//! One file's bytes, and which of them are durable.

use bytes::Bytes;

use crate::prng::Prng;

/// A file.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    /// What can be read back.
    bytes: Vec<u8>,
    /// What it held when it was last synced.
    durable: Vec<u8>,
    /// What was done to it since, in order.
    unsynced: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Append(Bytes),
    Truncate(usize),
}

impl File {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How much of what can be read back a crash cannot take.
    pub(super) fn durable_bytes(&self) -> u64 {
        let kept = self.unsynced.iter().map(|change| match change {
            Change::Append(_) => usize::MAX,
            Change::Truncate(length) => *length,
        });
        kept.fold(self.durable.len(), usize::min) as u64
    }

    pub(super) fn append(&mut self, bytes: &Bytes) {
        self.bytes.extend_from_slice(bytes);
        self.unsynced.push(Change::Append(bytes.clone()));
    }

    pub(super) fn truncate(&mut self, length_bytes: u64) {
        // A length beyond the address space is beyond every file that is held in memory.
        let length = usize::try_from(length_bytes).unwrap_or(usize::MAX);
        if length < self.bytes.len() {
            self.bytes.truncate(length);
            self.unsynced.push(Change::Truncate(length));
        }
    }

    pub(super) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// Keeps what is durable.
    pub(super) fn lose_unsynced(&mut self) {
        self.unsynced.clear();
        self.bytes.clone_from(&self.durable);
    }

    /// Flips one bit of what is there, durable from now on; answers in which byte.
    pub(super) fn flip_bit(&mut self, prng: &mut Prng) -> u64 {
        self.sync();
        let at = prng.below(self.bytes.len() as u64);
        let bit = 1 << prng.below(8);
        if let Some(byte) = usize::try_from(at)
            .ok()
            .and_then(|at| self.bytes.get_mut(at))
        {
            *byte ^= bit;
        }
        self.durable.clone_from(&self.bytes);
        at
    }

    /// Keeps what is durable, the changes up to an arbitrary one, and of that one, when it is an
    /// append, an arbitrary beginning. Now and then the last sector is not what was written.
    pub(super) fn crash(&mut self, prng: &mut Prng) {
        if self.unsynced.is_empty() {
            return;
        }
        let whole = prng.below(self.unsynced.len() as u64 + 1) as usize;
        let mut safe_length = self.durable.len();
        for (at, change) in std::mem::take(&mut self.unsynced).into_iter().enumerate() {
            if at < whole {
                if let Change::Truncate(length) = change {
                    safe_length = safe_length.min(length);
                }
                change.apply(&mut self.durable);
            } else {
                if let Change::Append(bytes) = change {
                    let length = prng.below(bytes.len() as u64 + 1) as usize;
                    self.durable.extend_from_slice(&bytes[..length]);
                }
                break;
            }
        }
        self.tear(safe_length, prng);
        self.bytes.clone_from(&self.durable);
    }

    /// Damages the last sector, but nothing that was durable: a disk writes a sector as a whole,
    /// so what a sync has covered survives the next write to the same sector.
    fn tear(&mut self, safe_length: usize, prng: &mut Prng) {
        let sector_start = self.durable.len().saturating_sub(1) / SECTOR_SIZE_BYTES;
        let from = safe_length.max(sector_start * SECTOR_SIZE_BYTES);
        let Some(sector) = self.durable.get_mut(from..) else {
            return;
        };
        match prng.below(4) {
            0 => sector.fill_with(|| prng.bits() as u8),
            1 => sector.fill(0),
            _ => {}
        }
    }
}

impl Change {
    fn apply(self, bytes: &mut Vec<u8>) {
        match self {
            Change::Append(more) => bytes.extend_from_slice(&more),
            Change::Truncate(length) => bytes.truncate(length),
        }
    }
}

const SECTOR_SIZE_BYTES: usize = 512;
