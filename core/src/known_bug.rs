//! Known bugs: mistakes that implementations of Raft and etcd have made, to be put back one at a
//! time.
//!
//! A checker that has never met a bug proves nothing. `cargo xtask mutants` puts each of these
//! back and demands that a checker meets it. Their sites are where the mistake would be made:
//! `if self.config.has_bug(KnownBug::…)`.
//!
//! Only with the feature `known-bugs` can one be put back; without it [`KnownBugs`] is empty and
//! [`KnownBugs::has`] the constant `false`, so that nothing of them is in a server.

use std::fmt;

use serde::{Deserialize, Serialize};

#[cfg(feature = "known-bugs")]
mod facts;

#[cfg(feature = "known-bugs")]
pub use facts::BugFacts;

/// A mistake that somebody once made, or nearly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownBug {
    /// A member answers and votes before what it says is on its disk; a crash takes it back.
    HeldMessageBeforeDiskWrite,
    /// As above, on one member of the cluster only: the majority it is counted in is none.
    AcknowledgementBeforeFsyncOnOneMember,
    /// A cluster of one commits what it has not synced, and loses it with the power.
    SingleMemberAnswersBeforeFsync,
    /// A member comes back without the vote it gave, and gives another one in the same term.
    VoteForgottenAfterRestart,
    /// Term and vote are written but synced only when an entry follows.
    HardStateWithoutFsync,
    /// Entries are written and acknowledged, but synced only when a term or a vote follows.
    EntriesWithoutFsync,
    /// A member goes on after its disk could not sync, as if it had.
    FailedSyncIgnored,
    /// A new log segment is synced, its name in the directory is not.
    SegmentWithoutDirectorySync,
    /// A follower votes for whoever asks, also twice in one term.
    SecondVoteInTerm,
    /// A voter does not compare the candidate's log with its own.
    VoteForShorterLog,
    /// A follower appends without looking whether the entry before is the leader's.
    AppendWithoutConsistencyCheck,
    /// A leader commits entries of older terms by counting their copies.
    CommitOfOlderTermByCounting,
    /// A leader answers reads without asking a majority whether it still leads.
    StaleReadWithoutConfirmation,
    /// A confirmation that was late is taken for that of the reads which wait now.
    LateReadConfirmation,
    /// A read is answered when it is confirmed, though the store has not caught up.
    ReadBeforeApplied,
    /// A member answers linearizable reads from its own store as it is.
    LinearizableReadServedLocally,
    /// A deposed leader's round of reads is left running, and ends as if it had been confirmed.
    DeposedLeaderConfirmsReads,
    /// A restarted member takes an entry of its earlier life for the write that has its number now.
    AnswerOfAnotherLife,
    /// A write that is forwarded to the leader is sent twice, and carried out twice.
    ForwardedWriteProposedTwice,
    /// A leader that was follower and leads again carries out its first entry twice.
    EntryAppliedTwiceByReturningLeader,
    /// The first entry behind a snapshot is carried out although the snapshot has it.
    ReplayedEntryAppliedTwice,
    /// A busy member refuses an entry that the others carry out.
    ApplyDependsOnMember,
    /// A snapshot gets its name and its marker before its bytes are synced.
    SnapshotPublishedBeforeSync,
    /// The log behind a snapshot is let go while the snapshot is still being written.
    LogReleasedBeforeSnapshot,
    /// A snapshot is loaded over a store that was not cleared.
    SnapshotOverUnclearedStore,
    /// A snapshot holds writes that came after the index it is of.
    SnapshotReadsPastItsPin,
    /// Compaction removes the version that is still visible at the compact revision.
    CompactionLosesLiveRevision,
    /// A member starts at the revision of the newest key there is, not of the newest change.
    RevisionDecreasesAfterRestart,
    /// A watch whose client is slow goes on behind the event that there was no room for.
    WatchSkipsEventOfSlowClient,
    /// A watch whose client was slow begins again with the last event that it had told.
    WatchRepeatsEvent,
    /// A stream is told how far it is while its events still wait.
    ProgressBeforeEvents,
    /// When a snapshot takes the place of the store, a watch of the future begins in the past.
    WatchTravelsBackInTime,
    /// A watch that is to begin at a revision to come hears of those before it.
    FutureWatchHearsOldEvents,
    /// A watch whose history was compacted away goes on behind the gap and says nothing.
    WatchSilentOverCompaction,
    /// What is compacted is removed before the watches have heard of it.
    CompactionBeforeWatches,
    /// Compaction removes the deletion that stands at the compact revision itself.
    CompactionDropsDelete,
    /// A member that starts from a snapshot lacks the deletion at the compact revision.
    SnapshotDropsDelete,
    /// Members leave out what a transaction reads when the client asked another one, also reads that fail.
    TxnReadsDroppedElsewhere,
    /// A deposed leader goes on counting leases, and its proposals to end them are carried out.
    LeaseRevokedByDeposedLeader,
    /// A leader renews a lease without asking a majority whether it still leads.
    KeepAliveUnconfirmed,
    /// A new leader does not count the leases that it finds.
    LeaseForgottenByNewLeader,
}

impl KnownBug {
    /// All known bugs.
    pub const ALL: &[KnownBug] = &[
        KnownBug::HeldMessageBeforeDiskWrite,
        KnownBug::AcknowledgementBeforeFsyncOnOneMember,
        KnownBug::SingleMemberAnswersBeforeFsync,
        KnownBug::VoteForgottenAfterRestart,
        KnownBug::HardStateWithoutFsync,
        KnownBug::EntriesWithoutFsync,
        KnownBug::FailedSyncIgnored,
        KnownBug::SegmentWithoutDirectorySync,
        KnownBug::SecondVoteInTerm,
        KnownBug::VoteForShorterLog,
        KnownBug::AppendWithoutConsistencyCheck,
        KnownBug::CommitOfOlderTermByCounting,
        KnownBug::StaleReadWithoutConfirmation,
        KnownBug::LateReadConfirmation,
        KnownBug::ReadBeforeApplied,
        KnownBug::LinearizableReadServedLocally,
        KnownBug::DeposedLeaderConfirmsReads,
        KnownBug::AnswerOfAnotherLife,
        KnownBug::ForwardedWriteProposedTwice,
        KnownBug::EntryAppliedTwiceByReturningLeader,
        KnownBug::ReplayedEntryAppliedTwice,
        KnownBug::ApplyDependsOnMember,
        KnownBug::SnapshotPublishedBeforeSync,
        KnownBug::LogReleasedBeforeSnapshot,
        KnownBug::SnapshotOverUnclearedStore,
        KnownBug::SnapshotReadsPastItsPin,
        KnownBug::CompactionLosesLiveRevision,
        KnownBug::RevisionDecreasesAfterRestart,
        KnownBug::WatchSkipsEventOfSlowClient,
        KnownBug::WatchRepeatsEvent,
        KnownBug::ProgressBeforeEvents,
        KnownBug::WatchTravelsBackInTime,
        KnownBug::FutureWatchHearsOldEvents,
        KnownBug::WatchSilentOverCompaction,
        KnownBug::CompactionBeforeWatches,
        KnownBug::CompactionDropsDelete,
        KnownBug::SnapshotDropsDelete,
        KnownBug::TxnReadsDroppedElsewhere,
        KnownBug::LeaseRevokedByDeposedLeader,
        KnownBug::KeepAliveUnconfirmed,
        KnownBug::LeaseForgottenByNewLeader,
    ];

    /// Its name, as commands have it.
    pub fn name(self) -> &'static str {
        match self {
            KnownBug::HeldMessageBeforeDiskWrite => "held-message-before-disk-write",
            KnownBug::AcknowledgementBeforeFsyncOnOneMember => {
                "acknowledgement-before-fsync-on-one-member"
            }
            KnownBug::SingleMemberAnswersBeforeFsync => "single-member-answers-before-fsync",
            KnownBug::VoteForgottenAfterRestart => "vote-forgotten-after-restart",
            KnownBug::HardStateWithoutFsync => "hard-state-without-fsync",
            KnownBug::EntriesWithoutFsync => "entries-without-fsync",
            KnownBug::FailedSyncIgnored => "failed-sync-ignored",
            KnownBug::SegmentWithoutDirectorySync => "segment-without-directory-sync",
            KnownBug::SecondVoteInTerm => "second-vote-in-term",
            KnownBug::VoteForShorterLog => "vote-for-shorter-log",
            KnownBug::AppendWithoutConsistencyCheck => "append-without-consistency-check",
            KnownBug::CommitOfOlderTermByCounting => "commit-of-older-term-by-counting",
            KnownBug::StaleReadWithoutConfirmation => "stale-read-without-confirmation",
            KnownBug::LateReadConfirmation => "late-read-confirmation",
            KnownBug::ReadBeforeApplied => "read-before-applied",
            KnownBug::LinearizableReadServedLocally => "linearizable-read-served-locally",
            KnownBug::DeposedLeaderConfirmsReads => "deposed-leader-confirms-reads",
            KnownBug::AnswerOfAnotherLife => "answer-of-another-life",
            KnownBug::ForwardedWriteProposedTwice => "forwarded-write-proposed-twice",
            KnownBug::EntryAppliedTwiceByReturningLeader => {
                "entry-applied-twice-by-returning-leader"
            }
            KnownBug::ReplayedEntryAppliedTwice => "replayed-entry-applied-twice",
            KnownBug::ApplyDependsOnMember => "apply-depends-on-member",
            KnownBug::SnapshotPublishedBeforeSync => "snapshot-published-before-sync",
            KnownBug::LogReleasedBeforeSnapshot => "log-released-before-snapshot",
            KnownBug::SnapshotOverUnclearedStore => "snapshot-over-uncleared-store",
            KnownBug::SnapshotReadsPastItsPin => "snapshot-reads-past-its-pin",
            KnownBug::CompactionLosesLiveRevision => "compaction-loses-live-revision",
            KnownBug::RevisionDecreasesAfterRestart => "revision-decreases-after-restart",
            KnownBug::WatchSkipsEventOfSlowClient => "watch-skips-event-of-slow-client",
            KnownBug::WatchRepeatsEvent => "watch-repeats-event",
            KnownBug::ProgressBeforeEvents => "progress-before-events",
            KnownBug::WatchTravelsBackInTime => "watch-travels-back-in-time",
            KnownBug::FutureWatchHearsOldEvents => "future-watch-hears-old-events",
            KnownBug::WatchSilentOverCompaction => "watch-silent-over-compaction",
            KnownBug::CompactionBeforeWatches => "compaction-before-watches",
            KnownBug::CompactionDropsDelete => "compaction-drops-delete",
            KnownBug::SnapshotDropsDelete => "snapshot-drops-delete",
            KnownBug::TxnReadsDroppedElsewhere => "txn-reads-dropped-elsewhere",
            KnownBug::LeaseRevokedByDeposedLeader => "lease-revoked-by-deposed-leader",
            KnownBug::KeepAliveUnconfirmed => "keep-alive-unconfirmed",
            KnownBug::LeaseForgottenByNewLeader => "lease-forgotten-by-new-leader",
        }
    }

    /// The bug of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bug| bug.name() == name)
    }
}

impl fmt::Display for KnownBug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which bug is back: none, but in a build with known bugs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownBugs {
    #[cfg(feature = "known-bugs")]
    bug: Option<KnownBug>,
}

impl KnownBugs {
    /// Whether this build can put a bug back.
    pub const CAN_BE_BACK: bool = cfg!(feature = "known-bugs");

    /// With one bug put back, if this build can.
    #[cfg_attr(
        not(feature = "known-bugs"),
        expect(unused_variables, reason = "this build has no known bugs")
    )]
    pub fn with(bug: Option<KnownBug>) -> Self {
        Self {
            #[cfg(feature = "known-bugs")]
            bug,
        }
    }

    /// Whether a bug is back.
    #[cfg(feature = "known-bugs")]
    #[inline]
    pub fn has(self, bug: KnownBug) -> bool {
        self.bug == Some(bug)
    }

    /// Whether a bug is back: never, in this build.
    #[cfg(not(feature = "known-bugs"))]
    #[inline]
    pub const fn has(self, _: KnownBug) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_is_written_by_its_name() {
        for bug in KnownBug::ALL {
            let written = serde_json::to_string(bug).expect("a name");
            assert_eq!(written, format!("\"{bug}\""));
            assert_eq!(KnownBug::named(bug.name()), Some(*bug));
        }
    }
}
