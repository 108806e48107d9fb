//! The language of scenarios: all actions can be written and read, and what is wrong is named.

use quorate_core::command::Alarm;
use quorate_core::rules::Rule;
use quorate_core::sim::{
    Action, DamagedFile, DiskCall, Fault, History, Keeps, Node, Operation, Outcome, Report,
    RevisionChoice, Scenario, TxnCompare, TxnRelation, TxnSide, TxnStep, World, WorldConfig,
};

const N1: Node = Node(1);
const N2: Node = Node(2);

/// Keys and values that are hard to write.
const TEXTS: &[&str] = &[
    "x", "", "a b", "\"", "\\", "=", "a=b", "#", "at", "值", "\n\t\r", "end=1", "lease=7", "->",
];

#[test]
fn every_fault_is_read_as_it_is_printed() {
    for fault in faults() {
        comes_back(&Action::Fault(fault));
    }
}

#[test]
fn every_operation_is_read_as_it_is_printed() {
    for text in TEXTS {
        for operation in operations(text) {
            let node = N2;
            comes_back(&Action::Operation { node, operation });
        }
    }
}

#[test]
fn every_simple_action_is_read_as_it_is_printed() {
    let node = N1;
    for action in [
        Action::Crash { node },
        Action::Restart { node },
        Action::Isolate { node },
        Action::Cut { from: N1, to: N2 },
        Action::Heal,
        Action::Compact {
            node,
            revision: (-3).into(),
        },
        Action::Compact {
            node,
            revision: RevisionChoice::Newest(-3),
        },
        Action::Stop { node },
    ] {
        comes_back(&action);
    }
    for text in TEXTS {
        let (key, value) = ((*text).to_owned(), "b c=".to_owned());
        comes_back(&Action::Put {
            node,
            key: key.clone(),
            value: value.clone(),
        });
        comes_back(&Action::Put {
            node,
            key: value,
            value: key.clone(),
        });
        let get = Action::Get {
            node,
            key: key.clone(),
        };
        comes_back(&get);
        comes_back(&Action::Delete { node, key });
    }
}

#[test]
fn rafttests_words_mean_what_they_mean_there() {
    for (text, same) in [
        ("propose 1 x=1", "put x=1 at n1"),
        ("compact 1 5", "compact 5 at n1"),
        ("transfer-leadership from=1 to=2", "move-leader n2 at n1"),
        ("tick-heartbeat 1", "clock n1 +1ticks"),
        ("start 2", "restart n2"),
        ("cut 1,2|3", "partition n1,n2|n3"),
        ("hold", "hold *->*"),
    ] {
        assert_eq!(read(text), read(same), "{text}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (text, error) in [
        (
            "until leader\n  crahs 2",
            "f:2:3: there is no step \"crahs\"; did you mean \"crash\"?",
        ),
        ("crash n4", "f:1:7: there is no n4; this world has n1 to n3"),
        ("put x at n1", "f:1:5: \"x\" has no value; write KEY=VALUE"),
        (
            "put \"x=1 at n1",
            "f:1:5: these quotes do not end; write \" where they end",
        ),
        (
            "for 50",
            "f:1:5: \"50\" is no duration; write a number with its unit: 250us, 8ms, 1.5s, 2min",
        ),
        (
            "get x at",
            "f:1:10: the line ends here; write a member: n1, n2, …",
        ),
        (
            "world tick=100ms sed=3",
            "f:1:18: there is no setting of a world \"sed\"; did you mean \"seed\"?",
        ),
        ("world members=9", "f:1:7: 9 is not between 1 and 7"),
        (
            "heal\nworld members=3",
            "f:2:1: \"world\" stands behind other steps; write it first, once",
        ),
        (
            "heal n1",
            "f:1:6: \"n1\" is too much; end the line before it",
        ),
        (
            "until setled",
            "f:1:7: there is no condition \"setled\"; did you mean \"settled\"?",
        ),
        (
            "process-apply-thread 1",
            "f:1:1: \"process-apply-thread\" has no meaning in this world: entries are applied as \
             soon as they are committed; leave it out",
        ),
        (
            "at 19:04:07.868 start 1",
            "f:1:4: nothing says when the clock starts; write `clock starts 18:58:03.208` before",
        ),
        (
            "alarm-disarm NOSPCE n1 at n2",
            "f:1:14: there is no alarm \"NOSPCE\"; did you mean \"NOSPACE\"?",
        ),
        (
            "alarm-disarm NOSPACE at n2",
            "f:1:22: \"at\" is no member; write n1, n2, …, leader, or a name that was given",
        ),
        (
            "until n1 has alarm FULL",
            "f:1:20: there is no alarm \"FULL\"; write one of: NOSPACE, CORRUPT",
        ),
        ("defrag n1", "f:1:8: \"n1\" is not \"at\""),
        ("world quota=10MB", "f:1:7: \"10MB\" is no whole number"),
        (
            "expect n1 applied ~ 3",
            "f:1:19: \"~\" is none of =, !=, <, <=, >, >=",
        ),
    ] {
        let found = Scenario::parse("f", text).expect_err(text).to_string();
        assert_eq!(found, error);
    }
}

#[test]
fn what_cannot_be_a_text_or_a_step_is_named() {
    for (text, error) in [
        (
            "put x=\"a\\q\" at n1",
            "f:1:9: there is no \\q in quotes; write one of: \\n, \\r, \\t, \\\", \\\\, \\u{1b}",
        ),
        (
            "# a story\n\nworld members=3\n> until leader",
            "f:3:1: other lines begin with \"> \", so this one is not a step, and no step has \
             printed it; write \"> \" before each step, or before none",
        ),
    ] {
        let found = Scenario::parse("f", text).expect_err(text).to_string();
        assert_eq!(found, error);
    }
}

#[test]
fn what_is_not_as_expected_is_named_with_its_place() {
    for (text, failure) in [
        (
            "until leader\nexpect leader 1",
            "f:2:1: not as expected: n3 leads",
        ),
        (
            "until leader\nexpect n1 term = 7",
            "f:2:1: not as expected: term of n1 is 2",
        ),
        (
            "expect violation",
            "f:1:1: not as expected: no property was violated",
        ),
        (
            "crash leader",
            "f:1:7: nobody leads now; write `until leader` before this step",
        ),
        (
            "crash 1\ncrash 2\ncrash 3\nuntil leader",
            "f:4:1: nothing will happen any more unless somebody acts: nobody leads all that run",
        ),
        (
            "restart 1\nexpect not refused",
            "f:2:1: not as expected: it holds",
        ),
        // Of what is not there nothing holds, and no opposite.
        (
            "crash 3\nexpect n3 has no alarm NOSPACE",
            "f:2:1: not as expected: it cannot be told: n3 is down",
        ),
        (
            "crash 3\nexpect not n3 leader",
            "f:2:1: not as expected: it cannot be told: n3 is down",
        ),
        (
            "expect leader up",
            "f:1:1: not as expected: it cannot be told: nobody leads",
        ),
        ("expect leader down", "f:1:1: not as expected: nobody leads"),
        (
            "expect not operation 7 done",
            "f:1:1: not as expected: it cannot be told: there is no operation 7",
        ),
    ] {
        let outcome = run(text);
        let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
        assert_eq!(failures, [failure], "{text}");
    }
}

/// Time may pass before somebody looks: what a violation stops is no failure of its own.
#[test]
fn a_violation_that_is_expected_is_the_end_and_no_failure() {
    let story = "world members=3\ndemand-liveness 1us\nfor 2s\nput x=1 at n1\n";
    let expected = run(&format!("{story}expect violation \"liveness\"\nfor 1s"));
    assert!(expected.failures.is_empty(), "{:?}", expected.failures);
    assert_eq!(expected.passed, 1);
    let unexpected = run(story);
    let [failure] = unexpected.failures.as_slice() else {
        panic!("one failure: {:?}", unexpected.failures);
    };
    assert!(failure.text.starts_with("nobody expects that liveness"));
}

#[test]
fn what_is_as_expected_passes() {
    let outcome = run(
        "clock starts 18:58:03.208\nworld members=3 seed=42 # as ever\n\
         member 3 name=etcd3\nuntil leader\nexpect leader etcd3\nexpect term 2\n\
         expect n1 follower\nexpect trace etcd3 \"became leader at term 2\"\n\
         expect no trace n1 \"became leader\"\nput \"a key\"=1 at leader\nuntil answered\n\
         expect operation 1 done \"OK\"\nuntil settled\nexpect n1 has \"a key\"=1\n\
         expect n1 applied = leader applied\nexpect n1 has no x\nat 18:58:10 crash etcd3\n\
         expect n3 down\nexpect no leader\nexpect no violation\nrestart 1\n\
         expect refused \"n1 runs\"",
    );
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    assert_eq!(outcome.passed, 13);
}

#[test]
fn a_scenario_amounts_to_a_history_and_a_history_to_a_scenario() {
    let outcome = run(
        "world members=5 seed=7 latency=1ms..2500us order=any loss=0.5% \
         snapshot-count=5 catch-up=0 pre-vote=off\nuntil leader\nisolate leader\nput x=1 at n1\n\
         for 3s\nheal\nfor 1.5s",
    );
    let world = outcome
        .history
        .replay(outcome.event_count)
        .expect("good settings");
    assert_eq!(world.trace_hash(), outcome.trace_hash);
    let again = run(&Scenario::text_of(&outcome.history, outcome.event_count));
    assert_eq!(again.history, outcome.history);
    assert_eq!(again.trace_hash, outcome.trace_hash);
}

#[test]
fn all_settings_come_back() {
    let config = WorldConfig {
        seed: u64::MAX,
        members: 7,
        tick_us: 99_999,
        election_ticks: 12,
        latency_min_us: 1,
        latency_max_us: 2_000_000,
        in_order: false,
        loss_per_mille: 13,
        disk_write_us: 0,
        disk_sync_us: 3,
        snapshot_count: 6,
        snapshot_store_size_bytes: 11,
        snapshot_catch_up_entries: 7,
        segment_size_bytes: 8,
        quota_bytes: 10_000,
        pre_vote: false,
        reads_by_lease: true,
        clock_drift_percent: 14,
        strict_reconfig_check: false,
        rules_off: vec![Rule::CheckQuorum],
        watch_room: 9,
        watch_chunk: 10,
        known_bug: None,
    };
    let text = Scenario::text_of(&History::new(config.clone()), 1);
    let scenario = Scenario::parse("f", &text).expect("its own words");
    assert_eq!(*scenario.config(), config);
}

#[test]
fn time_passes_between_events_too() {
    let mut times = Vec::new();
    let text = "for 10ms\nfor 10ms\nat 50ms heal\nfor 10ms";
    let scenario = Scenario::parse("f", text).expect("a scenario");
    let outcome = scenario.run(&mut |report| {
        if let Report::Trace { time, text, .. } = report {
            times.push(format!("{} {text}", time.trim()));
        }
    });
    let outcome = outcome.expect("good settings");
    let mut world = World::new(WorldConfig::default()).expect("good settings");
    while world
        .next_event_at_us()
        .is_some_and(|at_us| at_us <= 60_000)
    {
        world.step().expect("no violation");
    }
    // The refused `heal` is an event, too.
    assert_eq!(outcome.event_count, world.event_count() + 1);
    assert!(
        times.iter().any(|line| line.contains("refused heal")),
        "{times:?}"
    );
}

fn read(text: &str) -> Action {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn comes_back(action: &Action) {
    let text = action.to_string();
    assert_eq!(&read(&text), action, "{text}");
}

fn run(text: &str) -> Outcome {
    let scenario = Scenario::parse("f", text).unwrap_or_else(|error| panic!("{error}"));
    scenario.run(&mut |_| {}).expect("good settings")
}

#[allow(clippy::too_many_lines, reason = "one of each")]
fn faults() -> Vec<Fault> {
    let node = N2;
    let mut faults = vec![
        Fault::CutOneWay { from: N1, to: N2 },
        Fault::Partition { groups: vec![] },
        Fault::Partition {
            groups: vec![vec![]],
        },
        Fault::Partition {
            groups: vec![vec![N1, Node(3)], vec![], vec![N2]],
        },
        Fault::Latency {
            from: N1,
            to: N2,
            min_us: 1_500,
            max_us: u64::MAX,
        },
        Fault::Chance {
            loss_per_mille: 1,
            duplicate_per_mille: u32::MAX,
        },
        Fault::Deliver { message: u64::MAX },
        Fault::Drop { message: 1 },
        Fault::Keep { message: 4 },
        Fault::Mend {
            from: N1,
            to: Node(3),
        },
        Fault::Duplicate { message: 2 },
        Fault::Retime {
            message: 3,
            arrives_at_us: 0,
        },
        Fault::Wait {
            until_us: 65_047_909_000,
        },
        Fault::Pause { node },
        Fault::Resume { node },
        Fault::ClockStep { node, ticks: 12 },
        Fault::Campaign { node },
        Fault::SaveDisk { node },
        Fault::RestoreDisk { node },
        Fault::WipeDisk { node },
        Fault::EndFaults,
    ];
    for (from, to, on) in [
        (None, None, true),
        (Some(N1), None, false),
        (None, Some(N2), true),
    ] {
        faults.push(Fault::Hold { from, to, on });
    }
    for per_mille in [0, 1, 999, 1_000, 1_200, u32::MAX] {
        faults.push(Fault::ClockRate { node, per_mille });
    }
    for keeps in [Keeps::Chance, Keeps::Nothing, Keeps::All] {
        faults.push(Fault::CrashKeeping { node, keeps });
    }
    for extra_us in [0, 1, 2_000, 3_000_000, 61_000_000] {
        faults.push(Fault::SlowDisk { node, extra_us });
    }
    for on in [true, false] {
        faults.push(Fault::StallDisk { node, on });
        faults.push(Fault::FillDisk { node, on });
    }
    for operation in [DiskCall::Write, DiskCall::Sync] {
        faults.push(Fault::FailDisk { node, operation });
    }
    for file in [DamagedFile::Log, DamagedFile::Snapshot] {
        faults.push(Fault::FlipBit { node, file });
    }
    faults
}

fn operations(text: &str) -> Vec<Operation> {
    let key = text.to_owned();
    let value = text.to_owned();
    let mut operations = vec![
        Operation::PutAll { pairs: vec![] },
        Operation::PutAll {
            pairs: vec![(key.clone(), value.clone()), ("at".to_owned(), key.clone())],
        },
        Operation::PutWithLease {
            key: key.clone(),
            value: value.clone(),
            lease: i64::MIN,
        },
        Operation::LeaseGrant {
            lease: 7,
            ttl_seconds: -1,
        },
        Operation::LeaseRevoke { lease: 7 },
        Operation::LeaseKeepAlive { lease: 7 },
        Operation::LeaseTimeToLive { lease: 7 },
        Operation::WatchCancel { operation: 4 },
        Operation::WatchProgress { operation: 4 },
        Operation::WatchStall {
            operation: 4,
            on: true,
        },
        Operation::WatchStall {
            operation: 4,
            on: false,
        },
        Operation::PutAndGetOld {
            key: key.clone(),
            value: value.clone(),
            revision: RevisionChoice::Newest(2),
        },
    ];
    for expected in [None, Some(value.clone())] {
        operations.push(Operation::CompareAndSwap {
            key: key.clone(),
            expected,
            value: value.clone(),
        });
    }
    for (end, revision, serializable) in [("", 0, false), (text, 5, true), ("z", -1, false)] {
        let revision = RevisionChoice::Number(revision);
        operations.push(Operation::Range {
            key: key.clone(),
            end: end.to_owned(),
            revision,
            serializable,
        });
        operations.push(Operation::Watch {
            key: key.clone(),
            end: end.to_owned(),
            revision,
        });
    }
    operations.extend(transactions(text));
    operations.extend(operators());
    operations
}

/// Deletions of ranges, and transactions of every shape.
fn transactions(text: &str) -> Vec<Operation> {
    let key = || text.to_owned();
    let mut operations = vec![Operation::Txn {
        compare: vec![],
        success: vec![],
        failure: vec![],
    }];
    for end in ["", "z", "\0"] {
        let end = end.to_owned();
        operations.push(Operation::DeleteRange {
            key: key(),
            end: end.clone(),
        });
        let steps = vec![
            TxnStep::Put {
                key: key(),
                value: key(),
            },
            TxnStep::Get {
                key: key(),
                end: end.clone(),
            },
            TxnStep::Delete { key: key(), end },
        ];
        operations.push(Operation::Txn {
            compare: vec![],
            success: vec![],
            failure: steps.clone(),
        });
        let sides = [
            TxnSide::Value(key()),
            TxnSide::Version(0),
            TxnSide::Create(5),
            TxnSide::Mod(7),
            TxnSide::Lease(i64::MAX),
        ];
        let relations = [
            TxnRelation::Equal,
            TxnRelation::NotEqual,
            TxnRelation::Less,
            TxnRelation::Greater,
            TxnRelation::Equal,
        ];
        let compare = sides.into_iter().zip(relations);
        operations.push(Operation::Txn {
            compare: compare
                .map(|(side, relation)| TxnCompare {
                    key: key(),
                    relation,
                    side,
                })
                .collect(),
            success: steps,
            failure: vec![],
        });
    }
    operations
}

/// What an operator asks.
fn operators() -> Vec<Operation> {
    let mut operations = vec![
        Operation::MemberRemove { target: N1 },
        Operation::MemberPromote { target: N1 },
        Operation::MemberUpdate {
            target: N1,
            port: 2390,
        },
        Operation::MoveLeader { target: N1 },
        Operation::AlarmList,
        Operation::Defragment,
        Operation::LeaseList,
        Operation::MemberList,
        Operation::Status,
    ];
    for alarm in Alarm::ALL {
        let target = N1;
        operations.push(Operation::AlarmRaise { alarm, target });
        operations.push(Operation::AlarmDisarm { alarm, target });
    }
    for learner in [true, false] {
        let new = Node(4);
        operations.push(Operation::MemberAdd { new, learner });
    }
    operations
}
