//! What each fault does, and when it is refused.

use std::sync::Arc;

use quorate_core::member::Role;
use quorate_core::sim::{
    Action, DamagedFile, DiskCall, EventCause, Fault, Frame, Keeps, MemberFrame, MessageFrame,
    Node, OperationOutcome, World, WorldConfig,
};
use quorate_core::trace::MessageKind;

const N1: Node = Node(1);
const N2: Node = Node(2);
const N3: Node = Node(3);

fn world(members: u32) -> World {
    let config = WorldConfig {
        members,
        ..WorldConfig::default()
    };
    World::new(config).expect("good settings")
}

/// A world in which all follow a leader; the leader and the others.
fn led(members: u32) -> (World, Node, Vec<Node>) {
    let mut world = world(members);
    run_until(&mut world, has_leader);
    let leader = leader(&world).expect("a leader");
    let others = world.nodes().into_iter().filter(|node| *node != leader);
    let others = others.collect();
    (world, leader, others)
}

fn act(world: &mut World, action: Action) {
    let cause = &world.act(action).expect("no violation").cause;
    assert!(matches!(cause, EventCause::Acted(_)), "{cause}");
}

fn fault(world: &mut World, fault: Fault) {
    act(world, Action::Fault(fault));
}

fn refusal(world: &mut World, fault: Fault) -> String {
    match &world.act(Action::Fault(fault)).expect("no violation").cause {
        EventCause::Refused(_, reason) => reason.clone(),
        other => panic!("not refused: {other}"),
    }
}

fn put(world: &mut World, node: Node, value: &str) {
    let (key, value) = ("x".to_owned(), value.to_owned());
    act(world, Action::Put { node, key, value });
}

fn get(world: &mut World, node: Node) -> String {
    let key = "x".to_owned();
    act(world, Action::Get { node, key });
    run_until(world, all_answered);
    world.operations().last().expect("one").outcome.to_string()
}

fn run_until(world: &mut World, done: impl Fn(&World) -> bool) {
    for _ in 0..20_000 {
        if done(world) {
            return;
        }
        world.step().expect("no violation");
    }
    panic!("not within 20,000 events");
}

fn run_for(world: &mut World, duration_us: u64) {
    let end_us = world.now_us() + duration_us;
    while world
        .next_event_at_us()
        .is_some_and(|at_us| at_us <= end_us)
    {
        world.step().expect("no violation");
    }
}

fn member(world: &World, node: Node) -> MemberFrame {
    MemberFrame::clone(&world.frame().members[node.0 as usize - 1])
}

fn has_leader(world: &World) -> bool {
    let Frame { members, .. } = world.frame();
    let views = || members.iter().filter_map(|member| member.view.as_ref());
    let leader = views()
        .filter(|view| view.role == Role::Leader)
        .max_by_key(|view| view.term);
    leader.is_some_and(|leader| {
        views().all(|view| view.leader == leader.id && view.applied == leader.commit)
    })
}

fn leader(world: &World) -> Option<Node> {
    let members = world.frame().members;
    let leads = |member: &&Arc<MemberFrame>| {
        let view = member.view.as_ref();
        view.is_some_and(|view| view.role == Role::Leader)
    };
    members
        .iter()
        .filter(leads)
        .max_by_key(|member| member.view.as_ref().map(|view| view.term))
        .map(|member| member.node)
}

fn all_answered(world: &World) -> bool {
    let mut operations = world.operations().iter();
    operations.all(|operation| operation.outcome != OperationOutcome::Waiting)
}

fn find(messages: &[MessageFrame], kind: MessageKind) -> Option<MessageFrame> {
    let mut messages = messages.iter();
    messages
        .find(|message| message.summary.kind == kind)
        .cloned()
}

#[test]
fn a_one_way_cut_silences_one_direction_and_tells_nobody() {
    let (mut world, leader, others) = led(3);
    let deaf = others[0];
    let cut = Fault::CutOneWay {
        from: leader,
        to: deaf,
    };
    fault(&mut world, cut.clone());
    assert_eq!(
        refusal(&mut world, cut),
        format!("{deaf} does not hear {leader} already")
    );
    assert_eq!(world.frame().one_way_cuts, [(leader, deaf)]);
    let mut heard = 0;
    for _ in 0..2_000 {
        world.step().expect("no violation");
        if let EventCause::Delivered(message) = &world.last_event().cause {
            let way = (message.from, message.to);
            assert!(way != (leader, deaf) || message.sent_at_us == 0 || heard == 0);
            heard += u32::from(way == (deaf, leader));
        }
        assert!(!matches!(
            world.last_event().cause,
            EventCause::Disconnected(..)
        ));
    }
    assert!(heard > 0);
    act(&mut world, Action::Heal);
    assert!(world.frame().one_way_cuts.is_empty());
    run_until(&mut world, has_leader);
}

#[test]
fn a_partition_parts_groups_and_leaves_the_rest_alone() {
    let (mut world, ..) = led(5);
    let groups = vec![vec![N1, N2, N3], vec![Node(4)]];
    fault(
        &mut world,
        Fault::Partition {
            groups: groups.clone(),
        },
    );
    let cuts = world.frame().cuts;
    assert_eq!(cuts.len(), 7, "{cuts:?}");
    assert!(!cuts.contains(&(N1, N2)) && cuts.contains(&(Node(4), Node(5))));
    assert_eq!(
        refusal(&mut world, Fault::Partition { groups }),
        "no whole link lies between these groups"
    );
    let twice = Fault::Partition {
        groups: vec![vec![N1], vec![N2, N1]],
    };
    assert_eq!(refusal(&mut world, twice), "n1 is in two groups");
    run_for(&mut world, 5_000_000);
    put(&mut world, N1, "1");
    run_until(&mut world, all_answered);
    assert_eq!(world.operations()[0].outcome.to_string(), "done, OK");
}

#[test]
fn a_link_takes_the_latency_it_is_given_and_no_other_does() {
    let (mut world, leader, others) = led(3);
    let latency = |min_us, max_us| Fault::Latency {
        from: others[0],
        to: leader,
        min_us,
        max_us,
    };
    assert_eq!(
        refusal(&mut world, latency(2, 1)),
        "the least latency, 2, is above the most, 1"
    );
    fault(&mut world, latency(60_000, 70_000));
    let from = world.frame().first_sent;
    let mut slow = 0;
    for _ in 0..500 {
        world.step().expect("no violation");
        if let EventCause::Delivered(message) = &world.last_event().cause
            && message.id > from
        {
            let took_us = message.arrives_at_us - message.sent_at_us;
            let is_slow = message.from != others[1] && message.to != others[1];
            assert_eq!(is_slow, took_us >= 60_000, "{message}");
            slow += u32::from(is_slow);
        }
    }
    assert!(slow > 3);
}

#[test]
fn chance_loses_and_doubles_but_never_a_forwarded_proposal() {
    let (mut world, _, others) = led(3);
    // By then all have made their names known, with proposals of their own.
    run_for(&mut world, 1_000_000);
    fault(
        &mut world,
        Fault::Chance {
            loss_per_mille: 0,
            duplicate_per_mille: 1_000,
        },
    );
    put(&mut world, others[0], "1");
    let mut kinds = Vec::new();
    for _ in 0..400 {
        world.step().expect("no violation");
        if let EventCause::Delivered(message) = &world.last_event().cause {
            kinds.push(message.summary.kind);
        }
    }
    let count = |kind| kinds.iter().filter(|other| **other == kind).count();
    assert_eq!(count(MessageKind::Propose), 1);
    assert!(count(MessageKind::Heartbeat) > 3);
    assert_eq!(world.operations()[0].outcome.to_string(), "done, OK");
    fault(
        &mut world,
        Fault::Chance {
            loss_per_mille: 1_000,
            duplicate_per_mille: 0,
        },
    );
    run_for(&mut world, 200_000);
    for _ in 0..200 {
        world.step().expect("no violation");
        assert!(!matches!(
            world.last_event().cause,
            EventCause::Delivered(_)
        ));
    }
    fault(&mut world, Fault::EndFaults);
    run_until(&mut world, has_leader);
    assert_eq!(
        refusal(
            &mut world,
            Fault::Chance {
                loss_per_mille: 0,
                duplicate_per_mille: 1_001,
            }
        ),
        "1001 is more than 1000 in a thousand"
    );
}

#[test]
fn held_messages_wait_for_a_hand() {
    let (mut world, leader, others) = led(3);
    let hold = |on| Fault::Hold {
        from: Some(leader),
        to: None,
        on,
    };
    assert_eq!(
        refusal(&mut world, hold(false)),
        "nothing of that is kept back"
    );
    fault(&mut world, hold(true));
    assert_eq!(refusal(&mut world, hold(true)), "that is kept back already");
    put(&mut world, leader, "1");
    run_for(&mut world, 300_000);
    assert!(!all_answered(&world));
    let held = world.frame().held;
    let append = find(&held, MessageKind::Append).expect("an append");
    let heartbeat = find(&held, MessageKind::Heartbeat).expect("a heartbeat");
    let message = append.id;
    fault(&mut world, Fault::Deliver { message });
    assert_eq!(
        refusal(&mut world, Fault::Deliver { message }),
        format!("message {message} is neither under way nor held")
    );
    let message = heartbeat.id;
    fault(&mut world, Fault::Drop { message });
    assert_eq!(world.frame().lost[0].reason.to_string(), "it was dropped");
    // One follower and the leader are a majority.
    run_until(&mut world, all_answered);
    fault(&mut world, hold(false));
    assert!(world.frame().held.is_empty() && world.frame().holds.is_empty());
    run_until(&mut world, has_leader);
    assert_eq!(get(&mut world, others[1]), "done, x = 1");
}

#[test]
fn one_message_comes_twice_or_at_another_time() {
    let (mut world, leader, others) = led(3);
    // The leader knows by then how far the others are.
    run_for(&mut world, 1_000_000);
    let all = Fault::Hold {
        from: None,
        to: None,
        on: true,
    };
    fault(&mut world, all);
    put(&mut world, others[0], "1");
    put(&mut world, leader, "2");
    run_for(&mut world, 100_000);
    let held = world.frame().held;
    let proposal = find(&held, MessageKind::Propose).expect("a proposal").id;
    assert!(
        refusal(&mut world, Fault::Duplicate { message: proposal })
            .contains("would be carried out twice")
    );
    let append = find(&held, MessageKind::Append).expect("an append");
    fault(&mut world, Fault::Duplicate { message: append.id });
    fault(&mut world, Fault::Duplicate { message: append.id });
    let now_us = world.now_us();
    let retime = |arrives_at_us| Fault::Retime {
        message: append.id,
        arrives_at_us,
    };
    fault(&mut world, retime(now_us + 1_000));
    assert!(world.frame().held.iter().all(|one| one.id != append.id));
    run_for(&mut world, 1_000);
    let soon_us = world.now_us() + 5;
    fault(&mut world, retime_of(proposal, soon_us));
    assert_eq!(
        refusal(&mut world, retime_of(proposal, 0)),
        format!("it is {} already", world.now_us())
    );
    fault(&mut world, Fault::EndFaults);
    run_until(&mut world, all_answered);
    let frame = world.frame();
    assert!(
        frame
            .operations
            .iter()
            .all(|one| one.outcome.to_string() == "done, OK")
    );
}

fn retime_of(message: u64, arrives_at_us: u64) -> Fault {
    Fault::Retime {
        message,
        arrives_at_us,
    }
}

#[test]
fn one_message_is_kept_back_by_hand_while_the_others_pass() {
    let (mut world, leader, others) = led(3);
    run_for(&mut world, 1_000_000);
    put(&mut world, leader, "1");
    run_until(&mut world, |world| {
        find(&world.frame().messages, MessageKind::Append).is_some()
    });
    let message = find(&world.frame().messages, MessageKind::Append)
        .expect("an append")
        .id;
    fault(&mut world, Fault::Keep { message });
    assert_eq!(
        refusal(&mut world, Fault::Keep { message }),
        format!("message {message} is kept back already")
    );
    let held: Vec<u64> = world.frame().held.iter().map(|held| held.id).collect();
    assert_eq!(held, [message]);
    // The other follower's append and its answer are not held: the put is committed.
    run_until(&mut world, all_answered);
    // Letting go of a way does not let go of what is kept by hand.
    let way = |on| Fault::Hold {
        from: Some(leader),
        to: Some(others[0]),
        on,
    };
    fault(&mut world, way(true));
    fault(&mut world, way(false));
    assert!(world.frame().held.iter().any(|held| held.id == message));
    let demand = Fault::DemandLiveness {
        within_us: 20_000_000,
    };
    assert_eq!(refusal(&mut world, demand), "the network is not whole");
    fault(&mut world, Fault::Deliver { message });
    assert!(world.frame().held.is_empty());
}

#[test]
fn one_link_is_mended_and_the_others_stay_cut() {
    let (mut world, leader, others) = led(3);
    let (from, to) = (leader, others[0]);
    let mend = Fault::Mend { from, to };
    assert_eq!(
        refusal(&mut world, mend.clone()),
        format!("the link of {from} and {to} is whole")
    );
    act(&mut world, Action::Isolate { node: leader });
    let latency = Fault::Latency {
        from,
        to,
        min_us: 1_000,
        max_us: 2_000,
    };
    fault(&mut world, latency);
    let frame = world.frame();
    assert_eq!((frame.cuts.len(), frame.latencies.len()), (2, 1));
    assert_eq!(frame.latencies[0].max_us, 2_000);
    fault(&mut world, mend);
    let frame = world.frame();
    assert_eq!((frame.cuts.len(), frame.latencies.len()), (1, 0));
    // They are connected again: what one sends arrives at the other.
    run_until(&mut world, |world| {
        matches!(&world.last_event().cause,
            EventCause::Delivered(message) if message.from == from && message.to == to)
    });
}

#[test]
fn a_frame_tells_what_each_raft_handed_to_itself() {
    use quorate_core::trace::LocalMessage;
    let (mut world, leader, others) = led(3);
    let local = |world: &World, node: Node| {
        let view = member(world, node).view.expect("it runs");
        view.local
    };
    let sends_heartbeats = |world: &World| local(world, leader).contains(&LocalMessage::Beat);
    run_until(&mut world, sends_heartbeats);
    assert!(matches!(&world.last_event().cause, EventCause::Ticked(node) if *node == leader));
    assert!(local(&world, others[0]).is_empty());
    run_until(&mut world, |world| !sends_heartbeats(world));
    put(&mut world, leader, "1");
    assert_eq!(local(&world, leader), [LocalMessage::Propose]);
    run_until(&mut world, |world| {
        local(world, leader).contains(&LocalMessage::CheckQuorum)
    });
    fault(&mut world, Fault::Campaign { node: others[0] });
    assert!(local(&world, others[0]).contains(&LocalMessage::Hup));
}

#[test]
fn a_paused_leader_is_replaced_and_finds_out_when_it_goes_on() {
    let (mut world, leader, others) = led(3);
    assert_eq!(
        refusal(&mut world, Fault::Resume { node: leader }),
        format!("{leader} does not stand still")
    );
    fault(&mut world, Fault::Pause { node: leader });
    assert_eq!(
        refusal(&mut world, Fault::Pause { node: leader }),
        format!("{leader} stands still")
    );
    let before = member(&world, leader).view;
    run_for(&mut world, 5_000_000);
    let frame = member(&world, leader);
    assert!(frame.is_paused && frame.waiting_inputs > 0);
    assert_eq!(frame.view, before);
    put(&mut world, others[0], "1");
    run_until(&mut world, all_answered);
    assert_eq!(world.operations()[0].outcome.to_string(), "done, OK");
    fault(&mut world, Fault::Resume { node: leader });
    let after = member(&world, leader);
    assert_eq!(after.view.expect("it runs").role, Role::Follower);
    run_until(&mut world, has_leader);
    assert_eq!(get(&mut world, leader), "done, x = 1");
}

#[test]
fn clocks_run_at_their_rate_and_jump() {
    let (mut world, leader, others) = led(3);
    let (fast, slow) = (others[0], others[1]);
    let rate = |node, per_mille| Fault::ClockRate { node, per_mille };
    assert_eq!(
        refusal(&mut world, rate(fast, 0)),
        "a clock rate of 0 is not between 100 and 10000"
    );
    fault(&mut world, rate(fast, 2_000));
    fault(&mut world, rate(slow, 500));
    run_for(&mut world, 200_000);
    let mut ticks = std::collections::BTreeMap::new();
    let end_us = world.now_us() + 10_000_000;
    while world.now_us() < end_us {
        if let EventCause::Ticked(node) = world.step().expect("no violation").cause {
            *ticks.entry(node).or_insert(0_u32) += 1;
        }
    }
    assert!(ticks[&fast].abs_diff(200) < 3, "{ticks:?}");
    assert!(ticks[&leader].abs_diff(100) < 3, "{ticks:?}");
    assert!(ticks[&slow].abs_diff(50) < 3, "{ticks:?}");
    // Ten seconds of the leader's clock: it has heard nobody and steps down.
    let step = |ticks| Fault::ClockStep {
        node: leader,
        ticks,
    };
    assert_eq!(
        refusal(&mut world, step(0)),
        "a step of 0 ticks is not between 1 and 60000"
    );
    run_until(&mut world, has_leader);
    let led_by = self::leader(&world).expect("a leader");
    fault(
        &mut world,
        Fault::ClockStep {
            node: led_by,
            ticks: 100,
        },
    );
    assert_ne!(
        member(&world, led_by).view.expect("it runs").role,
        Role::Leader
    );
    fault(&mut world, Fault::EndFaults);
    assert_eq!(member(&world, fast).clock_per_mille, 1_000);
    run_until(&mut world, has_leader);
}

#[test]
fn a_member_that_is_told_to_campaigns() {
    let mut world = world(3);
    fault(&mut world, Fault::Campaign { node: N2 });
    let view = member(&world, N2).view.expect("it runs");
    assert_eq!(view.role, Role::PreCandidate);
    run_until(&mut world, has_leader);
    let leader = leader(&world).expect("a leader");
    assert_eq!(
        refusal(&mut world, Fault::Campaign { node: leader }),
        format!("{leader} leads already")
    );
}

#[test]
fn a_crash_keeps_what_it_is_told_to() {
    let lengths = |world: &World| -> Vec<u64> {
        let files = member(world, N1).files;
        files.iter().map(|file| file.length_bytes).collect()
    };
    for keeps in [Keeps::Nothing, Keeps::All, Keeps::Chance] {
        let mut world = world(1);
        run_until(&mut world, has_leader);
        put(&mut world, N1, "1");
        run_until(&mut world, |world| {
            let files = member(world, N1).files;
            files
                .iter()
                .any(|file| file.durable_bytes < file.length_bytes)
        });
        let before = member(&world, N1).files;
        fault(&mut world, Fault::CrashKeeping { node: N1, keeps });
        let kept: Vec<u64> = match keeps {
            Keeps::Nothing => before.iter().map(|file| file.durable_bytes).collect(),
            _ => before.iter().map(|file| file.length_bytes).collect(),
        };
        if keeps != Keeps::Chance {
            assert_eq!(lengths(&world), kept);
        }
        assert_eq!(
            refusal(&mut world, Fault::CrashKeeping { node: N1, keeps }),
            "n1 is down"
        );
        act(&mut world, Action::Restart { node: N1 });
        run_until(&mut world, has_leader);
    }
}

#[test]
fn a_slow_disk_delays_and_a_stalled_one_answers_late() {
    let mut world = world(1);
    run_until(&mut world, has_leader);
    let slow = |extra_us| Fault::SlowDisk { node: N1, extra_us };
    fault(&mut world, slow(3_000_000));
    let asked_us = world.now_us();
    put(&mut world, N1, "1");
    run_until(&mut world, all_answered);
    assert!(world.now_us() - asked_us >= 3_000_000);
    assert_eq!(
        refusal(&mut world, slow(3_600_000_001)),
        "3600000001 microseconds are more than 3600000000"
    );
    fault(&mut world, slow(0));
    let stall = |on| Fault::StallDisk { node: N1, on };
    assert_eq!(
        refusal(&mut world, stall(false)),
        "n1's disk is not stalled"
    );
    fault(&mut world, stall(true));
    put(&mut world, N1, "2");
    run_for(&mut world, 2_000_000);
    assert!(!all_answered(&world));
    assert!(member(&world, N1).disk.is_stalled);
    fault(&mut world, stall(false));
    run_until(&mut world, all_answered);
    assert_eq!(get(&mut world, N1), "done, x = 2");
}

#[test]
fn a_failed_disk_call_stops_the_member_with_its_reason() {
    for (operation, text) in [
        (DiskCall::Write, "disk: append member/wal/"),
        (DiskCall::Sync, "disk: sync member/wal/"),
    ] {
        let (mut world, leader, others) = led(3);
        let node = others[0];
        fault(&mut world, Fault::FailDisk { node, operation });
        assert_eq!(member(&world, node).disk.fails_next, Some(operation));
        put(&mut world, leader, "1");
        run_until(&mut world, |world| !world.is_running(node));
        let failure = member(&world, node).failure.expect("a reason");
        assert!(failure.starts_with(text), "{failure}");
        assert!(failure.ends_with("Input/output error"), "{failure}");
        act(&mut world, Action::Restart { node });
        run_until(&mut world, |world| has_leader(world) && all_answered(world));
        assert_eq!(get(&mut world, node), "done, x = 1");
    }
}

#[test]
fn a_full_disk_stops_the_member_and_its_torn_end_is_cut_off() {
    let (mut world, leader, others) = led(3);
    let node = others[0];
    fault(&mut world, Fault::FillDisk { node, on: true });
    put(&mut world, leader, "1");
    run_until(&mut world, |world| !world.is_running(node));
    let failure = member(&world, node).failure.expect("a reason");
    assert!(failure.ends_with("No space left on device"), "{failure}");
    // It is still full: the member cannot go on.
    act(&mut world, Action::Restart { node });
    put(&mut world, leader, "2");
    run_until(&mut world, |world| !world.is_running(node));
    fault(&mut world, Fault::FillDisk { node, on: false });
    act(&mut world, Action::Restart { node });
    run_until(&mut world, |world| has_leader(world) && all_answered(world));
    assert_eq!(get(&mut world, node), "done, x = 2");
}

#[test]
fn a_disk_can_be_saved_brought_back_and_emptied_while_its_member_is_down() {
    let (mut world, _, others) = led(3);
    let node = others[0];
    for change in [Fault::RestoreDisk { node }, Fault::WipeDisk { node }] {
        assert_eq!(
            refusal(&mut world, change),
            format!("{node} runs: its disk cannot be changed under it")
        );
    }
    act(&mut world, Action::Crash { node });
    assert_eq!(
        refusal(&mut world, Fault::RestoreDisk { node }),
        format!("no copy of {node}'s disk was put aside")
    );
    fault(&mut world, Fault::SaveDisk { node });
    let files = member(&world, node).files;
    fault(&mut world, Fault::WipeDisk { node });
    assert!(member(&world, node).files.is_empty());
    assert_eq!(
        refusal(
            &mut world,
            Fault::FlipBit {
                node,
                file: DamagedFile::Log
            }
        ),
        format!("{node} has no log")
    );
    fault(&mut world, Fault::RestoreDisk { node });
    assert_eq!(member(&world, node).files, files);
    act(&mut world, Action::Restart { node });
    run_until(&mut world, has_leader);
}

#[test]
fn what_names_a_stranger_is_refused() {
    let mut world = world(3);
    let node = Node(9);
    for stranger in [
        Fault::Pause { node },
        Fault::WipeDisk { node },
        Fault::Hold {
            from: Some(node),
            to: None,
            on: true,
        },
        Fault::Partition {
            groups: vec![vec![node]],
        },
    ] {
        assert_eq!(refusal(&mut world, stranger), "there is no n9");
    }
}

#[test]
fn a_member_with_yesterdays_or_no_disk_is_found_out_and_stops() {
    for wipe in [false, true] {
        let (mut world, leader, others) = led(3);
        let node = others[0];
        fault(&mut world, Fault::SaveDisk { node });
        for value in ["1", "2", "3"] {
            put(&mut world, leader, value);
            run_until(&mut world, all_answered);
        }
        run_until(&mut world, has_leader);
        act(&mut world, Action::Crash { node });
        fault(
            &mut world,
            match wipe {
                true => Fault::WipeDisk { node },
                false => Fault::RestoreDisk { node },
            },
        );
        act(&mut world, Action::Restart { node });
        run_until(&mut world, |world| !world.is_running(node));
        let failure = member(&world, node).failure.expect("a reason");
        assert!(
            failure.contains("has lost entries that this member had acknowledged"),
            "{failure}"
        );
        assert_eq!(get(&mut world, leader), "done, x = 3");
    }
}

/// A bit anywhere in a log or a snapshot: the member refuses to start, comes back right, or is
/// found out by its leader. The checkers see anything else.
#[test]
fn a_flipped_bit_never_becomes_wrong_data() {
    let (mut refused, mut right) = (0, 0);
    for seed in 0..40 {
        let config = WorldConfig {
            seed,
            snapshot_count: 5,
            segment_size_bytes: 1_024,
            ..WorldConfig::default()
        };
        let mut world = World::new(config).expect("good settings");
        run_until(&mut world, has_leader);
        for value in 0..12 {
            put(&mut world, N1, &value.to_string());
            run_until(&mut world, all_answered);
        }
        run_until(&mut world, has_leader);
        let leader = leader(&world).expect("a leader");
        let node = if leader == N1 { N2 } else { N1 };
        act(&mut world, Action::Crash { node });
        let file = match seed % 2 {
            0 => DamagedFile::Log,
            _ => DamagedFile::Snapshot,
        };
        fault(&mut world, Fault::FlipBit { node, file });
        assert!(member(&world, node).disk.is_damaged);
        act(&mut world, Action::Restart { node });
        run_for(&mut world, 3_000_000);
        if world.is_running(node) {
            right += 1;
            assert_eq!(get(&mut world, node), "done, x = 11");
        } else {
            refused += 1;
            let failure = member(&world, node).failure.expect("a reason");
            let names_file = failure.contains(".wal") || failure.contains(".snap");
            assert!(
                names_file || failure.contains("has lost entries"),
                "{failure}"
            );
            assert_eq!(get(&mut world, leader), "done, x = 11");
        }
    }
    assert!(refused > 5 && right > 5, "{refused} refused, {right} right");
}
