//! Linearizability of reads, writes and transactions.
//!
//! Herlihy & Wing (1990); etcd's `learning/api_guarantees.md` (KV) and what its robustness suite
//! calls `validate/operations`. All writes are replayed in the order of their revisions on a
//! [`Model`], and every answer is compared with it. A revision at which nothing acknowledged
//! stands must be a write whose outcome nobody was told, or the end of a lease: those are
//! searched, with jumps back over revisions that cannot matter.

mod choice;
mod conflict;
mod demand;
mod evidence;
mod hint;
mod misfit;
mod search;
mod spans;
mod unknown;

use self::evidence::{Belief, Evidence};
pub use self::hint::Hint;
use self::search::Search;
use super::finding::Finding;
use super::history::History;
use super::model::Model;
use super::real_time::{Place, floors};
use crate::id::{LeaseId, Revision};

/// What a history that is linearizable says.
#[derive(Clone, Debug)]
pub struct Linearized {
    /// All revisions up to the newest that anybody was told of; nothing when the search for an
    /// order was given up. Then nothing is proven, either way.
    pub model: Option<Model>,
    /// At how many revisions a write stands that nobody was told of.
    pub unacknowledged: u64,
    /// At which revisions a lease must have ended by itself.
    pub expiries: Vec<(Revision, LeaseId)>,
}

impl Linearized {
    fn undecided() -> Self {
        Self {
            model: None,
            unacknowledged: 0,
            expiries: Vec::new(),
        }
    }

    /// Whether it was found out that the history is linearizable. If not, the watches and leases
    /// that take the order to be checked have not been, either.
    pub fn is_decided(&self) -> bool {
        self.model.is_some()
    }
}

/// Finds an order of all operations that a single store would have had them in. A search that
/// takes too long is begun again with what a hint says, if there is one.
///
/// # Errors
/// There is none.
pub fn linearize(history: &History, hint: Option<Hint<'_>>) -> Result<Linearized, Finding> {
    let floors = floors(history)?;
    let search_along = |belief, hint| {
        let evidence = Evidence::new(history, belief);
        Search::new(history, &floors, evidence)?.along(hint).run()
    };
    let search = |belief| {
        let linearized = search_along(belief, None)?;
        match hint {
            Some(_) if !linearized.is_decided() => search_along(belief, hint),
            _ => Ok(linearized),
        }
    };
    if history.watches.is_empty() {
        return search(Belief::Nothing);
    }
    // What a watch heard tells which write stands where; a watch that heard wrongly is for the
    // checker of watches to tell, so less and less of it is believed.
    let mut are_watches_wrong = true;
    for belief in [Belief::Everything, Belief::Events] {
        match search(belief) {
            Ok(linearized) if linearized.model.is_some() => return Ok(linearized),
            Ok(_) => are_watches_wrong = false,
            Err(_) => {}
        }
    }
    let linearized = search(Belief::Nothing)?;
    Ok(Linearized {
        // An order that was found without the watches, where one with them was not looked for to
        // the end, proves nothing against them.
        model: linearized.model.filter(|_| are_watches_wrong),
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
