//! Whether members agree about their stores: who notices that one does not, and what follows.

use bytes::Bytes;
use quorate_core::command::{Alarm, AlarmMember, Command, Compact, HashKv, Put, Range, Reply};
use quorate_core::error::Error;
use quorate_core::id::{MemberId, Revision};
use quorate_core::member::MemberConfig;
use quorate_core::mvcc::CheckpointChunk;
use quorate_core::prng::Prng;
use quorate_core::snapshot::{SnapshotWriter, newest_good, read};
use quorate_core::trace::{CorruptionCheck, TraceKind};

use super::lease::cluster::Cluster;

fn put(key: &str, value: &str) -> Command {
    Command::Put(Put {
        key: Bytes::copy_from_slice(key.as_bytes()),
        value: Bytes::copy_from_slice(value.as_bytes()),
        ..Put::default()
    })
}

/// A cluster with some keys, and with snapshots of them.
fn with_keys(change: fn(&mut MemberConfig)) -> Cluster {
    let mut cluster = Cluster::new(3, change);
    cluster.elect(None);
    cluster.seconds(1);
    for number in 0..12 {
        let command = put(&format!("key{number}"), "value");
        assert!(cluster.call(1, command).is_ok());
    }
    cluster.seconds(1);
    cluster
}

/// Lets a follower come back with one wrong value in its snapshot, well formed in all else.
fn damage_a_follower(cluster: &mut Cluster) -> u64 {
    let victim = cluster.follower();
    let image = cluster.image(victim);
    let file = newest_good(&image).snapshot.expect("a snapshot");
    let (mut writer, mut operations) = SnapshotWriter::begin(&file.header);
    for (number, chunk) in file.chunks.iter().enumerate() {
        let mut chunk = CheckpointChunk::decode(chunk).unwrap();
        if number == 0 {
            chunk.keys[0].versions[0].value = Bytes::from_static(b"wrong");
        }
        operations.push(writer.chunk(&chunk.encode().unwrap()));
    }
    operations.extend(writer.finish());
    cluster.restart_on(victim, &operations);
    victim
}

fn corrupt(member: u64) -> AlarmMember {
    AlarmMember {
        member: MemberId(member),
        alarm: Alarm::Corrupt,
    }
}

fn finished(cluster: &Cluster, wanted: CorruptionCheck) -> Vec<usize> {
    let found = cluster.told.iter().filter_map(|(_, kind)| match kind {
        TraceKind::CorruptionCheckFinished { check, checked } if *check == wanted => Some(*checked),
        _ => None,
    });
    found.collect()
}

#[test]
fn the_leader_notices_from_time_to_time() {
    let mut cluster = with_keys(|config| {
        config.snapshot_count = 5;
        config.corrupt_check_interval_ms = 5_000;
    });
    cluster.seconds(6);
    assert!(finished(&cluster, CorruptionCheck::Periodic).contains(&2));
    let victim = damage_a_follower(&mut cluster);
    cluster.seconds(12);
    for at in cluster.ids() {
        assert_eq!(cluster.member(at).view().alarms, [corrupt(victim)]);
        assert_eq!(cluster.call(at, put("k", "v")), Err(Error::Corrupt));
    }
}

#[test]
fn the_leader_notices_at_a_compaction() {
    let mut cluster = with_keys(|config| {
        config.snapshot_count = 5;
        config.compact_hash_check_interval_ms = 5_000;
    });
    let victim = damage_a_follower(&mut cluster);
    let compact = Compact {
        revision: Revision(8),
        physical: true,
    };
    assert_eq!(
        cluster.call(1, Command::Compact(compact)),
        Ok(Reply::Compact)
    );
    cluster.seconds(12);
    for at in cluster.ids() {
        assert_eq!(cluster.member(at).view().alarms, [corrupt(victim)]);
    }
    let found = |(_, kind): &(u64, TraceKind)| match kind {
        TraceKind::StoresDiffer { peer, what, .. } => Some((peer.0, what.clone())),
        _ => None,
    };
    let told: Vec<_> = cluster.told.iter().filter_map(found).collect();
    assert!(told.iter().all(|(peer, _)| *peer == victim));
    assert!(told[0].1.starts_with("Detected compaction hash mismatch"));
}

/// Both come due in the same tick, again and again: neither may starve.
#[test]
fn two_checks_of_one_interval_both_go_on() {
    let mut cluster = with_keys(|config| {
        config.corrupt_check_interval_ms = 1_000;
        config.compact_hash_check_interval_ms = 1_000;
    });
    cluster.seconds(10);
    for check in [CorruptionCheck::Periodic, CorruptionCheck::Compaction] {
        let finished = finished(&cluster, check).len();
        assert!(finished >= 5, "{check:?}: {finished}");
    }
}

#[test]
fn a_member_that_differs_does_not_start() {
    let mut cluster = with_keys(|config| {
        config.snapshot_count = 5;
        config.initial_corrupt_check = true;
    });
    let victim = cluster.follower();
    cluster.may_stop.insert(victim);
    damage_a_follower(&mut cluster);
    let reason = cluster.stopped.get(&victim).expect("it stopped");
    assert!(
        reason.ends_with("found data inconsistency with peers"),
        "{reason}"
    );
}

#[test]
fn members_that_agree_start_and_go_on() {
    let mut cluster = with_keys(|config| {
        config.snapshot_count = 5;
        config.initial_corrupt_check = true;
    });
    assert_eq!(finished(&cluster, CorruptionCheck::Initial), [2, 2, 2]);
    for at in cluster.ids() {
        cluster.restart(at);
        // The others are there, and were asked.
        assert_eq!(
            finished(&cluster, CorruptionCheck::Initial).last(),
            Some(&2)
        );
        cluster.elect(None);
        assert!(cluster.call(at, put("k", "v")).is_ok());
    }
    cluster.check_agreement();
}

/// A peer that is not there is waited for an election timeout, and not for ever.
#[test]
fn a_member_whose_peers_are_gone_starts_all_the_same() {
    let mut cluster = with_keys(|config| config.initial_corrupt_check = true);
    let victim = cluster.follower();
    cluster.cut_off.insert(victim);
    cluster.restart(victim);
    assert_eq!(finished(&cluster, CorruptionCheck::Initial).len(), 3);
    // The connections are up, but nothing comes through.
    cluster.seconds(8);
    assert_eq!(finished(&cluster, CorruptionCheck::Initial).len(), 4);
    cluster.cut_off.clear();
    cluster.elect(None);
    assert!(cluster.call(victim, put("k", "v")).is_ok());
}

/// Whatever members do, while nothing is wrong with their stores nobody cries wolf.
#[test]
fn there_is_no_false_alarm() {
    for seed in 0..20 {
        let mut prng = Prng::new(seed);
        let mut cluster = Cluster::new(3, |config| {
            config.snapshot_count = 7;
            config.snapshot_catch_up_entries = 2;
            config.corrupt_check_interval_ms = 700;
            config.compact_hash_check_interval_ms = 900;
        });
        cluster.elect(None);
        for _ in 0..60 {
            let at = prng.between(1, 3);
            match prng.below(10) {
                0..=5 => {
                    let key = format!("k{}", prng.below(5));
                    let value = prng.below(1_000).to_string();
                    cluster.ask(at, put(&key, &value));
                }
                6 => {
                    let revision = Revision(prng.between(1, 60).cast_signed());
                    let physical = prng.chance(500);
                    cluster.ask(at, Command::Compact(Compact { revision, physical }));
                }
                7 => {
                    cluster.cut_off.clear();
                    if prng.chance(500) {
                        cluster.cut_off.insert(at);
                    }
                }
                8 => cluster.restart(at),
                _ => cluster.seconds(prng.below(3)),
            }
            cluster.tick(prng.below(4));
        }
        cluster.cut_off.clear();
        cluster.elect(None);
        cluster.seconds(5);
        for at in cluster.ids() {
            assert_eq!(cluster.member(at).view().alarms, [], "seed {seed}");
        }
        let periodic = finished(&cluster, CorruptionCheck::Periodic);
        assert!(periodic.contains(&2), "seed {seed}: {periodic:?}");
        cluster.check_agreement();
    }
}

/// Of a store that is hashed for long, the hash is that of the moment it was asked at.
#[test]
fn a_hash_is_of_the_revision_it_was_asked_at() {
    let mut cluster = Cluster::new(1, |_| {});
    cluster.elect(None);
    for number in 0..2_000 {
        cluster.ask(1, put(&format!("key{number:04}"), "value"));
    }
    let whole = Range {
        key: Bytes::from_static(b"\0"),
        range_end: Bytes::from_static(b"\0"),
        count_only: true,
        ..Range::default()
    };
    assert!(cluster.call(1, Command::Range(whole)).is_ok());
    let hash = |cluster: &mut Cluster, revision| {
        let asked = HashKv {
            revision: Revision(revision),
        };
        match cluster.call(1, Command::HashKv(asked)) {
            Ok(Reply::HashKv(hash)) => hash,
            other => panic!("{other:?}"),
        }
    };
    let before = hash(&mut cluster, 0);
    assert_eq!(before.hash_revision, Revision(2_001));
    assert_eq!(before.compact_revision, Revision(-1));
    // Asked, and not finished in one go: meanwhile the store goes on and forgets.
    let asked = cluster.ask_without_settling(1, Command::HashKv(HashKv::default()));
    let compact = Compact {
        revision: Revision(2_001),
        physical: true,
    };
    let put = cluster.ask_without_settling(1, put("key0000", "other"));
    let compacted = cluster.ask_without_settling(1, Command::Compact(compact));
    for _ in 0..40 {
        cluster.tick(1);
    }
    assert!(cluster.reply(put).unwrap().is_ok());
    assert_eq!(cluster.reply(compacted), Some(Ok(Reply::Compact)));
    assert_eq!(cluster.reply(asked), Some(Ok(Reply::HashKv(before))));
    // The compaction's own hash is kept, as etcd does: of the store before it.
    assert_eq!(hash(&mut cluster, 2_001), before);
    let after = hash(&mut cluster, 0);
    assert_eq!(after.compact_revision, Revision(2_001));
    let below = HashKv {
        revision: Revision(2_000),
    };
    assert_eq!(
        cluster.call(1, Command::HashKv(below)),
        Err(Error::Compacted)
    );
    let above = HashKv {
        revision: Revision(9_000),
    };
    let answer = cluster.call(1, Command::HashKv(above));
    assert_eq!(answer, Err(Error::FutureRevision));
}

/// A snapshot that was changed reads well: nothing but a comparison could notice.
#[test]
fn the_damage_is_one_that_checksums_do_not_see() {
    let mut cluster = with_keys(|config| config.snapshot_count = 5);
    let victim = damage_a_follower(&mut cluster);
    let image = cluster.image(victim);
    let snapshots = image
        .files
        .iter()
        .filter(|(path, _)| path.ends_with(".snap"));
    assert!(snapshots.clone().count() > 0);
    assert!(
        snapshots
            .map(|(_, bytes)| read(bytes))
            .all(|file| file.is_ok())
    );
    let leader = cluster.leader().unwrap();
    let (one, two) = (cluster.member(victim), cluster.member(leader));
    assert_ne!(one.store_hash(), two.store_hash());
}
