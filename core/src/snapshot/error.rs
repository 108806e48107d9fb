//! Why a snapshot cannot be used.

use thiserror::Error;

/// Why a snapshot is refused. An older one, or a peer's, may still do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// It is not what was written.
    #[error("snapshot: broken at byte {at_bytes}: {what}")]
    Broken {
        /// Where the first bad frame begins.
        at_bytes: u64,
        /// What is wrong there.
        what: String,
    },
    /// A later version of this program wrote it.
    #[error("snapshot: format {version} is newer than {known}")]
    NewerFormat {
        /// Its format.
        version: u8,
        /// The newest format that this program reads.
        known: u8,
    },
    /// The file's name says another position than its header.
    #[error("snapshot: it was written as {0}")]
    Renamed(String),
}
