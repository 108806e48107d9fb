//! Frames: how a message becomes bytes, and what is checked before bytes become a message.
//!
//! ```text
//! offset  size  field
//!      0     4  magic "QRT1"
//!      4     1  version of the body's types
//!      5     3  zero
//!      8     4  length of the body, in bytes, little endian
//!     12     4  CRC-32C of the version, the length, the cluster id and the body
//!     16     8  cluster id, little endian
//!     24     …  body: an rkyv archive of `WireFrame`
//! ```
//!
//! All of it stands outside the archive because rkyv's own check is for memory safety only: it
//! accepts most flipped bits. So the order is magic, version, length, cluster, CRC, and only then
//! the archive, with a bound on its depth (nested pointers could overflow the stack).

use bytes::Bytes;
use thiserror::Error;

use super::wire::{HashOutcome, WireBody, WireFrame, WireKind};
use crate::archive;
use crate::checksum::{crc32c, crc32c_append};
use crate::id::{ClusterId, Index, Term};
use crate::limits::FRAME_SIZE_BYTES_MAX;
use crate::trace::{MessageKind, MessageSummary};

/// Length of what stands before a frame's body, in bytes.
pub const HEADER_SIZE_BYTES: usize = 24;
/// The newest version of the body's types. A body is sent as of the oldest version that has it, so
/// that members of two versions understand each other in all that both know.
pub const VERSION: u8 = 4;
/// The oldest version that is read.
pub const VERSION_MIN: u8 = 1;

/// What is wrong with a frame.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Shorter than its header, or than its header says.
    #[error("frame of {actual} bytes, its header wants {wanted}")]
    Length {
        /// What there is.
        actual: usize,
        /// What there should be.
        wanted: usize,
    },
    /// Longer than any frame may be.
    #[error("frame of {0} bytes is above the limit of {FRAME_SIZE_BYTES_MAX}")]
    TooLarge(usize),
    /// Not a frame at all.
    #[error("frame does not begin with QRT1")]
    Magic,
    /// Of a version this member does not know.
    #[error("frame of version {0}, this member speaks {VERSION}")]
    Version(u8),
    /// The three bytes that are zero are not.
    #[error("frame's reserved bytes are not zero")]
    Reserved,
    /// Of another cluster.
    #[error("cluster ID mismatch: frame of cluster {theirs}, this member is of {own}")]
    Cluster {
        /// The frame's.
        theirs: ClusterId,
        /// The member's.
        own: ClusterId,
    },
    /// Damaged on the way.
    #[error("frame damaged: its CRC is {actual:08x}, its header says {wanted:08x}")]
    Crc {
        /// What the bytes give.
        actual: u32,
        /// What the header says.
        wanted: u32,
    },
    /// The body is no archive of ours.
    #[error("frame's body cannot be read: {0}")]
    Body(String),
}

/// Makes a frame.
pub fn encode(cluster: ClusterId, frame: &WireFrame) -> Bytes {
    let body = archive::encode(frame);
    let version = version(&frame.body);
    let length = u32::try_from(body.len()).expect("limits.rs bounds every message's parts");
    let mut bytes = Vec::with_capacity(HEADER_SIZE_BYTES + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&[version, 0, 0, 0]);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&crc(version, length, cluster, &body).to_le_bytes());
    bytes.extend_from_slice(&cluster.0.to_le_bytes());
    bytes.extend_from_slice(&body);
    Bytes::from(bytes)
}

/// Reads a frame of a cluster, checking everything.
///
/// # Errors
///
/// [`FrameError`] says what is wrong with it; the frame is to be thrown away.
pub fn decode(cluster: ClusterId, bytes: &[u8]) -> Result<WireFrame, FrameError> {
    let header = Header::read(bytes)?;
    if header.cluster != cluster {
        return Err(FrameError::Cluster {
            theirs: header.cluster,
            own: cluster,
        });
    }
    let wanted = HEADER_SIZE_BYTES + header.length as usize;
    if bytes.len() != wanted {
        return Err(FrameError::Length {
            actual: bytes.len(),
            wanted,
        });
    }
    let body = &bytes[HEADER_SIZE_BYTES..];
    let actual = crc(header.version, header.length, header.cluster, body);
    if actual != header.crc {
        return Err(FrameError::Crc {
            actual,
            wanted: header.crc,
        });
    }
    let frame = read_body(body)?;
    if header.version < version(&frame.body) {
        return Err(FrameError::Body(format!(
            "version {} has no such message",
            header.version
        )));
    }
    Ok(frame)
}

/// The oldest version of the bodies' types that has this one. Those of an older version have the
/// same bytes in a newer one: a golden test holds that.
fn version(body: &WireBody) -> u8 {
    match body {
        WireBody::Raft(_) | WireBody::SnapshotChunk(_) | WireBody::SnapshotProgress(_) => 1,
        WireBody::LeaseQuestion(_) | WireBody::LeaseAnswer(_) => 2,
        WireBody::ChangeQuestion(_)
        | WireBody::ChangeAnswer(_)
        | WireBody::Removal(_)
        | WireBody::StandingQuestion(_) => 3,
        WireBody::HashQuestion(_) | WireBody::HashAnswer(_) => 4,
    }
}

/// What a person wants to know of a frame; nothing when it cannot be read. For drawing only: the
/// CRC and the cluster are not looked at.
pub fn summarize(bytes: &[u8]) -> Option<MessageSummary> {
    let body = bytes.get(HEADER_SIZE_BYTES..)?;
    Some(summary(&read_body(body).ok()?.body))
}

/// What a person wants to know of a message.
pub fn summary(body: &WireBody) -> MessageSummary {
    match body {
        WireBody::Raft(message) => MessageSummary {
            kind: message.kind.into(),
            term: Term(message.term),
            index: Index(message.index),
            log_term: Term(message.log_term),
            entries: message.entries.len() as u32,
            commit: Index(message.commit),
            reject: message.reject,
        },
        WireBody::SnapshotChunk(chunk) => MessageSummary {
            kind: if chunk.number == 0 {
                MessageKind::Snapshot
            } else {
                MessageKind::SnapshotChunk
            },
            term: Term(chunk.term),
            index: Index(chunk.index),
            log_term: Term(chunk.log_term),
            entries: 0,
            commit: Index(0),
            reject: false,
        },
        WireBody::SnapshotProgress(progress) => MessageSummary {
            kind: MessageKind::SnapshotProgress,
            term: Term(progress.term),
            index: Index(progress.index),
            log_term: Term(0),
            entries: 0,
            commit: Index(0),
            reject: progress.state == super::wire::SnapshotProgressState::Failed,
        },
        WireBody::LeaseQuestion(_) => beside_log(MessageKind::LeaseQuestion, false),
        WireBody::LeaseAnswer(answer) => beside_log(MessageKind::LeaseAnswer, answer.not_leader),
        WireBody::ChangeQuestion(_) => beside_log(MessageKind::ChangeQuestion, false),
        WireBody::ChangeAnswer(_) => beside_log(MessageKind::ChangeAnswer, true),
        WireBody::StandingQuestion(question) => MessageSummary {
            commit: Index(question.commit),
            ..beside_log(MessageKind::StandingQuestion, false)
        },
        WireBody::Removal(notice) => MessageSummary {
            commit: Index(notice.commit),
            ..beside_log(MessageKind::Removal, false)
        },
        WireBody::HashQuestion(_) => beside_log(MessageKind::HashQuestion, false),
        WireBody::HashAnswer(answer) => beside_log(
            MessageKind::HashAnswer,
            !matches!(answer.outcome, HashOutcome::Hash { .. }),
        ),
    }
}

/// Questions about leases, members and hashes have nothing to do with the log.
fn beside_log(kind: MessageKind, reject: bool) -> MessageSummary {
    MessageSummary {
        kind,
        term: Term(0),
        index: Index(0),
        log_term: Term(0),
        entries: 0,
        commit: Index(0),
        reject,
    }
}

struct Header {
    version: u8,
    length: u32,
    crc: u32,
    cluster: ClusterId,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, FrameError> {
        let short = FrameError::Length {
            actual: bytes.len(),
            wanted: HEADER_SIZE_BYTES,
        };
        let Some(head) = bytes.first_chunk::<HEADER_SIZE_BYTES>() else {
            return Err(short);
        };
        let (magic, rest) = head.split_at(4);
        if magic != MAGIC {
            return Err(FrameError::Magic);
        }
        let version = rest[0];
        if head[5..8] != [0, 0, 0] {
            return Err(FrameError::Reserved);
        }
        if !(VERSION_MIN..=VERSION).contains(&version) {
            return Err(FrameError::Version(version));
        }
        let length = number(&head[8..12]) as u32;
        if length > FRAME_SIZE_BYTES_MAX {
            return Err(FrameError::TooLarge(length as usize));
        }
        Ok(Self {
            version,
            length,
            crc: number(&head[12..16]) as u32,
            cluster: ClusterId(number(&head[16..24])),
        })
    }
}

fn read_body(body: &[u8]) -> Result<WireFrame, FrameError> {
    archive::decode(body).map_err(FrameError::Body)
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn crc(version: u8, length: u32, cluster: ClusterId, body: &[u8]) -> u32 {
    let crc = crc32c(&[version]);
    let crc = crc32c_append(crc, &length.to_le_bytes());
    let crc = crc32c_append(crc, &cluster.0.to_le_bytes());
    crc32c_append(crc, body)
}

impl From<WireKind> for MessageKind {
    fn from(kind: WireKind) -> Self {
        match kind {
            WireKind::Propose => MessageKind::Propose,
            WireKind::Append => MessageKind::Append,
            WireKind::AppendResponse => MessageKind::AppendResponse,
            WireKind::Vote => MessageKind::Vote,
            WireKind::VoteResponse => MessageKind::VoteResponse,
            WireKind::PreVote => MessageKind::PreVote,
            WireKind::PreVoteResponse => MessageKind::PreVoteResponse,
            WireKind::Heartbeat => MessageKind::Heartbeat,
            WireKind::HeartbeatResponse => MessageKind::HeartbeatResponse,
            WireKind::TimeoutNow => MessageKind::TimeoutNow,
            WireKind::ReadIndex => MessageKind::ReadIndex,
            WireKind::ReadIndexResponse => MessageKind::ReadIndexResponse,
        }
    }
}

const MAGIC: &[u8; 4] = b"QRT1";
