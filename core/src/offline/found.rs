//! Founding a new cluster on a snapshot of an old one.
//!
//! Each first member of the new cluster gets the same: a snapshot with the old store and the new
//! members, and a log that begins with one entry for each of them, all in term 1, committed, and
//! covered by the snapshot. It is what a new cluster begins with anyway
//! ([`crate::member::Member::start`]), with a store in it.

use crate::archive;
use crate::command::MemberInfo;
use crate::disk::DiskOperation;
use crate::id::{ClusterId, Index, MemberId};
use crate::limits::SNAPSHOT_CHUNK_SIZE_BYTES;
use crate::member::{FIRST_TERM, restore_file};
use crate::membership::MembershipEntry;
use crate::mvcc::Store;
use crate::snapshot::{Configuration, SnapshotFile, SnapshotHeader, SnapshotWriter};
use crate::wal::{EntryKind, HardState, LogEntry, Metadata, Wal, WalOptions};

/// Who founds a cluster.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The member whose files are made.
    pub own: MemberId,
    /// The new cluster.
    pub cluster: ClusterId,
    /// Its first members.
    pub members: Vec<MemberInfo>,
    /// How far the store's revision is moved on. All before is forgotten then, so that clients
    /// who saw later revisions than the snapshot's notice that these are gone, and read anew.
    pub bump_revision: u64,
}

/// What makes the files of a first member, in a directory that has none, in this order.
///
/// # Errors
/// What is wrong with the snapshot, though its checksums are right, or with the founding.
pub fn found_from_snapshot(
    file: SnapshotFile,
    founding: &Founding,
) -> Result<Vec<DiskOperation>, String> {
    let mut members = founding.members.clone();
    members.sort_by_key(|member| member.id);
    members.dedup_by_key(|member| member.id);
    if !members.iter().any(|member| member.id == founding.own) {
        return Err(format!("member {} is not among the founders", founding.own));
    }
    let mut store = restore_file(file)?.store;
    if founding.bump_revision > 0 {
        store.bump_revision(founding.bump_revision)?;
    }
    let mut operations = snapshot(&mut store, founding.cluster, &members)?;
    let metadata = Metadata {
        member: founding.own,
        cluster: founding.cluster,
    };
    operations.extend(log(metadata, members));
    Ok(operations)
}

fn snapshot(
    store: &mut Store,
    cluster: ClusterId,
    members: &[MemberInfo],
) -> Result<Vec<DiskOperation>, String> {
    let header = SnapshotHeader {
        cluster,
        index: Index(members.len() as u64),
        term: FIRST_TERM,
        configuration: Configuration {
            voters: members.iter().map(|member| member.id).collect(),
            ..Configuration::default()
        },
        membership: archive::encode(&members.to_vec()).into_vec().into(),
        revision: store.revision(),
        compact_revision: store.compact_revision(),
        leases: store.leases().records(),
        ..SnapshotHeader::default()
    };
    let (mut writer, mut operations) = SnapshotWriter::begin(&header);
    let pin = store.pin();
    let mut cursor = None;
    loop {
        let (chunk, next) = store
            .read_chunk(&pin, cursor.as_ref(), SNAPSHOT_CHUNK_SIZE_BYTES)
            .ok_or("the store has changed")?;
        let bytes = chunk.encode().map_err(|error| error.to_string())?;
        operations.push(writer.chunk(&bytes));
        match next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    store.unpin(pin);
    operations.extend(writer.finish());
    Ok(operations)
}

fn log(metadata: Metadata, members: Vec<MemberInfo>) -> Vec<DiskOperation> {
    let (mut wal, mut operations) = Wal::create(metadata, WalOptions::default());
    wal.batch_done();
    let entries: Vec<LogEntry> = members
        .into_iter()
        .zip(1..)
        .map(|(member, index)| LogEntry {
            term: FIRST_TERM,
            index: Index(index),
            kind: EntryKind::ConfChange,
            data: MembershipEntry::First(member).encode(),
        })
        .collect();
    let last = Index(entries.len() as u64);
    let hard_state = HardState {
        term: FIRST_TERM,
        vote: MemberId::NONE,
        commit: last,
    };
    wal.append(&entries, Some(hard_state));
    wal.mark_snapshot(last, FIRST_TERM);
    operations.extend(
        wal.take_batch()
            .into_iter()
            .flat_map(|batch| batch.operations),
    );
    operations
}
