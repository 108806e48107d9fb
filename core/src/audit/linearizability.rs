//! Linearizability of reads, writes and transactions.
//!
//! Herlihy & Wing (1990); etcd's `learning/api_guarantees.md` (KV) and what its robustness suite
//! calls `validate/operations`. All writes are replayed in the order of their revisions on a
//! [`Model`], and every answer is compared with it. A revision at which nothing acknowledged
//! stands must be a write whose outcome nobody was told, or the end of a lease: those are
//! searched, with jumps back over revisions that cannot matter.

mod evidence;
mod search;

use super::finding::Finding;
use super::history::History;
use super::model::Model;
use super::real_time::{Place, floors};
use crate::id::Revision;

/// What a history that is linearizable says.
#[derive(Clone, Debug)]
pub struct Linearized {
    /// All revisions up to the newest that anybody was told of; nothing when the search for an
    /// order was given up. Then nothing is proven, either way.
    pub model: Option<Model>,
    /// At how many revisions a write stands that nobody was told of.
    pub unacknowledged: u64,
    /// Whether the model also agrees with what watches heard.
    pub agrees_with_watches: bool,
}

/// Finds an order of all operations that a single store would have had them in.
///
/// # Errors
/// There is none.
pub fn linearize(history: &History) -> Result<Linearized, Finding> {
    let floors = floors(history)?;
    let with_watches = evidence::Evidence::new(history, true);
    // What a watch heard tells which write stands where; a watch that heard wrongly is for the
    // checker of watches to tell.
    match search::Search::new(history, &floors, with_watches)?.run() {
        Ok(Linearized {
            model: None,
            unacknowledged: _,
            agrees_with_watches: _,
        })
        | Err(_) => {}
        Ok(linearized) => return Ok(linearized),
    }
    let without = evidence::Evidence::new(history, false);
    let linearized = search::Search::new(history, &floors, without)?.run()?;
    Ok(Linearized {
        agrees_with_watches: history.watches.is_empty(),
        ..linearized
    })
}

/// The newest revision that an operation was answered at.
fn newest(history: &History) -> Revision {
    let places = history.operations.iter().filter_map(Place::of);
    places
        .map(Place::revision)
        .max()
        .unwrap_or(Revision(1))
        .max(Revision(1))
}

fn broken(text: String) -> Finding {
    Finding {
        property: "linearizability",
        source: "Herlihy & Wing 1990; etcd api_guarantees.md",
        text,
    }
}
