//! Quotas and alarms: who runs out of space, who is told, and the way out.

use bytes::Bytes;
use quorate_core::command::{
    Alarm, AlarmMember, Command, Compact, DeleteRange, LeaseGrant, Put, Range, Reply, RequestOp,
    StatusReply, Txn,
};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, MemberId, Revision};
use quorate_core::trace::TraceKind;

use super::lease::cluster::Cluster;

const QUOTA_BYTES: i64 = 10_000;

fn three() -> Cluster {
    let mut cluster = Cluster::new(3, |config| config.quota_backend_bytes = QUOTA_BYTES);
    cluster.elect(None);
    cluster
}

fn put(key: &str, value_bytes: usize) -> Command {
    Command::Put(Put {
        key: Bytes::copy_from_slice(key.as_bytes()),
        value: Bytes::from(vec![b'v'; value_bytes]),
        ..Put::default()
    })
}

fn no_space(member: u64) -> AlarmMember {
    AlarmMember {
        member: MemberId(member),
        alarm: Alarm::NoSpace,
    }
}

fn corrupt(member: u64) -> AlarmMember {
    AlarmMember {
        member: MemberId(member),
        alarm: Alarm::Corrupt,
    }
}

fn alarms(cluster: &mut Cluster, at: u64) -> Vec<AlarmMember> {
    match cluster.call(at, Command::AlarmList) {
        Ok(Reply::AlarmList(alarms)) => alarms,
        other => panic!("{other:?}"),
    }
}

fn status(cluster: &mut Cluster, at: u64) -> StatusReply {
    match cluster.call(at, Command::Status) {
        Ok(Reply::Status(status)) => status,
        other => panic!("{other:?}"),
    }
}

/// Puts one key over and over at a member until it is refused.
fn fill(cluster: &mut Cluster, at: u64) -> i64 {
    for written in 0.. {
        match cluster.call(at, put("key", 500)) {
            Ok(_) => {}
            Err(Error::NoSpace) => return written,
            Err(error) => panic!("{error}"),
        }
    }
    unreachable!("the quota is smaller than that")
}

fn compact(cluster: &mut Cluster, at: u64) {
    let revision = cluster.member(at).view().revision;
    let compact = Compact {
        revision,
        physical: true,
    };
    let answer = cluster.call(at, Command::Compact(compact));
    assert_eq!(answer, Ok(Reply::Compact));
}

/// The notes' recipe, with the compaction that it lacks: fill, look, compact, defragment, disarm.
#[test]
fn a_full_store_is_refused_until_it_is_emptied_and_disarmed() {
    let mut cluster = three();
    let at = cluster.follower();
    // Each takes 64 bytes beside key and value; a put counts with 256 before it is proposed.
    let written = fill(&mut cluster, at);
    assert!((written - 1) * (64 + 503) + 256 + 503 < QUOTA_BYTES);
    assert!(written * (64 + 503) + 256 + 503 >= QUOTA_BYTES);
    for member in cluster.ids() {
        assert_eq!(alarms(&mut cluster, member), [no_space(at)]);
        assert_eq!(cluster.call(member, put("x", 0)), Err(Error::NoSpace));
    }
    let full = status(&mut cluster, at);
    assert_eq!(full.errors, [format!("memberID:{at} alarm:NOSPACE ")]);
    assert_eq!(full.quota_bytes, Some(QUOTA_BYTES as u64));

    compact(&mut cluster, at);
    let compacted = status(&mut cluster, at);
    assert_eq!(compacted.store_size_bytes, full.store_size_bytes);
    assert!(compacted.store_size_in_use_bytes < full.store_size_in_use_bytes / 10);
    assert_eq!(cluster.call(at, put("x", 0)), Err(Error::NoSpace));

    for member in cluster.ids() {
        let answer = cluster.call(member, Command::Defragment);
        assert_eq!(answer, Ok(Reply::Defragment));
        let small = status(&mut cluster, member);
        assert_eq!(small.store_size_bytes, small.store_size_in_use_bytes);
    }
    // It is empty, and the alarm still holds.
    assert_eq!(cluster.call(at, put("x", 0)), Err(Error::NoSpace));
    let lower = Command::AlarmLower(no_space(at));
    let lowered = Ok(Reply::AlarmList(vec![no_space(at)]));
    assert_eq!(cluster.call(at, lower.clone()), lowered);
    assert_eq!(cluster.call(at, lower), Ok(Reply::AlarmList(Vec::new())));
    for member in cluster.ids() {
        assert_eq!(alarms(&mut cluster, member), []);
        assert!(cluster.call(member, put("x", 0)).is_ok());
    }
    assert_eq!(status(&mut cluster, at).errors, Vec::<String>::new());
    cluster.check_agreement();
}

#[test]
fn what_adds_nothing_goes_on_in_a_full_store() {
    let mut cluster = three();
    let at = cluster.follower();
    assert!(cluster.call(at, put("doomed", 10)).is_ok());
    cluster.grant(at, 7, 60);
    fill(&mut cluster, at);
    let refused = [
        put("a", 0),
        Command::Txn(Txn {
            failure: vec![RequestOp::Put(Put {
                key: Bytes::from_static(b"k"),
                ..Put::default()
            })],
            ..Txn::default()
        }),
        Command::LeaseGrant(LeaseGrant {
            id: LeaseId(9),
            ttl_seconds: 60,
        }),
    ];
    for command in refused {
        for member in cluster.ids() {
            let answer = cluster.call(member, command.clone());
            assert_eq!(answer, Err(Error::NoSpace), "{command:?} at {member}");
        }
    }
    let key = Bytes::from_static(b"doomed");
    let delete = DeleteRange {
        key: key.clone(),
        ..DeleteRange::default()
    };
    let range = Range {
        key,
        ..Range::default()
    };
    let allowed = [
        Command::Range(range.clone()),
        Command::Txn(Txn {
            success: vec![RequestOp::Range(range)],
            ..Txn::default()
        }),
        Command::DeleteRange(delete),
        Command::LeaseKeepAlive(LeaseId(7)),
        Command::LeaseRevoke(LeaseId(7)),
        Command::MemberList(true),
    ];
    for command in allowed {
        let answer = cluster.call(at, command.clone());
        assert!(answer.is_ok(), "{command:?}: {answer:?}");
    }
    compact(&mut cluster, at);
    cluster.check_agreement();
}

/// The store of another member is fuller than that of the one that is asked.
#[test]
fn a_member_that_runs_out_by_what_others_were_asked_raises_its_own_alarm() {
    let mut cluster = Cluster::new(3, |config| {
        config.quota_backend_bytes = if config.id == MemberId(2) { 1_000 } else { -1 };
    });
    cluster.elect(None);
    // The one that goes over the quota is carried out, and says so.
    assert!(cluster.call(1, put("a", 900)).is_ok());
    cluster.tick(1);
    assert_eq!(cluster.call(1, put("b", 900)), Err(Error::NoSpace));
    assert_eq!(alarms(&mut cluster, 3), [no_space(2)]);
    let exceeded = |(at, kind): &(u64, TraceKind)| match kind {
        TraceKind::QuotaExceeded { quota_bytes, .. } => Some((*at, *quota_bytes)),
        _ => None,
    };
    let told: Vec<_> = cluster.told.iter().filter_map(exceeded).collect();
    assert_eq!(told, [(2, 1_000)]);
    cluster.check_agreement();
}

#[test]
fn alarms_outlive_restarts_and_snapshots() {
    let mut cluster = Cluster::new(3, |config| {
        config.quota_backend_bytes = QUOTA_BYTES;
        config.snapshot_count = 5;
        config.snapshot_catch_up_entries = 0;
    });
    cluster.elect(None);
    let at = cluster.follower();
    fill(&mut cluster, at);
    // Enough for snapshots with the alarm in them.
    for _ in 0..20 {
        let delete = DeleteRange {
            key: Bytes::from_static(b"nothing"),
            ..DeleteRange::default()
        };
        assert!(cluster.call(at, Command::DeleteRange(delete)).is_ok());
    }
    for member in cluster.ids() {
        assert!(cluster.member(member).view().snapshot.is_some());
        cluster.restart(member);
        assert_eq!(cluster.member(member).view().alarms, [no_space(at)]);
    }
    cluster.elect(None);
    for member in cluster.ids() {
        assert_eq!(cluster.call(member, put("x", 0)), Err(Error::NoSpace));
    }
}

/// What is carried out again at a start was answered long ago, when the store was fuller.
#[test]
fn old_entries_raise_no_new_alarm() {
    let mut cluster = three();
    let at = cluster.follower();
    fill(&mut cluster, at);
    compact(&mut cluster, at);
    for member in cluster.ids() {
        assert!(cluster.call(member, Command::Defragment).is_ok());
    }
    let lower = Command::AlarmLower(no_space(at));
    assert!(cluster.call(at, lower).is_ok());
    for member in cluster.ids() {
        cluster.restart(member);
    }
    cluster.elect(None);
    assert!(cluster.call(at, Command::MemberList(true)).is_ok());
    cluster.seconds(10);
    assert_eq!(alarms(&mut cluster, at), []);
}

#[test]
fn a_refused_put_is_answered_even_if_the_alarm_cannot_be_raised() {
    let mut cluster = three();
    let leader = cluster.leader().unwrap();
    let at = cluster.follower();
    fill(&mut cluster, at);
    compact(&mut cluster, at);
    assert!(cluster.call(at, Command::AlarmLower(no_space(at))).is_ok());
    // No one else hears it, and nothing is committed.
    cluster
        .cut_off
        .extend(cluster.ids().into_iter().filter(|id| *id != leader));
    let first = cluster.ask(leader, put("x", 9_000));
    let second = cluster.ask(leader, put("y", 9_000));
    assert_eq!(cluster.reply(first), None);
    cluster.seconds(8);
    assert_eq!(cluster.reply(first), Some(Err(Error::NoSpace)));
    assert_eq!(cluster.reply(second), Some(Err(Error::NoSpace)));
}

#[test]
fn a_corrupt_cluster_serves_neither_keys_nor_leases() {
    let mut cluster = three();
    let at = cluster.follower();
    cluster.grant(at, 7, 2);
    assert!(cluster.put(at, "k", 7).is_ok());
    let raise = Command::AlarmRaise(corrupt(0));
    let raised = Ok(Reply::AlarmList(vec![corrupt(0)]));
    assert_eq!(cluster.call(at, raise.clone()), raised);
    assert_eq!(cluster.call(at, raise), raised);
    let range = |serializable| {
        Command::Range(Range {
            key: Bytes::from_static(b"k"),
            serializable,
            ..Range::default()
        })
    };
    let refused = [
        range(true),
        range(false),
        put("k", 1),
        Command::DeleteRange(DeleteRange {
            key: Bytes::from_static(b"k"),
            ..DeleteRange::default()
        }),
        Command::Compact(Compact {
            revision: Revision(1),
            physical: false,
        }),
        Command::LeaseKeepAlive(LeaseId(7)),
        Command::LeaseList,
        Command::LeaseRevoke(LeaseId(7)),
    ];
    for command in refused {
        let answer = cluster.call(at, command.clone());
        assert_eq!(answer, Err(Error::Corrupt), "{command:?}");
    }
    assert_eq!(status(&mut cluster, at).errors, ["alarm:CORRUPT "]);
    // A store that may be wrong does not lose anything either, and the log does not fill with
    // tries.
    let before = cluster.member(at).view();
    cluster.seconds(20);
    let after = cluster.member(at).view();
    assert_eq!(before.keys, after.keys);
    assert!(after.commit.0 <= before.commit.0 + 1);
    // When it is lowered, all goes on where it was.
    assert!(cluster.call(at, Command::AlarmLower(corrupt(0))).is_ok());
    cluster.seconds(10);
    assert_eq!(cluster.member(at).view().keys, []);
    cluster.check_agreement();
}

#[test]
fn leases_count_as_etcd_counts_them() {
    let mut cluster = Cluster::new(1, |config| config.quota_backend_bytes = 1_000);
    cluster.elect(None);
    for id in 1.. {
        let grant = LeaseGrant {
            id: LeaseId(id),
            ttl_seconds: 60,
        };
        match cluster.call(1, Command::LeaseGrant(grant)) {
            Ok(_) => {}
            Err(error) => {
                // 64 bytes each, and 64 more were asked for.
                assert_eq!((id, error), (1_000 / 64 + 1, Error::NoSpace));
                return;
            }
        }
    }
}
