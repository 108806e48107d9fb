//! What a world refuses, and what it does with actions.

use std::sync::Arc;

use quorate_core::sim::{
    Action, EventCause, Halt, MemberFrame, Node, OperationOutcome, World, WorldConfig,
};

const N1: Node = Node(1);
const N2: Node = Node(2);

fn world(members: u32) -> World {
    let config = WorldConfig {
        members,
        ..WorldConfig::default()
    };
    World::new(config).expect("good settings")
}

fn refusal(world: &mut World, action: Action) -> String {
    match &world.act(action).expect("no violation").cause {
        EventCause::Refused(_, reason) => reason.clone(),
        other => panic!("not refused: {other}"),
    }
}

#[test]
fn settings_that_make_no_world_are_named() {
    let refused = |config| World::new(config).expect_err("bad settings").to_string();
    let config = WorldConfig::default();
    for (config, text) in [
        (
            WorldConfig {
                members: 0,
                ..config.clone()
            },
            "world: members: 0 is not between 1 and 7",
        ),
        (
            WorldConfig {
                members: 8,
                ..config.clone()
            },
            "world: members: 8 is not between 1 and 7",
        ),
        (
            WorldConfig {
                election_ticks: 4,
                ..config.clone()
            },
            "world: election_ticks: 4ticks is not between 5ticks and 50000ticks",
        ),
        (
            WorldConfig {
                latency_min_us: 30_000,
                ..config.clone()
            },
            "world: latency_min_us: of 30ms..24ms the first is the longer one; write the \
             shorter one first",
        ),
        (
            WorldConfig {
                snapshot_count: 0,
                ..config.clone()
            },
            "world: snapshot_count: 0 is too few; write 1 or more",
        ),
        (
            WorldConfig {
                loss_per_mille: 1_001,
                ..config
            },
            "world: loss_per_mille: 100.1% is more than 100%",
        ),
    ] {
        assert_eq!(refused(config), text);
    }
}

#[test]
fn the_members_have_the_ids_of_the_notes_three() {
    let ids: Vec<String> = world(3)
        .frame()
        .members
        .iter()
        .map(|member| member.id.to_string())
        .collect();
    assert_eq!(
        ids,
        ["47a42fb96a975854", "72ab37cc61e2023b", "470f778210a711ed"]
    );
}

#[test]
fn the_start_is_the_first_event() {
    let world = world(3);
    assert_eq!(world.event_count(), 1);
    assert_eq!(world.last_event().cause, EventCause::Started);
    assert!(
        world
            .frame()
            .members
            .iter()
            .all(|member| member.view.is_some())
    );
}

#[test]
fn one_step_is_one_event_and_time_never_goes_back() {
    let mut world = world(3);
    for count in 2..500 {
        let next_us = world.next_event_at_us().expect("clocks tick");
        assert!(next_us >= world.now_us());
        world.step().expect("no violation");
        assert_eq!(world.now_us(), next_us);
        assert_eq!(world.event_count(), count);
    }
}

#[test]
fn what_makes_no_sense_is_refused_and_counts() {
    let mut world = world(3);
    assert_eq!(refusal(&mut world, Action::Heal), "no link is cut");
    assert_eq!(refusal(&mut world, Action::Restart { node: N1 }), "n1 runs");
    assert_eq!(
        refusal(&mut world, Action::Crash { node: Node(9) }),
        "there is no n9"
    );
    assert_eq!(
        refusal(&mut world, Action::Cut { from: N1, to: N1 }),
        "a member has no link to itself"
    );
    world
        .act(Action::Cut { from: N2, to: N1 })
        .expect("no violation");
    assert_eq!(
        refusal(&mut world, Action::Cut { from: N1, to: N2 }),
        "the link of n1 and n2 is cut already"
    );
    world.act(Action::Crash { node: N1 }).expect("no violation");
    assert_eq!(
        refusal(&mut world, Action::Crash { node: N1 }),
        "n1 is down"
    );
    let get = Action::Get {
        node: N1,
        key: "x".to_owned(),
    };
    assert_eq!(refusal(&mut world, get), "n1 is down");
    assert_eq!(world.event_count(), 10);
}

#[test]
fn with_all_members_down_nothing_happens_until_somebody_acts() {
    let mut world = world(1);
    world.act(Action::Crash { node: N1 }).expect("no violation");
    assert_eq!(world.step().expect_err("nothing is queued"), Halt::Idle);
    assert_eq!(world.next_event_at_us(), None);
    world
        .act(Action::Restart { node: N1 })
        .expect("no violation");
    world.step().expect("its clock ticks");
}

#[test]
fn a_crash_leaves_open_operations_unknown() {
    let mut world = world(3);
    let put = Action::Put {
        node: N1,
        key: "x".to_owned(),
        value: "1".to_owned(),
    };
    world.act(put).expect("no violation");
    world.act(Action::Crash { node: N1 }).expect("no violation");
    assert!(matches!(
        world.operations()[0].outcome,
        OperationOutcome::Unknown(_)
    ));
}

#[test]
fn a_settled_put_is_read_at_every_member() {
    for members in 1..=7 {
        let mut world = world(members);
        let put = Action::Put {
            node: N1,
            key: "x".to_owned(),
            value: "1".to_owned(),
        };
        run_until(&mut world, has_leader);
        world.act(put).expect("no violation");
        run_until(&mut world, all_answered);
        for node in world.nodes() {
            let get = Action::Get {
                node,
                key: "x".to_owned(),
            };
            world.act(get).expect("no violation");
        }
        run_until(&mut world, all_answered);
        let outcomes: Vec<String> = world
            .operations()
            .iter()
            .map(|operation| operation.outcome.to_string())
            .collect();
        assert_eq!(outcomes[0], "done, OK");
        assert!(
            outcomes[1..].iter().all(|outcome| outcome == "done, x = 1"),
            "{outcomes:?}"
        );
    }
}

fn run_until(world: &mut World, done: fn(&World) -> bool) {
    for _ in 0..20_000 {
        if done(world) {
            return;
        }
        world.step().expect("no violation");
    }
    panic!("not within 20,000 events");
}

fn has_leader(world: &World) -> bool {
    let leads = |member: &Arc<MemberFrame>| {
        member
            .view
            .as_ref()
            .is_some_and(|view| view.leader.is_some())
    };
    world.frame().members.iter().all(leads)
}

fn all_answered(world: &World) -> bool {
    world
        .operations()
        .iter()
        .all(|operation| operation.outcome != OperationOutcome::Waiting)
}
