//! Saving: a client fetches a member's whole store, piece by piece.
//!
//! What it fetches is a snapshot in the form of the files (`crate::snapshot`), of the store as it
//! was when the client asked. A piece is made when the client has taken the one before it, so a
//! slow client holds nothing up and nothing piles up for it.

use bytes::Bytes;

use crate::error::Error;
use crate::id::{Revision, SaveId};
use crate::version::ServerVersion;

/// What a client asks that saves a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveRequest {
    /// Begin. Answered by [`SaveAnswer::Begun`], or by an end.
    Begin(SaveId),
    /// The next piece. Answered by [`SaveAnswer::Piece`], or by an end.
    Next(SaveId),
    /// The client is gone. Not answered.
    Close(SaveId),
}

/// An answer, and to which client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveResponse {
    /// Who asked.
    pub save: SaveId,
    /// The answer.
    pub answer: SaveAnswer,
}

/// What a client that saves a store is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveAnswer {
    /// It has begun.
    Begun {
        /// How many bytes all pieces are together.
        size_bytes: u64,
        /// The store's revision, which all pieces are of.
        revision: Revision,
        /// The cluster's version, which is its stores' too; nothing before it is decided.
        version: Option<ServerVersion>,
    },
    /// The next bytes.
    Piece {
        /// These.
        bytes: Bytes,
        /// Whether no more follow.
        is_last: bool,
    },
    /// There are no more, and what came is not whole.
    Ended(SaveEnd),
}

/// Why saving a store ended before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveEnd {
    /// The member does not do it.
    Refused(Error),
    /// A leader's snapshot has taken the place of the store that was being saved.
    Replaced,
}
