//! The store: every version of every key, in memory, in order.
//!
//! # What it keeps
//!
//! The store is a **multi-version** map. A write never changes a value: it adds a version.
//!
//! ```text
//!   revision   2        3        4        5        6        7
//!              put a    put b    put a    del a    put c    put a
//!
//!   a          [2]──────────────►[4]─────►[5 †]             [7]
//!              └──── first generation ────┘                 └ second
//!   b                   [3]
//!   c                                              [6]
//! ```
//!
//! * A **revision** is the store's clock. It starts at 1, and every request that changed
//!   something moves it on by one. All writes of one transaction share that *main* revision and
//!   are told apart by a *sub* revision 0, 1, 2, …: the pair is a [`VersionId`], and no two
//!   versions have the same.
//! * A **generation** is the life of a key from its creation to its deletion. All its versions
//!   have the same `create_revision`, and `version` counts them from 1.
//! * A **tombstone** († above) ends a generation. It is a version too, one without a value: it is
//!   what a watcher is shown, and what makes "at revision 6 there was no a" readable.
//!
//! Reading at revision *r* means: of every key the newest version at or below *r*, if that is not
//! a tombstone. That is all there is to a consistent view. Nothing is locked and nothing is
//! copied to get one; a reader only has to remember a number.
//!
//! # How it forgets
//!
//! History would grow forever, so a client may **compact** at a revision *c*: nobody may read
//! below *c* any more. This has two halves. The *logical* half happens at once, as part of the
//! log, on every member alike: `compact_revision` becomes *c*, and a read below it is refused
//! with [`Error::Compacted`]. The *physical* half gives the memory back: of every key, what was
//! superseded at or before *c* goes. It changes no answer, so each member does it when it has
//! time, in bounded steps ([`Store::compact_step`]), and never on the way of a request.
//!
//! Of a key, compaction at *c* keeps the newest version at or below *c* (a read at *c* needs it)
//! and everything above. A tombstone below *c* goes; one exactly at *c* stays until the next
//! compaction, because a watch may still start at *c* and must be told of it (etcd 3.6 does so).
//! The steps go through the versions in the order of their revisions, beginning where the last
//! compaction ended: a version at *r* ≤ *c* proves that the one before it, of the same key, is
//! forgotten. So the work is in proportion to what was written between two compactions, not to
//! the size of the store.
//!
//! # Long readers
//!
//! A snapshot for a follower or a checkpoint for the disk reads the whole store, in chunks, while
//! writes go on. It takes a **pin** ([`Store::pin`]): the revision and the compact revision of
//! that moment. Later writes are above the pinned revision and are not seen. Later compactions
//! are logical only, as far as the pin is concerned: what it may still need is not removed until
//! it is given back. [`Loader`] makes a store of such chunks again, and the new store gives the
//! same answers, hashes included.
//!
//! A client may read, compare or delete as many keys in one request. That goes in steps, too: see
//! [`Task`].
//!
//! # Where etcd has what
//!
//! etcd's names are from `server/storage/mvcc`.
//!
//! * `treeIndex`, a B-tree from key over `keyIndex` and generations to revisions: the field
//!   `keys`, from key to `KeyHistory`, which holds the values too.
//! * bbolt's bucket `key`, from revision to `mvccpb.KeyValue`: the field `records`, from revision
//!   to key; the value stands in `keys`.
//! * `readBuffer` and `txReadBuffer`, writes that bbolt has not committed: nothing. Memory is the
//!   store, and the WAL makes it durable.
//! * Concurrent read transactions: a revision as a plain number, and [`Pin`].
//! * `scheduleCompaction`, 1000 revisions and then a pause: [`Store::compact_step`] with a budget.
//! * The lessor's `leaseMap` and `itemMap`: the field `leases`; see [`crate::lease`].
//! * `kvHasher`: [`Store::hash_kv`], over the bytes that bbolt *would* hold.
//!
//! etcd keeps values on disk and only the index in memory; here both are in memory, which is what
//! makes a put about a microsecond, and a store as large as the machine's memory at most.
//!
//! # Records
//!
//! `records` is in revision order for the sake of both hashing and watching ([`Watches`]): "all
//! events since revision *r*" is a range of it.

#[cfg(feature = "known-bugs")]
mod bugs;
mod checkpoint;
mod compaction;
mod compaction_hash;
mod defragment;
mod hash;
mod history;
mod interval;
mod key;
mod lease;
mod loader;
mod pin;
mod plan;
mod reading;
mod records;
mod size;
mod task;
mod validate;
mod version;
mod view;
mod walk;
mod watch;
mod write;

pub use checkpoint::{CheckpointChunk, CheckpointError, CheckpointKey, Cursor};
pub use defragment::Defragmentation;
pub use hash::{HashStep, Hashing};
pub use loader::Loader;
pub use pin::Pin;
pub use task::Task;
pub use validate::{Limits, validate};
pub use version::{Version, VersionId};
pub use view::KeyView;
pub use watch::{WatchFigures, WatchLimits, WatchStreamView, WatchView, Watches};

use self::compaction::Compaction;
use self::compaction_hash::CompactionHashes;
use self::history::KeyHistory;
use self::key::Key;
use self::pin::Pins;
use self::reading::{Reading, View};
use self::records::Records;
use self::size::Sizes;
use crate::collections::BTreeMap;
use crate::command::{Command, RangeReply, Reply};
use crate::error::Error;
use crate::id::Revision;
use crate::known_bug::KnownBugs;
use crate::lease::Leases;

/// All keys, with all their versions that are not forgotten.
#[derive(Clone, Debug)]
pub struct Store {
    /// The newest main revision; every version's is at or below it.
    revision: Revision,
    /// Key → its versions. A key without versions is not in it.
    keys: BTreeMap<Key, KeyHistory>,
    /// Every version in `keys`, in the order of writing.
    records: Records,
    compaction: Compaction,
    compaction_hashes: CompactionHashes,
    pins: Pins,
    sizes: Sizes,
    /// The known bug that is put back; nothing in a server.
    bugs: KnownBugs,
    /// The leases, with the keys that hang on them: of every key that is there, its newest
    /// version's.
    leases: Leases,
}

impl Store {
    /// An empty store: revision 1, never compacted (-1).
    pub fn new() -> Self {
        Self {
            revision: Revision(1),
            keys: BTreeMap::new(),
            records: Records::default(),
            compaction: Compaction::default(),
            compaction_hashes: CompactionHashes::default(),
            pins: Pins::default(),
            sizes: Sizes::default(),
            bugs: KnownBugs::default(),
            leases: Leases::default(),
        }
    }

    /// Puts known bugs back, in a build that has them.
    pub(crate) fn put_back(&mut self, bugs: KnownBugs) {
        self.bugs = bugs;
    }

    /// Carries a command out, all of it or nothing: an error leaves the store as it was.
    ///
    /// The command is believed to have passed [`validate`] when it was proposed; one that has not
    /// does no harm, but is not refused for everything that etcd refuses before proposing.
    ///
    /// # Errors
    /// [`Error::EmptyKey`], [`Error::KeyNotFound`], [`Error::LeaseNotFound`],
    /// [`Error::Compacted`], [`Error::FutureRevision`] as etcd answers them when it applies;
    /// [`Error::NotSupported`] for commands that are not the store's.
    pub fn apply(&mut self, command: &Command) -> Result<Reply, Error> {
        match command {
            Command::Range(range) => self.range(range).map(Reply::Range),
            Command::Put(put) => self.apply_put(put).map(Reply::Put),
            Command::DeleteRange(_) | Command::Txn(_) | Command::LeaseRevoke(_) => {
                match Task::write(command, self) {
                    Some(task) => self.run(task),
                    None => Err(Error::NotSupported("writing this".to_owned())),
                }
            }
            Command::Compact(compact) => self.compact(compact.revision).map(|()| Reply::Compact),
            Command::HashKv(hash) => self.hash_kv(hash.revision).map(Reply::HashKv),
            Command::LeaseGrant(grant) => self.grant(*grant).map(Reply::LeaseGrant),
            Command::LeaseCheckpoint(leases) => {
                self.checkpoint_leases(leases);
                Ok(Reply::LeaseCheckpoint)
            }
            Command::Status
            | Command::MemberList(_)
            | Command::AlarmList
            | Command::PublishAttributes(_)
            | Command::Publish(_)
            | Command::AlarmRaise(_)
            | Command::AlarmLower(_)
            | Command::DowngradeValidate(_)
            | Command::DowngradeEnable(_)
            | Command::DowngradeCancel
            | Command::Defragment
            | Command::LeaseKeepAlive(_)
            | Command::LeaseTimeToLive(_)
            | Command::LeaseList
            | Command::LeaseExpire(_)
            | Command::MemberAdd(_)
            | Command::MemberRemove(_)
            | Command::MemberUpdate(_)
            | Command::MemberPromote(_)
            | Command::MoveLeader(_) => {
                Err(Error::NotSupported("asking the store for this".to_owned()))
            }
        }
    }

    /// Reads keys at a revision.
    ///
    /// # Errors
    /// [`Error::Compacted`] below the compact revision, [`Error::FutureRevision`] above the
    /// newest.
    pub fn range(&self, range: &crate::command::Range) -> Result<RangeReply, Error> {
        let mut reading = Reading::begin(range, self.view())?;
        while !reading.step(self, &mut usize::MAX.clone()) {}
        Ok(reading.reply())
    }

    /// What a request sees that begins now.
    fn view(&self) -> View {
        View {
            newest: self.revision,
            compacted: self.compact_revision(),
        }
    }

    /// The newest main revision.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The revision below which nothing can be read; -1 before the first compaction.
    pub fn compact_revision(&self) -> Revision {
        self.compaction.logical()
    }

    /// How many versions are stored, tombstones and forgotten ones included.
    pub fn version_count(&self) -> u64 {
        self.records.len() as u64
    }

    /// How many keys are there.
    pub fn key_count(&self) -> u64 {
        self.sizes.keys()
    }

    /// How many pins are held.
    pub fn pin_count(&self) -> usize {
        self.pins.count()
    }

    /// About how many bytes the store takes, with what deletions and compactions have left free
    /// in it: etcd's `dbSize`, what the quota counts. It falls by defragmentation alone.
    pub fn size_bytes(&self) -> u64 {
        self.sizes.size_bytes()
    }

    /// As [`Store::size_bytes`] without what is free: etcd's `dbSizeInUse`. It falls at once with
    /// a compaction, and is the same on all members that have applied the same log.
    pub fn size_in_use_bytes(&self) -> u64 {
        self.sizes.in_use_bytes()
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}
