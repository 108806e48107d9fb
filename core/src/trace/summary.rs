//! What a frame between members says, for a person.

use super::MessageKind;
use crate::id::{Index, Term};

/// What a person wants to know of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSummary {
    /// Its type.
    pub kind: MessageKind,
    /// Its term (of a pre-vote: the term that would be).
    pub term: Term,
    /// Of an append: the index its entries follow on; of an answer: the index it speaks of.
    pub index: Index,
    /// The term of the entry at `index`.
    pub log_term: Term,
    /// How many entries it carries.
    pub entries: u32,
    /// Commit index it tells.
    pub commit: Index,
    /// Whether it says no.
    pub reject: bool,
}
