//! Known bugs of the member that are more than a condition at one place. Only in builds with
//! known bugs.

use raft::eraftpb::ConfState;

use super::proposal::Proposal;
use super::{Member, Role};
use crate::collections::InOrder;
use crate::command::{Command, RequestOp};
use crate::known_bug::KnownBug;

/// What the bugs need to remember.
#[derive(Debug, Default)]
pub(super) struct BugNotes {
    was_leader: bool,
    leaderships: u32,
    /// Whether the entry that is carried out twice has been.
    has_applied_twice: bool,
}

impl Member {
    /// Whether it says that its disk is done as soon as the disk has begun.
    pub(super) fn acknowledges_early(&self) -> bool {
        let first = self.config.bootstrap.iter().map(|member| member.id).min();
        let is_alone = self.consensus.configuration().get_voters().len() == 1;
        let has = |bug| self.config.has_bug(bug);
        has(KnownBug::HeldMessageBeforeDiskWrite)
            || (first == Some(self.config.id)
                && has(KnownBug::AcknowledgementBeforeFsyncOnOneMember))
            || (is_alone && has(KnownBug::SingleMemberAnswersBeforeFsync))
    }

    /// Counts leaderships; a deposed leader with the bug ends its round of reads as if it had
    /// been confirmed.
    pub(super) fn note_role(&mut self) {
        let leads = self.consensus.role() == Role::Leader;
        let notes = &mut self.bug_notes;
        let was_leader = std::mem::replace(&mut notes.was_leader, leads);
        if leads && !was_leader {
            notes.leaderships += 1;
            notes.has_applied_twice &= !self
                .config
                .has_bug(KnownBug::EntryAppliedTwiceByReturningLeader);
        }
        if was_leader && !leads && self.config.has_bug(KnownBug::DeposedLeaderConfirmsReads) {
            let round = self.reads.running();
            self.reads.confirm(round, self.applied);
        }
    }

    /// The configuration that the cluster began with, if that is what a snapshot is to hold.
    pub(super) fn first_configuration(&self) -> Option<ConfState> {
        let first = &self.config.bootstrap;
        let is_known = !first.is_empty()
            && self
                .config
                .has_bug(KnownBug::SnapshotWithFirstConfiguration);
        is_known.then(|| {
            let mut voters: Vec<u64> = first.iter().map(|member| member.id.0).collect();
            voters.order();
            let mut state = ConfState::default();
            state.set_voters(voters);
            state
        })
    }

    /// What a member makes of an entry that another one's client waits for: without what that
    /// client alone wants to read, with the bug.
    pub(super) fn without_reads(&self, mut proposal: Proposal, mine: bool) -> Proposal {
        if !mine
            && self.config.has_bug(KnownBug::TxnReadsDroppedElsewhere)
            && let Command::Txn(txn) = &mut proposal.command
        {
            for branch in [&mut txn.success, &mut txn.failure] {
                branch.retain(|operation| !matches!(operation, RequestOp::Range(_)));
            }
        }
        proposal
    }

    /// Whether the command at hand is carried out a second time.
    pub(super) fn applies_twice(&mut self) -> bool {
        let config = &self.config;
        let notes = &mut self.bug_notes;
        let returning = config.has_bug(KnownBug::EntryAppliedTwiceByReturningLeader)
            && notes.was_leader
            && notes.leaderships > 1;
        let replayed = config.has_bug(KnownBug::ReplayedEntryAppliedTwice)
            && config.incarnation.0 > 1
            && self.snapshot.is_some();
        (returning || replayed) && !std::mem::replace(&mut notes.has_applied_twice, true)
    }
}
