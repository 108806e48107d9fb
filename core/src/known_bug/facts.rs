//! What is known of each bug.

use super::KnownBug;

/// What is known of a bug.
#[derive(Clone, Copy, Debug)]
pub struct BugFacts {
    /// What goes wrong, in a sentence.
    pub story: &'static str,
    /// Where the rule it breaks is stated, or who met it.
    pub source: &'static str,
}

impl KnownBug {
    /// What is known of it.
    #[expect(clippy::too_many_lines, reason = "a table, one arm a bug")]
    pub fn facts(self) -> BugFacts {
        let (story, source) = match self {
            KnownBug::HeldMessageBeforeDiskWrite => (
                "A member answers and votes before what it says is on its disk; a crash takes it back.",
                "Raft paper §5.2, Figure 2",
            ),
            KnownBug::AcknowledgementBeforeFsyncOnOneMember => (
                "As above, on one member of the cluster only: the majority it is counted in is none.",
                "Raft paper §5.3",
            ),
            KnownBug::SingleMemberAnswersBeforeFsync => (
                "A cluster of one commits what it has not synced, and loses it with the power.",
                "etcd issue 14370",
            ),
            KnownBug::VoteForgottenAfterRestart => (
                "A member comes back without the vote it gave, and gives another one in the same term.",
                "Raft paper §5.2, Figure 2",
            ),
            KnownBug::HardStateWithoutFsync => (
                "Term and vote are written but synced only when an entry follows.",
                "Raft paper §5.2, Figure 2",
            ),
            KnownBug::EntriesWithoutFsync => (
                "Entries are written and acknowledged, but synced only when a term or a vote follows.",
                "Raft paper §5.3",
            ),
            KnownBug::FailedSyncIgnored => (
                "A member goes on after its disk could not sync, as if it had.",
                "Rebello et al. 2020; PostgreSQL's fsync error of 2018",
            ),
            KnownBug::SegmentWithoutDirectorySync => (
                "A new log segment is synced, its name in the directory is not.",
                "fsync(2)",
            ),
            KnownBug::SecondVoteInTerm => (
                "A follower votes for whoever asks, also twice in one term.",
                "Raft paper §5.2",
            ),
            KnownBug::VoteForShorterLog => (
                "A voter does not compare the candidate's log with its own.",
                "Raft paper §5.4.1",
            ),
            KnownBug::AppendWithoutConsistencyCheck => (
                "A follower appends without looking whether the entry before is the leader's.",
                "Raft paper §5.3",
            ),
            KnownBug::CommitOfOlderTermByCounting => (
                "A leader commits entries of older terms by counting their copies.",
                "Raft paper §5.4.2, Figure 8",
            ),
            KnownBug::StaleReadWithoutConfirmation => (
                "A leader answers reads without asking a majority whether it still leads.",
                "Raft thesis §6.4",
            ),
            KnownBug::LateReadConfirmation => (
                "A confirmation that was late is taken for that of the reads which wait now.",
                "etcd issue 20418",
            ),
            KnownBug::ReadBeforeApplied => (
                "A read is answered when it is confirmed, though the store has not caught up.",
                "Raft thesis §6.4",
            ),
            KnownBug::LinearizableReadServedLocally => (
                "A member answers linearizable reads from its own store as it is.",
                "Raft thesis §6.4",
            ),
            KnownBug::DeposedLeaderConfirmsReads => (
                "A deposed leader's round of reads is left running, and ends as if it had been confirmed.",
                "Raft thesis §6.4",
            ),
            KnownBug::AnswerOfAnotherLife => (
                "A restarted member takes an entry of its earlier life for the write that has its number now.",
                "etcd, request id generation (pkg/idutil)",
            ),
            KnownBug::ForwardedWriteProposedTwice => (
                "A write that is forwarded to the leader is sent twice, and carried out twice.",
                "Raft thesis §6.3",
            ),
            KnownBug::EntryAppliedTwiceByReturningLeader => (
                "A leader that was follower and leads again carries out its first entry twice.",
                "Raft paper §5.3, Figure 2",
            ),
            KnownBug::ReplayedEntryAppliedTwice => (
                "The first entry behind a snapshot is carried out although the snapshot has it.",
                "etcd issue 13766",
            ),
            KnownBug::ApplyDependsOnMember => (
                "A busy member refuses an entry that the others carry out.",
                "Raft paper §5.4.3, Figure 3",
            ),
            KnownBug::SnapshotPublishedBeforeSync => (
                "A snapshot gets its name and its marker before its bytes are synced.",
                "etcd snapshot db, rename(2)",
            ),
            KnownBug::LogReleasedBeforeSnapshot => (
                "The log behind a snapshot is let go while the snapshot is still being written.",
                "Raft paper §7",
            ),
            KnownBug::SnapshotOverUnclearedStore => (
                "A snapshot is loaded over a store that was not cleared.",
                "Raft paper §7, Figure 13",
            ),
            KnownBug::SnapshotReadsPastItsPin => (
                "A snapshot holds writes that came after the index it is of.",
                "Raft paper §7",
            ),
            KnownBug::CompactionLosesLiveRevision => (
                "Compaction removes the version that is still visible at the compact revision.",
                "etcd compaction, key_index.go",
            ),
            KnownBug::RevisionDecreasesAfterRestart => (
                "A member starts at the revision of the newest key there is, not of the newest change.",
                "etcd issue 17780",
            ),
            KnownBug::WatchSkipsEventOfSlowClient => (
                "A watch whose client is slow goes on behind the event that there was no room for.",
                "etcd issue 17529",
            ),
            KnownBug::WatchRepeatsEvent => (
                "A watch whose client was slow begins again with the last event that it had told.",
                "etcd issue 17247",
            ),
            KnownBug::ProgressBeforeEvents => (
                "A stream is told how far it is while its events still wait.",
                "etcd issue 15220",
            ),
            KnownBug::WatchTravelsBackInTime => (
                "When a snapshot takes the place of the store, a watch of the future begins in the past.",
                "etcd issue 15271",
            ),
            KnownBug::FutureWatchHearsOldEvents => (
                "A watch that is to begin at a revision to come hears of those before it.",
                "etcd issue 20221",
            ),
            KnownBug::WatchSilentOverCompaction => (
                "A watch whose history was compacted away goes on behind the gap and says nothing.",
                "etcd api_guarantees.md, Watch APIs",
            ),
            KnownBug::CompactionBeforeWatches => (
                "What is compacted is removed before the watches have heard of it.",
                "etcd mvcc/watchable_store.go",
            ),
            KnownBug::CompactionDropsDelete => (
                "Compaction removes the deletion that stands at the compact revision itself.",
                "etcd issue 18089",
            ),
            KnownBug::SnapshotDropsDelete => (
                "A member that starts from a snapshot lacks the deletion at the compact revision.",
                "etcd issue 19179",
            ),
            KnownBug::TxnReadsDroppedElsewhere => (
                "Members leave out what a transaction reads when the client asked another one, also reads that fail.",
                "etcd issue 18667",
            ),
            KnownBug::LeaseRevokedByDeposedLeader => (
                "A deposed leader goes on counting leases, and its proposals to end them are carried out.",
                "etcd issues 12528 and 15247",
            ),
            KnownBug::KeepAliveUnconfirmed => (
                "A leader renews a lease without asking a majority whether it still leads.",
                "etcd issue 15247",
            ),
            KnownBug::LeaseForgottenByNewLeader => (
                "A new leader does not count the leases that it finds.",
                "etcd lessor.go, Promote",
            ),
        };
        BugFacts { story, source }
    }
}
