//! What there is to choose from at a revision without an acknowledged write.

use bytes::Bytes;

use super::conflict::Conflict;
use super::evidence::Evidence;
use super::unknown::{Extent, Unknown};
use crate::id::{LeaseId, Revision};

/// What may stand at a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Candidate {
    /// One of the unknown, by place.
    Unknown(usize),
    /// A lease ended.
    Expiry(LeaseId),
}

/// What may stand at a revision by itself.
pub(super) struct Standing {
    /// Of the unknown, by place.
    pub(super) unknown: Vec<usize>,
    /// Whether it can be the end of a lease; not when it is known to be one of them.
    pub(super) may_be_expiry: bool,
}

/// A revision where the search has chosen.
pub(super) struct Choice {
    pub(super) revision: Revision,
    pub(super) candidates: Vec<Candidate>,
    /// The place of the one that is tried next.
    pub(super) next: usize,
    /// The keys that any of the candidates may change.
    pub(super) extent: Extent,
    /// What it is due to that none of those tried will do, and that there are no others.
    pub(super) conflict: Conflict,
}

impl Choice {
    /// The one that stands there now.
    pub(super) fn taken(&self) -> Option<Candidate> {
        self.candidates.get(self.next.checked_sub(1)?).copied()
    }
}

impl Standing {
    pub(super) fn at(
        revision: Revision,
        unknown: &[Unknown<'_>],
        leased: &Extent,
        evidence: &Evidence,
    ) -> Self {
        let is_pinned_here = |one: &Unknown<'_>| one.pinned == Some(revision);
        let is_pinned = unknown.iter().any(is_pinned_here);
        let may_stand =
            |one: &Unknown<'_>| is_pinned_here(one) == is_pinned && one.fits(revision, evidence);
        let may_be_written = |key: &Bytes| evidence.may_write(key, revision);
        Self {
            unknown: (0..unknown.len())
                .filter(|at| may_stand(&unknown[*at]))
                .collect(),
            may_be_expiry: !is_pinned && leased.keys().any(may_be_written),
        }
    }
}
