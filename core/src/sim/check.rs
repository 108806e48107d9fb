//! Properties that must hold after every event, one a file.
//!
//! A checker sees what anybody outside could see: views of members, their traces, and what
//! clients were told. It remembers across crashes, as a person at the side would.

mod acknowledged;
mod change_answered;
mod election_safety;
mod leader_append_only;
mod leader_completeness;
mod liveness;
mod log_matching;
mod membership_safety;
mod monotonicity;
mod persistence;
mod recovery;
mod state_machine_safety;
mod store_hash;

use super::action::Node;
use super::clients::{Answer, Question};
use super::operation::Operation;
use crate::disk::DiskError;
use crate::error::Error;
use crate::id::{Index, MemberId, Revision};
use crate::member::{ConfigurationFacts, EntryFacts, MemberFacts, REMOVED};
use crate::trace::TraceKind;

pub(super) use self::liveness::Sight;

/// A running member after an event.
pub(super) struct Scene<'a> {
    pub(super) node: Node,
    /// Which start of the member this is.
    pub(super) start: u64,
    pub(super) facts: MemberFacts,
    pub(super) subject: &'a dyn Subject,
}

/// What takes the longer to tell the more there is of it, so that a checker asks for what it has
/// not seen yet.
pub(super) trait Subject {
    /// The entries of its log from an index on, or from the first that it still holds.
    fn entries_from(&self, first: Index) -> Vec<EntryFacts>;
    /// A checksum of what was written at each revision above one.
    fn written_after(&self, revision: Revision) -> Vec<(Revision, u32)>;
    /// Who is in the cluster, as far as it has applied.
    fn configuration(&self) -> ConfigurationFacts;
    /// The hash of its store at a revision; nothing when that cannot be read.
    fn hash_at(&self, revision: Revision) -> Option<u32>;
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
    change_answered: change_answered::ChangeAnswered,
    election_safety: election_safety::ElectionSafety,
    leader_append_only: leader_append_only::LeaderAppendOnly,
    leader_completeness: leader_completeness::LeaderCompleteness,
    liveness: liveness::Liveness,
    log_matching: log_matching::LogMatching,
    membership_safety: membership_safety::MembershipSafety,
    monotonicity: monotonicity::Monotonicity,
    persistence: persistence::Persistence,
    state_machine_safety: state_machine_safety::StateMachineSafety,
    store_hash: store_hash::StoreHash,
}

impl Checks {
    /// Looks at a member that took part in an event.
    pub(super) fn member(&mut self, scene: &Scene<'_>) -> Verdict {
        self.monotonicity.look(scene)?;
        self.persistence.look(scene)?;
        self.election_safety.look(scene)?;
        self.leader_append_only.look(scene)?;
        self.leader_completeness.look(scene)?;
        self.log_matching.look(scene)?;
        self.membership_safety.look(scene)?;
        self.change_answered.look(scene)?;
        self.state_machine_safety.look(scene)?;
        self.store_hash.look(scene)
    }

    /// Looks at a member that has applied all there is, as the others have.
    pub(super) fn settled(&mut self, scene: &Scene<'_>) -> Verdict {
        self.store_hash.compare(scene)
    }

    /// Hears what a member traced in a life.
    pub(super) fn traced(&mut self, node: Node, start: u64, kind: &TraceKind) -> Verdict {
        self.persistence.hear(node, kind);
        self.election_safety.hear(node, kind);
        self.state_machine_safety.hear(node, kind);
        self.store_hash.hear(node, kind);
        self.membership_safety.hear(node, kind)?;
        self.leader_append_only.hear(node, kind)?;
        self.log_matching.hear(node, start, kind)
    }

    /// Hears that a member's disk is not the one that it had synced: what that said is void.
    pub(super) fn disk_changed(&mut self, node: Node) {
        self.persistence.forget(node);
        self.election_safety.forget(node);
        self.membership_safety.forget(node);
    }

    /// Hears that a member's snapshot is damaged: its log still has what it had said of it, and
    /// counts in the majorities that were told so.
    pub(super) fn snapshot_damaged(&mut self, node: Node) {
        self.persistence.forget(node);
    }

    /// Hears that a member goes on though its disk said that it failed.
    pub(super) fn went_on(&self, node: Node, error: &DiskError) -> Verdict {
        recovery::go_on(node, error)
    }

    /// Hears what a client asks.
    pub(super) fn asked(&mut self, number: u64, question: &Question, now_us: u64) {
        self.acknowledged.ask(number, question);
        self.liveness
            .ask(number, moves_leadership(question), now_us);
    }

    /// Hears that a client asks a member, which runs and hears it, for a change of the members.
    pub(super) fn asked_change(&mut self, number: u64, node: Node) {
        self.change_answered.ask(number, node);
    }

    /// Hears what a client was told.
    pub(super) fn answered(&mut self, answer: &Answer, now_us: u64) -> Verdict {
        let end = match &answer.result {
            Ok(_) => liveness::End::Taken,
            // That there is no leader is certain, and not what a client is to hear.
            Err(error @ Error::NoLeader) => liveness::End::Nothing(error),
            Err(_) if answer.is_definite_failure => liveness::End::Refused,
            Err(error) => liveness::End::Nothing(error),
        };
        self.change_answered.answer(answer.number);
        self.acknowledged.answer(answer)?;
        self.liveness.answer(answer.number, end, now_us)
    }

    /// Hears that a member stopped, or did not start, for a reason of its own.
    /// Excused is what it was driven to: its disk failed, or was damaged, or it was removed.
    pub(super) fn failed(
        &self,
        (node, id): (Node, MemberId),
        failure: &str,
        is_excused: bool,
    ) -> Verdict {
        let is_removed = failure == REMOVED && self.membership_safety.is_removed(id);
        recovery::fail(node, failure, is_excused || is_removed)
    }

    /// What is demanded of the cluster when all is whole.
    pub(super) fn liveness(&mut self) -> &mut liveness::Liveness {
        &mut self.liveness
    }

    /// How many operations had to be answered, and were.
    pub(super) fn answered_in_full(&self) -> u64 {
        self.liveness.answered_in_full()
    }

    /// Whether the cluster has still to show that it gets on.
    pub(super) fn is_waiting(&self) -> bool {
        self.liveness.is_waiting()
    }
}

/// Whether a cluster in which nothing is broken may lose its leader by what a client asks.
fn moves_leadership(question: &Question) -> bool {
    let moves = matches!(question, Question::Other(Operation::MoveLeader { .. }));
    moves || changes_members(question)
}

/// Whether a client asks for a change of the members.
pub(super) fn changes_members(question: &Question) -> bool {
    let Question::Other(operation) = question else {
        return false;
    };
    matches!(
        operation,
        Operation::MemberAdd { .. }
            | Operation::MemberRemove { .. }
            | Operation::MemberUpdate { .. }
            | Operation::MemberPromote { .. }
    )
}

#[cfg(test)]
mod tests;
