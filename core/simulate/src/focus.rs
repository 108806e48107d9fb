//! Where to look for a known bug: the kind of run in which it shows.

use quorate_core::known_bug::KnownBug;
use quorate_core::sim::{Simulation, Temper};

/// The run of a seed in which a bug is looked for.
pub fn simulation(bug: KnownBug, seed: u64) -> Simulation {
    let (temper, members) = focus(bug);
    Simulation::of_temper(seed, temper, members, Some(bug))
}

/// The temper of its runs, and how many members they have where that matters.
fn focus(bug: KnownBug) -> (Temper, Option<u32>) {
    match bug {
        KnownBug::SingleMemberAnswersBeforeFsync => (Temper::Storm, Some(1)),
        KnownBug::OnlyVoterSendsBeforeItsTerm => (Temper::Faults, Some(1)),
        KnownBug::CommitOfOlderTermByCounting => (Temper::FigureEight, Some(5)),
        KnownBug::AppendWithoutConsistencyCheck => (Temper::FigureEight, None),
        KnownBug::LogReleasedBeforeSnapshot
        | KnownBug::SnapshotOverUnclearedStore
        | KnownBug::CompactionLosesLiveRevision
        | KnownBug::WatchSkipsEventOfSlowClient
        | KnownBug::WatchRepeatsEvent
        | KnownBug::ProgressBeforeEvents
        | KnownBug::WatchTravelsBackInTime
        | KnownBug::FutureWatchHearsOldEvents
        | KnownBug::WatchSilentOverCompaction
        | KnownBug::CompactionBeforeWatches
        | KnownBug::CompactionDropsDelete
        | KnownBug::SnapshotDropsDelete
        | KnownBug::TxnReadsDroppedElsewhere => (Temper::Watches, None),
        KnownBug::LeaseRevokedByDeposedLeader
        | KnownBug::KeepAliveUnconfirmed
        | KnownBug::LeaseForgottenByNewLeader => (Temper::Leases, None),
        KnownBug::SecondChangeWhilePending | KnownBug::SecondChangeSwallowed => {
            (Temper::Faults, None)
        }
        KnownBug::LeaseReadAfterLeaseEnded
        | KnownBug::LeaseCountsLateConfirmation
        | KnownBug::LeaseSurvivesTransfer
        | KnownBug::LeaseForgetsMissedTicks
        | KnownBug::VotePromiseForgottenAfterRestart
        | KnownBug::VotePromiseLostInTermHeardOf => (Temper::ReadLeases, Some(3)),
        KnownBug::RemovedLeaderOrdersLaterElection => (Temper::ReadLeases, Some(4)),
        _ => (Temper::Storm, None),
    }
}
