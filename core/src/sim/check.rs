//! Properties that must hold after every event, one a file.
//!
//! A checker sees what anybody outside could see: views of members, their traces, and what
//! clients were told. It remembers across crashes, as a person at the side would.

mod acknowledged;
mod election_safety;
mod leader_completeness;
mod log_matching;
mod monotonicity;
mod persistence;
mod recovery;
mod state_machine_safety;

use super::action::Node;
use super::clients::{Answer, Question};
use crate::disk::DiskError;
use crate::member::MemberView;
use crate::trace::TraceKind;

/// A running member after an event.
pub(super) struct Scene<'a> {
    pub(super) node: Node,
    /// Which start of the member this is.
    pub(super) start: u64,
    pub(super) view: &'a MemberView,
    /// The hash of its store.
    pub(super) store_hash: u32,
}

/// A property that does not hold.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) property: &'static str,
    /// Where the property is stated.
    pub(super) source: &'static str,
    pub(super) text: String,
}

/// Nothing, or what does not hold.
pub(super) type Verdict = Result<(), Broken>;

/// All checkers of a world.
#[derive(Debug, Default)]
pub(super) struct Checks {
    acknowledged: acknowledged::Acknowledged,
    election_safety: election_safety::ElectionSafety,
    leader_completeness: leader_completeness::LeaderCompleteness,
    log_matching: log_matching::LogMatching,
    monotonicity: monotonicity::Monotonicity,
    persistence: persistence::Persistence,
    state_machine_safety: state_machine_safety::StateMachineSafety,
}

impl Checks {
    /// Looks at a member that took part in an event.
    pub(super) fn member(&mut self, scene: &Scene<'_>) -> Verdict {
        self.monotonicity.look(scene)?;
        self.persistence.look(scene)?;
        self.election_safety.look(scene)?;
        self.leader_completeness.look(scene)?;
        self.log_matching.look(scene)?;
        self.state_machine_safety.look(scene)
    }

    /// Hears what a member traced.
    pub(super) fn traced(&mut self, node: Node, kind: &TraceKind) {
        self.persistence.hear(node, kind);
    }

    /// Hears that a member's disk is not the one that it had synced: what that said is void.
    pub(super) fn disk_changed(&mut self, node: Node) {
        self.persistence.forget(node);
    }

    /// Hears that a member goes on though its disk said that it failed.
    pub(super) fn went_on(&self, node: Node, error: &DiskError) -> Verdict {
        recovery::go_on(node, error)
    }

    /// Hears what a client asks.
    pub(super) fn asked(&mut self, number: u64, question: &Question) {
        self.acknowledged.ask(number, question);
    }

    /// Hears what a client was told.
    pub(super) fn answered(&mut self, answer: &Answer) -> Verdict {
        self.acknowledged.answer(answer)
    }

    /// Hears that a member stopped, or did not start, for a reason of its own.
    /// Excused is what it was driven to: its disk failed, or was damaged.
    pub(super) fn failed(&self, node: Node, failure: &str, is_excused: bool) -> Verdict {
        recovery::fail(node, failure, is_excused)
    }
}

#[cfg(test)]
mod tests;
