//! The table of known bugs: one entry has all that is known of one.

use serde::{Deserialize, Serialize};

/// Makes [`KnownBug`] of entries `/// STORY`, `Bug = "name", from "SOURCE";`, so that what is said
/// of a bug stands once.
macro_rules! known_bugs {
    ($($(#[doc = $story:literal])+ $bug:ident = $name:literal, from $source:literal;)+) => {
        /// A mistake that somebody once made, or nearly.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum KnownBug {
            $(
                $(#[doc = $story])+
                #[serde(rename = $name)]
                $bug,
            )+
        }

        impl KnownBug {
            /// All known bugs.
            pub const ALL: &[KnownBug] = &[$(KnownBug::$bug),+];

            /// Its name, as commands have it.
            pub fn name(self) -> &'static str {
                match self {
                    $(KnownBug::$bug => $name,)+
                }
            }

            /// What goes wrong, in a sentence.
            #[cfg(feature = "known-bugs")]
            pub fn story(self) -> &'static str {
                // Each line of a comment begins with its space.
                match self {
                    $(KnownBug::$bug => concat!($($story),+).trim_ascii_start(),)+
                }
            }

            /// Where the rule it breaks is stated, or who met it.
            #[cfg(feature = "known-bugs")]
            pub fn source(self) -> &'static str {
                match self {
                    $(KnownBug::$bug => $source,)+
                }
            }
        }
    };
}

known_bugs! {
    /// A member answers and votes before what it says is on its disk; a crash takes it back.
    HeldMessageBeforeDiskWrite = "held-message-before-disk-write", from "Raft paper §5.2, Figure 2";

    /// As above, on one member of the cluster only: the majority it is counted in is none.
    AcknowledgementBeforeFsyncOnOneMember = "acknowledgement-before-fsync-on-one-member",
        from "Raft paper §5.3";

    /// An only voter sends its learners entries of a term that is not on its disk, and leads that
    /// term a second time.
    OnlyVoterSendsBeforeItsTerm = "only-voter-sends-before-its-term",
        from "Raft thesis §10.2.1; seed 1071";

    /// A cluster of one commits what it has not synced, and loses it with the power.
    SingleMemberAnswersBeforeFsync = "single-member-answers-before-fsync", from "etcd issue 14370";

    /// A member comes back without the vote it gave, and gives another one in the same term.
    VoteForgottenAfterRestart = "vote-forgotten-after-restart", from "Raft paper §5.2, Figure 2";

    /// Term and vote are written but synced only when an entry follows.
    HardStateWithoutFsync = "hard-state-without-fsync", from "Raft paper §5.2, Figure 2";

    /// Entries are written and acknowledged, but synced only when a term or a vote follows.
    EntriesWithoutFsync = "entries-without-fsync", from "Raft paper §5.3";

    /// A member goes on after its disk could not sync, as if it had.
    FailedSyncIgnored = "failed-sync-ignored",
        from "Rebello et al. 2020; PostgreSQL's fsync error of 2018";

    /// A new log segment is synced, its name in the directory is not.
    SegmentWithoutDirectorySync = "segment-without-directory-sync", from "fsync(2)";

    /// A follower votes for whoever asks, also twice in one term.
    SecondVoteInTerm = "second-vote-in-term", from "Raft paper §5.2";

    /// A voter does not compare the candidate's log with its own.
    VoteForShorterLog = "vote-for-shorter-log", from "Raft paper §5.4.1";

    /// A follower appends without looking whether the entry before is the leader's.
    AppendWithoutConsistencyCheck = "append-without-consistency-check", from "Raft paper §5.3";

    /// A leader commits entries of older terms by counting their copies.
    CommitOfOlderTermByCounting = "commit-of-older-term-by-counting",
        from "Raft paper §5.4.2, Figure 8";

    /// A leader answers reads without asking a majority whether it still leads.
    StaleReadWithoutConfirmation = "stale-read-without-confirmation", from "Raft thesis §6.4";

    /// A confirmation that was late is taken for that of the reads which wait now.
    LateReadConfirmation = "late-read-confirmation", from "etcd issue 20418";

    /// A read is answered when it is confirmed, though the store has not caught up.
    ReadBeforeApplied = "read-before-applied", from "Raft thesis §6.4";

    /// A member answers linearizable reads from its own store as it is.
    LinearizableReadServedLocally = "linearizable-read-served-locally", from "Raft thesis §6.4";

    /// A deposed leader's round of reads is left running, and ends as if it had been confirmed.
    DeposedLeaderConfirmsReads = "deposed-leader-confirms-reads", from "Raft thesis §6.4";

    /// A restarted member takes an entry of its earlier life for the write that has its number now.
    AnswerOfAnotherLife = "answer-of-another-life", from "etcd, request id generation (pkg/idutil)";

    /// A write that is forwarded to the leader is sent twice, and carried out twice.
    ForwardedWriteProposedTwice = "forwarded-write-proposed-twice", from "Raft thesis §6.3";

    /// A leader that was follower and leads again carries out its first entry twice.
    EntryAppliedTwiceByReturningLeader = "entry-applied-twice-by-returning-leader",
        from "Raft paper §5.3, Figure 2";

    /// The first entry behind a snapshot is carried out although the snapshot has it.
    ReplayedEntryAppliedTwice = "replayed-entry-applied-twice", from "etcd issue 13766";

    /// A busy member refuses an entry that the others carry out.
    ApplyDependsOnMember = "apply-depends-on-member", from "Raft paper §5.4.3, Figure 3";

    /// A snapshot gets its name and its marker before its bytes are synced.
    SnapshotPublishedBeforeSync = "snapshot-published-before-sync",
        from "etcd snapshot db, rename(2)";

    /// The log behind a snapshot is let go while the snapshot is still being written.
    LogReleasedBeforeSnapshot = "log-released-before-snapshot", from "Raft paper §7";

    /// A snapshot is loaded over a store that was not cleared.
    SnapshotOverUnclearedStore = "snapshot-over-uncleared-store", from "Raft paper §7, Figure 13";

    /// A snapshot holds writes that came after the index it is of.
    SnapshotReadsPastItsPin = "snapshot-reads-past-its-pin", from "Raft paper §7";

    /// When a snapshot takes the place of the store, the alarms stay as they were before.
    AlarmsOutliveSnapshot = "alarms-outlive-snapshot", from "etcd server.go, restoreAlarms";

    /// Compaction removes the version that is still visible at the compact revision.
    CompactionLosesLiveRevision = "compaction-loses-live-revision",
        from "etcd compaction, key_index.go";

    /// A member starts at the revision of the newest key there is, not of the newest change.
    RevisionDecreasesAfterRestart = "revision-decreases-after-restart", from "etcd issue 17780";

    /// A watch whose client is slow goes on behind the event that there was no room for.
    WatchSkipsEventOfSlowClient = "watch-skips-event-of-slow-client", from "etcd issue 17529";

    /// A watch whose client was slow begins again with the last event that it had told.
    WatchRepeatsEvent = "watch-repeats-event", from "etcd issue 17247";

    /// A stream is told how far it is while its events still wait.
    ProgressBeforeEvents = "progress-before-events", from "etcd issue 15220";

    /// When a snapshot takes the place of the store, a watch of the future begins in the past.
    WatchTravelsBackInTime = "watch-travels-back-in-time", from "etcd issue 15271";

    /// A watch that is to begin at a revision to come hears of those before it.
    FutureWatchHearsOldEvents = "future-watch-hears-old-events", from "etcd issue 20221";

    /// A watch whose history was compacted away goes on behind the gap and says nothing.
    WatchSilentOverCompaction = "watch-silent-over-compaction",
        from "etcd api_guarantees.md, Watch APIs";

    /// What is compacted is removed before the watches have heard of it.
    CompactionBeforeWatches = "compaction-before-watches", from "etcd mvcc/watchable_store.go";

    /// Compaction removes the deletion that stands at the compact revision itself.
    CompactionDropsDelete = "compaction-drops-delete", from "etcd issue 18089";

    /// A member that starts from a snapshot lacks the deletion at the compact revision.
    SnapshotDropsDelete = "snapshot-drops-delete", from "etcd issue 19179";

    /// Members leave out what a transaction reads when the client asked another one, also reads
    /// that fail.
    TxnReadsDroppedElsewhere = "txn-reads-dropped-elsewhere", from "etcd issue 18667";

    /// A deposed leader goes on counting leases, and its proposals to end them are carried out.
    LeaseRevokedByDeposedLeader = "lease-revoked-by-deposed-leader",
        from "etcd issues 12528 and 15247";

    /// A leader renews a lease without asking a majority whether it still leads.
    KeepAliveUnconfirmed = "keep-alive-unconfirmed", from "etcd issue 15247";

    /// A new leader does not count the leases that it finds.
    LeaseForgottenByNewLeader = "lease-forgotten-by-new-leader", from "etcd lessor.go, Promote";

    /// A leader counts a learner's copy of an entry as it counts a voter's.
    LearnerCountedInQuorum = "learner-counted-in-quorum", from "Raft thesis §4.2.1";

    /// A removed member goes on being heard, and counted.
    RemovedMemberStillCounted = "removed-member-still-counted", from "Raft thesis §4.2.2";

    /// A leader takes a change of the members while an earlier one is not committed.
    SecondChangeWhilePending = "second-change-while-pending",
        from "Raft thesis §4.1; Ongaro, raft-dev 2015";

    /// A change that comes while another is pending is dropped, and its caller waits in vain.
    SecondChangeSwallowed = "second-change-swallowed", from "etcd raft.go, stepLeader: MsgProp";

    /// A member that takes a snapshot over keeps the list of members that it had.
    MembersNotRestoredFromSnapshot = "members-not-restored-from-snapshot",
        from "Raft paper §7; etcd issue 13196";

    /// A snapshot holds the configuration that the cluster began with, whatever changed since.
    SnapshotWithFirstConfiguration = "snapshot-with-first-configuration",
        from "Raft paper §7; Raft thesis §5.1";

    /// A leader that reads by its lease does not look whether it has run out.
    LeaseReadAfterLeaseEnded = "lease-read-after-lease-ended", from "Raft thesis §6.4.1";

    /// A lease is counted from when a confirmation came, not from when its heartbeat left.
    LeaseCountsLateConfirmation = "lease-counts-late-confirmation", from "Raft thesis §6.4.1";

    /// A leader that has asked another to stand for election reads by its lease all the same.
    LeaseSurvivesTransfer = "lease-survives-transfer", from "Raft thesis §3.10, §6.4.1";

    /// A leader that stood still goes on with its lease as if no time had passed.
    LeaseForgetsMissedTicks = "lease-forgets-missed-ticks", from "Raft thesis §6.4.1";

    /// A leader that was removed asks for an election in a term in which somebody else leads, and
    /// voters break their promise for it.
    RemovedLeaderOrdersLaterElection = "removed-leader-orders-later-election",
        from "Raft thesis §3.10, §6.4.1";

    /// A voter that has heard of a candidate's term by the way gives it its vote, though a lease
    /// rests on its not voting.
    VotePromiseLostInTermHeardOf = "vote-promise-lost-in-term-heard-of",
        from "Raft thesis §6.4.1";

    /// A voter that restarts votes at once, though a lease may rest on its not voting.
    VotePromiseForgottenAfterRestart = "vote-promise-forgotten-after-restart",
        from "Raft thesis §6.4.1";
}
