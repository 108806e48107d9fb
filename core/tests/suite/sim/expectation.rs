//! Conditions by themselves, time that passes when nothing happens, and a scenario among what
//! somebody else does: what lessons stand on.

use quorate_core::sim::{Action, Fault, Node, PlannedAction, Scenario, World};

fn scenario(text: &str) -> Scenario {
    Scenario::parse("test.txt", text).expect("a scenario")
}

fn at_the_end_of(scenario: &Scenario) -> World {
    let outcome = scenario.run(&mut |_| {}).expect("a world");
    assert_eq!(outcome.failures, []);
    let world = outcome.history.replay(outcome.event_count);
    world.expect("the same world")
}

#[test]
fn a_condition_holds_in_a_picture_as_it_does_in_a_world() {
    let scenario = scenario(
        "world members=3 seed=42\nmember 2 name=etcd2\nuntil leader\nput x=1 at leader\n\
         until answered\nuntil settled\ncrash etcd2\n",
    );
    let frame = at_the_end_of(&scenario).frame();
    let holds = |text: &str| {
        let read = scenario.expectation("goal.txt", (1, 1), text);
        read.expect("a condition").holds(&frame)
    };
    for text in [
        "operation 1 done and n1 has x=1",
        "etcd2 down",
        "down 1",
        "n1 down or etcd2 down",
        "n1 down and n3 down or leader term > 1",
        "trace \"acted crash n2\"",
    ] {
        assert_eq!(holds(text), Ok(()), "{text}");
    }
    for (text, found) in [
        ("down 2", "1 are down"),
        ("n1 down or n3 down", "n3 runs"),
        ("n1 has x=2", "n1 has x=1"),
        ("trace n1 \"became leader\"", "no line of the trace says so"),
        ("n4 has x=1", "there is no n4"),
    ] {
        assert_eq!(holds(text), Err(found.to_owned()), "{text}");
    }
    assert_eq!(scenario.member("etcd2"), Some(Node(2)));
    assert_eq!(scenario.name_of(Node(2)), "etcd2");
    assert_eq!(scenario.name_of(Node(1)), "n1");
}

#[test]
fn what_is_wrong_with_a_condition_is_told_where_it_stands() {
    let scenario = scenario("world members=3\n");
    let error = scenario.expectation("goal.txt", (7, 11), "n1 down and n2 leeder");
    let told = error.expect_err("there is no such role").to_string();
    assert!(told.starts_with("goal.txt:7:26: "), "{told}");
}

#[test]
fn time_passes_when_all_are_down() {
    let scenario = scenario(
        "world members=1 seed=1\nclock starts 19:04:00.000\ncrash n1\nwait 19:04:07.909\n\
         start n1\n",
    );
    let outcome = scenario.run(&mut |_| {}).expect("a world");
    assert_eq!(outcome.now_us, 7_909_000);
    let again = outcome.history.replay(outcome.event_count);
    assert_eq!(again.expect("the same world").now_us(), 7_909_000);
    assert_eq!(scenario.clock_starts_us(), Some((19 * 60 + 4) * 60_000_000));
}

#[test]
fn a_time_of_day_is_a_virtual_time_when_it_is_one_and_still_to_come() {
    let virtual_us = |starts: &str, time: &str| {
        let start = format!("world members=1\nclock starts {starts}\n");
        scenario(&start).virtual_us(time)
    };
    assert_eq!(virtual_us("19:04:00.000", "19:04:07.868"), Some(7_868_000));
    assert_eq!(virtual_us("19:04:00.000", "19:04:07.5"), Some(7_500_000));
    assert_eq!(virtual_us("19:04:00.000", "19:04:00.000"), Some(0));
    assert_eq!(virtual_us("23:59:58.000", "00:00:03.000"), Some(5_000_000));
    for none in ["19:03:59.999", "25:99:00.000", "19:04", "soon"] {
        assert_eq!(virtual_us("19:04:00.000", none), None, "{none}");
    }
    assert_eq!(
        scenario("world members=1\n").virtual_us("19:04:07.868"),
        None
    );
}

#[test]
fn a_wait_passes_nothing_over_and_does_not_go_back() {
    let mut world = World::new(scenario("world members=1\n").config().clone()).expect("a world");
    for _ in 0..5 {
        world.step().expect("a clock that ticks");
    }
    let mut refusal = |until_us| {
        let wait = Action::Fault(Fault::Wait { until_us });
        let event = world.act(wait).expect("nothing is violated");
        format!("{}", event.cause)
    };
    assert!(refusal(0).contains("already"), "{}", refusal(0));
    assert!(refusal(3_000_000_000).contains("something is due"));
}

#[test]
fn a_scenario_goes_on_when_somebody_else_acts_among_its_steps() {
    let scenario = scenario("world members=3 seed=42\nuntil leader\nfor 1s\nput x=1 at leader\n");
    let alone = scenario.run(&mut |_| {}).expect("a world");
    let put = alone.history.actions.last().expect("the put").clone();
    let cut = PlannedAction {
        after_event: put.after_event - 20,
        action: Action::Cut {
            from: Node(1),
            to: Node(2),
        },
    };
    let both = scenario.run_among(std::slice::from_ref(&cut), &mut |_| {});
    let actions = both.expect("a world").history.actions;
    assert_eq!(actions.len(), 2);
    assert_eq!(actions[0], cut);
    assert!(matches!(actions[1].action, Action::Put { .. }));
    // What is due at the same place as a step of the scenario comes before it.
    let first = PlannedAction {
        after_event: put.after_event,
        ..cut
    };
    let both = scenario.run_among(std::slice::from_ref(&first), &mut |_| {});
    assert_eq!(both.expect("a world").history.actions[0], first);
}
