//! What is shown of a machine's disk and of a member's store when somebody asks.

use quorate_core::offline::LogLineKind;
use quorate_core::sim::{
    Action, History, Node, Operation, OperationOutcome, TxnCompare, TxnRelation, TxnSide, TxnStep,
    World, WorldConfig,
};

const N1: Node = Node(1);

fn put(key: &str, value: &str) -> Action {
    Action::Put {
        node: N1,
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

fn ask(world: &mut World, action: Action) -> String {
    world.act(action).expect("no violation");
    let asked = world.operations().len();
    for _ in 0..5_000 {
        match &world.operations()[asked - 1].outcome {
            OperationOutcome::Waiting => {
                world.step().expect("it goes on");
            }
            OperationOutcome::Done(answer) => return answer.clone(),
            other => panic!("{other:?}"),
        }
    }
    panic!("no answer")
}

/// A world in which somebody leads.
fn led() -> World {
    let mut world = World::new(WorldConfig::default()).expect("good settings");
    for _ in 0..400 {
        world.step().expect("it goes on");
    }
    world
}

#[test]
fn a_disk_is_shown_record_by_record_with_what_a_crash_may_take() {
    let mut world = led();
    for number in 0..30 {
        ask(&mut world, put("x", &number.to_string()));
    }
    world.act(put("y", "1")).expect("no violation");
    let mut seen_unsynced = false;
    for _ in 0..60 {
        world.step().expect("it goes on");
        let disk = world.disk_view(N1).expect("there is n1");
        for segment in &disk.segments {
            let mut before = 0;
            for record in &segment.records {
                assert!(record.at_bytes >= before && record.end_bytes > record.at_bytes);
                assert_eq!(
                    record.is_durable,
                    record.end_bytes <= segment.file.durable_bytes
                );
                seen_unsynced |= !record.is_durable;
                before = record.at_bytes;
            }
            assert!(matches!(
                segment.records.first().map(|record| &record.kind),
                Some(LogLineKind::Head { .. })
            ));
        }
    }
    assert!(seen_unsynced, "a write is in the file before it is synced");
    let disk = world.disk_view(N1).expect("there is n1");
    let snapshot = disk.snapshots.last().expect("20 entries make a snapshot");
    let contents = snapshot.contents.as_ref().expect("it reads well");
    assert!(contents.index.0 >= 20 && !contents.chunks_bytes.is_empty());
    assert_eq!(world.disk_view(Node(9)), None);
}

#[test]
fn a_damaged_record_is_shown_as_damaged() {
    let mut world = led();
    ask(&mut world, put("x", "1"));
    world.act(Action::Crash { node: N1 }).expect("no violation");
    let flip = "flip-bit n1 log".parse().expect("a fault");
    world.act(flip).expect("no violation");
    let disk = world.disk_view(N1).expect("there is n1");
    let damaged = disk.segments.iter().flat_map(|segment| &segment.records);
    let damaged = damaged
        .filter(|record| matches!(record.kind, LogLineKind::Torn(_) | LogLineKind::Corrupt(_)));
    assert!(damaged.count() >= 1);
    assert_eq!(world.store_view(N1), None, "it is down");
}

#[test]
fn a_store_is_shown_with_its_versions_and_watches() {
    let mut world = led();
    ask(&mut world, put("x", "1"));
    ask(&mut world, put("x", "2"));
    let watch = "watch x revision=2 at n1".parse().expect("an operation");
    ask(&mut world, watch);
    let delete = Action::Delete {
        node: N1,
        key: "x".to_owned(),
    };
    ask(&mut world, delete);
    for _ in 0..100 {
        world.step().expect("it goes on");
    }
    let store = world.store_view(N1).expect("it runs");
    assert_eq!(store.key_count, 0);
    let versions = &store.keys[0].versions;
    let revisions: Vec<i64> = versions.iter().map(|version| version.id.main.0).collect();
    assert_eq!(revisions, [2, 3, 4]);
    assert!(versions[2].is_tombstone() && !versions[1].is_tombstone());
    assert_eq!(store.watches.len(), 1);
    assert_eq!(store.watches[0].next.0, store.revision.0 + 1);
}

#[test]
fn transactions_deletions_and_questions_are_answered() {
    let mut world = led();
    let transaction = |value: &str| Action::Operation {
        node: N1,
        operation: Operation::Txn {
            compare: vec![TxnCompare {
                key: "x".to_owned(),
                relation: TxnRelation::Equal,
                side: TxnSide::Value(value.to_owned()),
            }],
            success: vec![TxnStep::Put {
                key: "x".to_owned(),
                value: "new".to_owned(),
            }],
            failure: vec![TxnStep::Get {
                key: "x".to_owned(),
                end: String::new(),
            }],
        },
    };
    ask(&mut world, put("x", "1"));
    let held = ask(&mut world, transaction("1"));
    assert_eq!(held, "the comparison held");
    assert_eq!(
        ask(&mut world, transaction("1")),
        "the comparison did not hold"
    );
    let mut of = |operation| {
        ask(
            &mut world,
            Action::Operation {
                node: N1,
                operation,
            },
        )
    };
    let range = Operation::DeleteRange {
        key: "a".to_owned(),
        end: "\0".to_owned(),
    };
    assert_eq!(of(range), "1 deleted");
    assert_eq!(of(Operation::MemberList), "3 voters, 0 learners");
    assert_eq!(of(Operation::LeaseList), "0 leases");
    assert!(of(Operation::Status).starts_with("leader "));
    let verdict = world.verdict().expect("it is linearizable");
    assert!(verdict.is_decided());
    assert!(world.frame().heard > 0);
}

#[test]
fn what_was_settled_comes_out_in_all_futures_and_what_was_not_does_not() {
    let history = History::new(WorldConfig {
        members: 5,
        ..WorldConfig::default()
    });
    let end = history.replay(600).expect("good settings");
    let leader = end.leader().expect("somebody leads by then");
    let late = history.futures(590, end.now_us(), 6).expect("good");
    assert_eq!(late.leaders.get(&Some(leader)), Some(&6));
    assert_eq!((late.count, late.violated), (6, 0));
    // The first timers run already; but whose messages come first is open, and so is what follows
    // on a crash of the leader: not of every one, but of some.
    let after_a_crash = |seed: u64| {
        let mut history = History::new(WorldConfig {
            members: 5,
            seed,
            ..WorldConfig::default()
        });
        let leader = history.replay(600).expect("good settings").leader()?;
        history.act_after(600, Action::Crash { node: leader });
        let until_us = history.replay(1_400).expect("good settings").now_us();
        let futures = history.futures(601, until_us, 24).expect("good");
        let again = history.futures(601, until_us, 24).expect("good");
        assert_eq!(futures, again);
        Some(futures)
    };
    let is_open = |seed| after_a_crash(seed).is_some_and(|futures| futures.leaders.len() > 1);
    assert!((1..=20).any(is_open));
}
