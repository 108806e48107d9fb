//! A disk in memory that forgets, in a crash, what it may: it keeps all that was synced and an
//! arbitrary part of the rest, sector by sector and directory entry by directory entry.

use std::collections::BTreeMap;

use bytes::Bytes;
use quorate_core::disk::{DiskImage, DiskOperation};
use quorate_core::prng::Prng;

#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    inodes: Vec<Inode>,
    durable_names: BTreeMap<String, usize>,
    names: BTreeMap<String, usize>,
    /// Done to `names` since their directory was synced.
    pending: Vec<NameChange>,
    /// A disk that says "synced" and does nothing: to see that the tests notice.
    pub(crate) lies: bool,
}

#[derive(Clone, Debug, Default)]
struct Inode {
    durable: Vec<u8>,
    current: Vec<u8>,
}

#[derive(Clone, Debug)]
enum NameChange {
    Create(String, usize),
    Rename(String, String, usize),
    Remove(String),
}

impl Disk {
    pub(crate) fn run(&mut self, operations: &[DiskOperation]) {
        for operation in operations {
            self.run_one(operation);
        }
    }

    fn run_one(&mut self, operation: &DiskOperation) {
        match operation {
            DiskOperation::Append { path, bytes } => {
                let inode = self.open_or_create(path);
                self.inodes[inode].current.extend_from_slice(bytes);
            }
            DiskOperation::Truncate { path, length_bytes } => {
                let inode = self.names[path];
                self.inodes[inode].current.truncate(*length_bytes as usize);
            }
            DiskOperation::Sync { path } => {
                let inode = &mut self.inodes[self.names[path]];
                if !self.lies {
                    inode.durable = inode.current.clone();
                }
            }
            DiskOperation::SyncDirectory { path } => {
                let directory = format!("{path}/");
                for change in std::mem::take(&mut self.pending) {
                    if change.path().starts_with(&directory) {
                        change.apply(&mut self.durable_names);
                    } else {
                        self.pending.push(change);
                    }
                }
            }
            DiskOperation::Rename { from, to } => {
                let inode = self.names[from];
                self.change(NameChange::Rename(from.clone(), to.clone(), inode));
            }
            DiskOperation::Remove { path } => {
                if self.names.contains_key(path) {
                    self.change(NameChange::Remove(path.clone()));
                }
            }
        }
    }

    /// As [`Disk::run`], but the power fails somewhere in between.
    pub(crate) fn run_some(&mut self, operations: &[DiskOperation], prng: &mut Prng) {
        let whole = prng.below(operations.len() as u64 + 1) as usize;
        self.run(&operations[..whole]);
        if let Some(DiskOperation::Append { path, bytes }) = operations.get(whole) {
            let length_bytes = prng.below(bytes.len() as u64 + 1) as usize;
            self.run_one(&DiskOperation::Append {
                path: path.clone(),
                bytes: bytes.slice(..length_bytes),
            });
        }
    }

    /// The power fails: what was not durable survives in part, or garbled.
    pub(crate) fn crash(&mut self, prng: &mut Prng) {
        let mut names = self.durable_names.clone();
        for change in std::mem::take(&mut self.pending) {
            if prng.chance(500) {
                change.apply(&mut names);
            }
        }
        let stale: Vec<u8> = self.inodes.iter().flat_map(|i| i.current.clone()).collect();
        for inode in &mut self.inodes {
            let survives = survivor(inode, &stale, prng);
            *inode = Inode {
                durable: survives.clone(),
                current: survives,
            };
        }
        self.durable_names = names.clone();
        self.names = names;
    }

    pub(crate) fn image(&self) -> DiskImage {
        let read = |(path, inode): (&String, &usize)| {
            (
                path.clone(),
                Bytes::from(self.inodes[*inode].current.clone()),
            )
        };
        DiskImage {
            files: self.names.iter().map(read).collect(),
        }
    }

    fn open_or_create(&mut self, path: &str) -> usize {
        if let Some(inode) = self.names.get(path) {
            return *inode;
        }
        let inode = self.inodes.len();
        self.inodes.push(Inode::default());
        self.change(NameChange::Create(path.to_owned(), inode));
        inode
    }

    fn change(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.pending.push(change);
    }
}

impl NameChange {
    fn path(&self) -> &str {
        match self {
            NameChange::Create(path, _)
            | NameChange::Rename(path, ..)
            | NameChange::Remove(path) => path,
        }
    }

    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            NameChange::Create(path, inode) => {
                names.insert(path.clone(), *inode);
            }
            NameChange::Rename(from, to, inode) => {
                names.remove(from);
                names.insert(to.clone(), *inode);
            }
            NameChange::Remove(path) => {
                names.remove(path);
            }
        }
    }
}

fn survivor(inode: &Inode, stale: &[u8], prng: &mut Prng) -> Vec<u8> {
    let both = inode.durable.iter().zip(&inode.current);
    let same = both
        .take_while(|(durable, current)| durable == current)
        .count();
    if same < inode.durable.len() && prng.chance(500) {
        return inode.durable.clone();
    }
    let mut bytes = inode.current.clone();
    if prng.chance(500) {
        let kept = prng.between(same as u64, bytes.len() as u64);
        bytes.truncate(kept as usize);
    }
    let damage = *prng.choose(&[0, 100, 500]).unwrap();
    let mut at = same;
    while at < bytes.len() {
        let end = (at / SECTOR_BYTES + 1)
            .saturating_mul(SECTOR_BYTES)
            .min(bytes.len());
        if prng.chance(damage) {
            garble(&mut bytes[at..end], stale, prng);
        }
        at = end;
    }
    bytes
}

fn garble(sector: &mut [u8], stale: &[u8], prng: &mut Prng) {
    let old = prng.below(stale.len() as u64) as usize;
    match prng.below(3) {
        0 => sector.fill(0),
        1 => sector.fill_with(|| prng.bits() as u8),
        _ => {
            // What the sector held before: a piece of some other file.
            let old = &stale[old / SECTOR_BYTES * SECTOR_BYTES..];
            let length = sector.len().min(old.len());
            sector[..length].copy_from_slice(&old[..length]);
        }
    }
}

const SECTOR_BYTES: usize = 512;
