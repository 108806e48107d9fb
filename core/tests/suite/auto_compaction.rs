//! Compactions that nobody asked for.

use quorate_core::auto_compaction::AutoCompaction;
use quorate_core::id::Revision;
use quorate_core::trace::TraceKind;

use super::lease::cluster::{Cluster, put};

fn started(cluster: &Cluster) -> Vec<(u64, Revision)> {
    let found = cluster.told.iter().filter_map(|(at, kind)| match kind {
        TraceKind::AutoCompactionStarted { revision, .. } => Some((*at, *revision)),
        _ => None,
    });
    found.collect()
}

#[test]
fn by_period_the_leader_forgets_what_is_older() {
    let mut cluster = Cluster::new(3, |config| {
        config.auto_compaction = AutoCompaction::PeriodMs(10_000);
    });
    let leader = cluster.elect(None);
    for _ in 0..35 {
        assert!(cluster.put(1, "k", 0).is_ok());
        cluster.seconds(1);
    }
    let compactions = started(&cluster);
    assert_eq!(compactions.len(), 3, "{compactions:?}");
    assert!(compactions.iter().all(|(at, _)| *at == leader));
    assert!(compactions.is_sorted_by_key(|(_, revision)| *revision));
    for at in cluster.ids() {
        let view = cluster.member(at).view();
        assert_eq!(view.compact_revision, compactions[2].1);
        // What is younger than the period and a tenth can be read.
        assert!(view.revision.0 - view.compact_revision.0 >= 10);
    }
    // The next leader goes on with it.
    cluster.cut_off.insert(leader);
    let next = cluster.elect(Some(leader));
    for _ in 0..12 {
        assert!(cluster.put(next, "k", 0).is_ok());
        cluster.seconds(1);
    }
    let compactions = started(&cluster);
    assert!(compactions[3..].iter().any(|(at, _)| *at == next));
}

#[test]
fn by_revision_the_newest_are_kept() {
    let mut cluster = Cluster::new(3, |config| {
        config.auto_compaction = AutoCompaction::Revisions(10);
    });
    cluster.elect(None);
    for _ in 0..50 {
        assert!(cluster.put(1, "k", 0).is_ok());
    }
    cluster.seconds(5 * 60);
    for at in cluster.ids() {
        let view = cluster.member(at).view();
        assert_eq!(view.compact_revision.0, view.revision.0 - 10);
    }
    cluster.seconds(30 * 60);
    assert_eq!(started(&cluster).len(), 1, "there is nothing new to forget");
}

#[test]
fn one_that_fails_says_so() {
    let mut cluster = Cluster::new(3, |config| {
        config.auto_compaction = AutoCompaction::PeriodMs(10_000);
    });
    let leader = cluster.elect(None);
    // It leads on for a moment, and nothing is committed any more.
    cluster.seconds(8);
    let others = cluster.ids().into_iter().filter(|id| *id != leader);
    cluster.stuck.extend(others);
    cluster.ask(leader, put("k", 0));
    cluster.seconds(20);
    let failed = cluster.told.iter().filter(|(at, kind)| {
        *at == leader && matches!(kind, TraceKind::AutoCompactionFailed { .. })
    });
    assert!(failed.count() > 0, "{:?}", started(&cluster));
}
