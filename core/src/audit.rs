//! Checkers over what clients of a cluster saw, whoever ran the cluster: the simulator or real
//! processes.
//!
//! A [`History`] is a list of operations, each with when it was asked and answered and what came
//! of it, and a list of watches with what each heard. [`audit`] answers the first guarantee that
//! the history breaks. It knows nothing of members, logs or terms: a client has no other way to
//! find a fault, so what passes here cannot be told from a single correct server.
//!
//! # How it stays near-linear
//!
//! To find out whether a history is linearizable is NP-complete in general. A store that numbers
//! its revisions tells the order of its writes itself: every acknowledged write stands at one
//! revision, every read at another. What is left to search are the revisions at which nothing
//! acknowledged stands, which must be writes whose outcome nobody was told. Where so many of those
//! are alike that the search takes too long, whoever looks into the members may hint at it:
//! then an order that was merely hard to find is found, and checked like any other.

mod finding;
mod history;
mod lease;
mod linearizability;
mod model;
mod real_time;
mod watch;

pub use finding::Finding;
pub use history::{ClientOperation, History, Outcome, WatchHistory, WatchSession};
pub use lease::{Clocks, LeaseTiming};
pub use linearizability::{Hint, Linearized, linearize};
pub use model::{Change, Model};

/// The first guarantee that a history breaks; leases are looked at when it is known how the clocks
/// stood, and a hint is what to try first where an order of the writes is hard to find. Answers
/// what was found out on the way.
///
/// # Errors
/// What is broken, and which operations show it.
pub fn audit(
    history: &History,
    leases: Option<&LeaseTiming>,
    hint: Option<Hint<'_>>,
) -> Result<Linearized, Finding> {
    let linearized = linearize(history, hint)?;
    watch::check(history, linearized.model.as_ref())?;
    if let (Some(model), Some(timing)) = (&linearized.model, leases) {
        lease::check(history, model, &linearized.expiries, timing)?;
    }
    Ok(linearized)
}
