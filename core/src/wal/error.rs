//! Why a log cannot be read.

use thiserror::Error;

use crate::id::Index;

use super::Metadata;

/// Why a log is refused. None of these heals by trying again: somebody must look.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WalError {
    /// No segment was ever finished: nothing has been promised, a log may be created.
    #[error("wal: there is no log")]
    Empty,
    /// Something that had been synced has changed. To go on would be to forget a promise (a
    /// vote, an entry that a majority counts on), so the member must not serve.
    #[error("wal: {file} is corrupt at byte {at_bytes}: {what}")]
    Corrupt {
        /// The segment, as a path.
        file: String,
        /// Where in it the first damaged frame begins.
        at_bytes: u64,
        /// What is wrong there.
        what: String,
    },
    /// A later version of this program wrote it.
    #[error("wal: {file} is written in format {version}, newer than {known}")]
    NewerFormat {
        /// The segment, as a path.
        file: String,
        /// Its format.
        version: u8,
        /// The newest format that this program reads.
        known: u8,
    },
    /// The data directory belongs to another member or cluster.
    #[error("wal: the log is of {found}, not of {expected}")]
    OtherMember {
        /// Whose log it is.
        found: Metadata,
        /// Who asked.
        expected: Metadata,
    },
    /// The log begins behind where the newest good snapshot ends.
    #[error("wal: entries {} to {} are neither in a snapshot nor in the log",
        .snapshot.0.saturating_add(1), .base)]
    Gap {
        /// The last index that the snapshot covers.
        snapshot: Index,
        /// The last index that the log no longer has.
        base: Index,
    },
}
