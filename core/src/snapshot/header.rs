//! What a snapshot says about itself.

use bytes::{BufMut, Bytes, BytesMut};
use rkyv::{Archive, Deserialize, Serialize};

use crate::archive;
use crate::command::AlarmMember;
use crate::disk::SNAPSHOT_DIRECTORY;
use crate::id::{ClusterId, Index, MemberId, Revision, Term};
use crate::lease::LeaseRecord;
use crate::limits::TERM_OR_INDEX_MAX;
use crate::versions::VersionRecord;

use super::SnapshotError;

/// Who votes (Raft's `ConfState`): also in the middle of a joint change (thesis §4.3), when the
/// last two lists are in use.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Those who vote.
    pub voters: Vec<MemberId>,
    /// Those who follow without a vote.
    pub learners: Vec<MemberId>,
    /// In a joint change: those who voted before it.
    pub voters_outgoing: Vec<MemberId>,
    /// In a joint change: voters that become learners when it ends.
    pub learners_next: Vec<MemberId>,
    /// Whether Raft ends the joint change by itself.
    pub auto_leave: bool,
}

/// The first frame of a snapshot.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotHeader {
    /// Whose store it is.
    pub cluster: ClusterId,
    /// The last entry that is in it.
    pub index: Index,
    /// That entry's term.
    pub term: Term,
    /// The configuration as of that entry.
    pub configuration: Configuration,
    /// The members with their names and URLs, opaque here.
    pub membership: Bytes,
    /// The store's revision.
    pub revision: Revision,
    /// Up to where the store is compacted; -1 if it never was.
    pub compact_revision: Revision,
    /// The leases, in ascending order of ids; none in format 1, which knew no leases.
    pub leases: Vec<LeaseRecord>,
    /// The members that were removed, in ascending order; none in formats 1 and 2, which knew no
    /// removals.
    pub removed: Vec<MemberId>,
    /// The alarms that are raised; none before format 4, which were without alarms.
    pub alarms: Vec<AlarmMember>,
    /// The members' versions and the cluster's; none are known before format 4.
    pub versions: VersionRecord,
}

impl SnapshotHeader {
    /// What names the snapshot of a position, and says no more about it.
    pub(crate) fn at(index: Index, term: Term) -> Self {
        Self {
            index,
            term,
            ..Self::default()
        }
    }

    /// As bytes: one for the format's version, then the archive. They carry no checksum: the
    /// frame they travel in does.
    pub fn encode(&self) -> Bytes {
        let archive = archive::encode(self);
        let mut bytes = BytesMut::with_capacity(1 + archive.len());
        bytes.put_u8(FORMAT_VERSION);
        bytes.put_slice(&archive);
        bytes.freeze()
    }

    /// Reads what [`SnapshotHeader::encode`] wrote; any other bytes are an error.
    pub fn decode(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let broken = |what: String| SnapshotError::Broken { at_bytes: 0, what };
        let (version, archive) = bytes
            .split_first()
            .ok_or_else(|| broken("an empty header".to_owned()))?;
        check_version(*version, 0)?;
        let header = match *version {
            1 => archive::decode::<HeaderVersion1>(archive).map(Self::from),
            2 => archive::decode::<HeaderVersion2>(archive).map(Self::from),
            3 => archive::decode::<HeaderVersion3>(archive).map(Self::from),
            _ => archive::decode(archive),
        }
        .map_err(broken)?;
        if header.index.0.max(header.term.0) > TERM_OR_INDEX_MAX {
            return Err(broken("impossible term or index".to_owned()));
        }
        Ok(header)
    }

    /// The file's name, without its directory.
    pub fn file_name(&self) -> String {
        format!("{:016x}-{:016x}.snap", self.term.0, self.index.0)
    }

    /// The file's path in the data directory.
    pub fn path(&self) -> String {
        format!("{SNAPSHOT_DIRECTORY}/{}", self.file_name())
    }

    /// The path of a leader's snapshot before the log has its marker.
    pub fn received_path(&self) -> String {
        format!("{}{RECEIVED_SUFFIX}", self.path())
    }
}

/// [`SnapshotHeader`] as of format 1.
#[derive(Archive, Serialize, Deserialize)]
struct HeaderVersion1 {
    cluster: ClusterId,
    index: Index,
    term: Term,
    configuration: Configuration,
    membership: Bytes,
    revision: Revision,
    compact_revision: Revision,
}

impl From<HeaderVersion1> for SnapshotHeader {
    fn from(old: HeaderVersion1) -> Self {
        Self {
            cluster: old.cluster,
            index: old.index,
            term: old.term,
            configuration: old.configuration,
            membership: old.membership,
            revision: old.revision,
            compact_revision: old.compact_revision,
            ..Self::default()
        }
    }
}

/// [`SnapshotHeader`] as of format 2.
#[derive(Archive, Serialize, Deserialize)]
struct HeaderVersion2 {
    cluster: ClusterId,
    index: Index,
    term: Term,
    configuration: Configuration,
    membership: Bytes,
    revision: Revision,
    compact_revision: Revision,
    leases: Vec<LeaseRecord>,
}

impl From<HeaderVersion2> for SnapshotHeader {
    fn from(old: HeaderVersion2) -> Self {
        Self {
            cluster: old.cluster,
            index: old.index,
            term: old.term,
            configuration: old.configuration,
            membership: old.membership,
            revision: old.revision,
            compact_revision: old.compact_revision,
            leases: old.leases,
            ..Self::default()
        }
    }
}

/// [`SnapshotHeader`] as of format 3.
#[derive(Archive, Serialize, Deserialize)]
struct HeaderVersion3 {
    cluster: ClusterId,
    index: Index,
    term: Term,
    configuration: Configuration,
    membership: Bytes,
    revision: Revision,
    compact_revision: Revision,
    leases: Vec<LeaseRecord>,
    removed: Vec<MemberId>,
}

impl From<HeaderVersion3> for SnapshotHeader {
    fn from(old: HeaderVersion3) -> Self {
        Self {
            cluster: old.cluster,
            index: old.index,
            term: old.term,
            configuration: old.configuration,
            membership: old.membership,
            revision: old.revision,
            compact_revision: old.compact_revision,
            leases: old.leases,
            removed: old.removed,
            ..Self::default()
        }
    }
}

/// Refuses formats that this program does not know.
pub(crate) fn check_version(version: u8, at_bytes: u64) -> Result<(), SnapshotError> {
    match version {
        1..=FORMAT_VERSION => Ok(()),
        0 => Err(SnapshotError::Broken {
            at_bytes,
            what: "format 0 never was".to_owned(),
        }),
        _ => Err(SnapshotError::NewerFormat {
            version,
            known: FORMAT_VERSION,
        }),
    }
}

/// What follows the name of a leader's snapshot until the log has its marker.
pub(crate) const RECEIVED_SUFFIX: &str = ".received";

/// The version of the format that is written, in every frame.
pub(crate) const FORMAT_VERSION: u8 = 4;

/// Kind of the header's frame; apart from the log's, so that neither passes for the other.
pub(crate) const KIND_HEADER: u8 = 0x11;
/// Kind of a chunk's frame.
pub(crate) const KIND_CHUNK: u8 = 0x12;
/// Kind of the last frame.
pub(crate) const KIND_TAIL: u8 = 0x13;

/// All snapshots have the same number in their frames' places: the chain, which begins with the
/// header, tells their frames apart.
pub(crate) const PLACE_FILE: u64 = 0;

/// The body of the last frame.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) chunks: u64,
    pub(crate) chunk_bytes: u64,
}
