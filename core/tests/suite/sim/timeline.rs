//! Going back is going again: the pictures are the same.

use quorate_core::prng::Prng;
use quorate_core::sim::{
    Action, EventCause, Frame, History, Node, Timeline, WorldConfig, fault_plan,
};

const EVENTS: u64 = 1_500;

/// Every picture of a history, by its event.
fn pictures(history: &History) -> Vec<Frame> {
    let mut world = history.begin().expect("good settings");
    let mut pictures = vec![world.frame()];
    while world.event_count() < EVENTS {
        history.advance(&mut world).expect("no violation");
        pictures.push(world.frame());
    }
    pictures
}

#[test]
fn any_place_can_be_reached_again_and_looks_the_same() {
    for seed in 0..4 {
        let history = fault_plan(seed, 3, EVENTS);
        let pictures = pictures(&history);
        let mut timeline = Timeline::of(history).expect("good settings");
        timeline.seek(EVENTS).expect("no violation");
        let mut prng = Prng::new(seed);
        for _ in 0..12 {
            let event = prng.between(1, EVENTS);
            timeline.seek(event).expect("no violation");
            for _ in 0..prng.below(6) {
                timeline.step_back();
            }
            for _ in 0..prng.below(4) {
                timeline.step_forward().expect("no violation");
            }
            let at = timeline.position() as usize;
            assert_eq!(
                *timeline.frame(),
                pictures[at - 1],
                "seed {seed}, event {at}"
            );
            assert_eq!(timeline.world().frame(), pictures[at - 1]);
        }
    }
}

#[test]
fn quiet_moments_change_nothing_that_can_be_seen_and_come_to_an_end() {
    let history = fault_plan(7, 3, EVENTS);
    let pictures = pictures(&history);
    let mut timeline = Timeline::of(history).expect("good settings");
    let mut prng = Prng::new(7);
    timeline.seek(EVENTS).expect("no violation");
    for _ in 0..4 {
        let mut moments = 0;
        while timeline.tend(100) {
            moments += 1;
            assert!(moments < 1_000, "it goes on for ever");
        }
        for _ in 0..8 {
            let event = prng.between(1, EVENTS);
            timeline.seek(event).expect("no violation");
            timeline.tend(50);
            let here = timeline.world().frame();
            assert_eq!(here, pictures[event as usize - 1], "event {event}");
        }
    }
    // What is done in the past leaves no world of the future that was.
    timeline.seek(700).expect("it has been there");
    timeline.tend(10);
    let crash = Action::Crash { node: Node(2) };
    timeline.act(crash.clone()).expect("it can crash");
    while timeline.tend(100) {}
    let last = timeline.frame().last.clone().expect("an event");
    assert!(matches!(
        last.cause,
        EventCause::Acted(ref done) | EventCause::Refused(ref done, _) if *done == crash
    ));
    assert_eq!(timeline.end(), 701);
}

#[test]
fn quiet_moments_end_after_any_jumps() {
    let mut timeline = Timeline::new(WorldConfig::default()).expect("good settings");
    timeline.seek(12_000).expect("a quiet cluster goes on");
    let mut prng = Prng::new(1);
    for _ in 0..6 {
        let mut walked = 0;
        while timeline.tend(1_000) {
            walked += 1_000;
            assert!(walked < 1_000_000, "it goes on for ever");
        }
        for _ in 0..5 {
            let event = prng.between(1, 12_000);
            timeline.seek(event).expect("it has been there");
            assert_eq!(timeline.world().event_count(), event);
        }
    }
}

#[test]
fn another_history_is_gone_over_to_where_it_parts() {
    let mut timeline = Timeline::new(WorldConfig::default()).expect("good settings");
    timeline.seek(300).expect("no violation");
    let (first, there) = (timeline.history().clone(), timeline.frame());
    timeline.seek(100).expect("it has been there");
    let crash = Action::Crash { node: Node(2) };
    timeline.act(crash).expect("it can crash");
    timeline.seek(200).expect("two of three go on");
    let (second, here) = (timeline.history().clone(), timeline.frame());
    assert!(timeline.go_over(first, 300));
    assert_eq!(timeline.position(), 100);
    timeline.seek(300).expect("it has been there");
    assert_eq!(timeline.frame(), there);
    assert!(timeline.go_over(second, 200));
    timeline.seek(200).expect("it has been there");
    assert_eq!(timeline.frame(), here);
    let other = History::new(WorldConfig {
        seed: 7,
        ..WorldConfig::default()
    });
    assert!(!timeline.go_over(other, 1));
    assert_eq!(timeline.frame(), here);
}

#[test]
fn stepping_back_ends_at_the_start() {
    let mut timeline = Timeline::new(WorldConfig::default()).expect("good settings");
    timeline.seek(5).expect("no violation");
    let back = std::iter::repeat_with(|| timeline.step_back()).take_while(|went| *went);
    assert_eq!(back.count(), 4);
    assert_eq!(timeline.position(), 1);
    assert_eq!(timeline.end(), 5);
}

#[test]
fn acting_in_the_past_forks_and_nothing_is_lost() {
    let put = |value: &str| Action::Put {
        node: Node(1),
        key: "x".to_owned(),
        value: value.to_owned(),
    };
    let mut timeline = Timeline::new(WorldConfig::default()).expect("good settings");
    timeline.seek(200).expect("no violation");
    timeline.act(put("1")).expect("no violation");
    timeline.seek(300).expect("no violation");
    let first = timeline.frame();

    timeline.seek(250).expect("no violation");
    timeline
        .act(Action::Crash { node: Node(2) })
        .expect("no violation");
    assert_eq!((timeline.position(), timeline.end()), (251, 251));
    timeline.seek(300).expect("no violation");
    let second = timeline.frame();
    assert_ne!(first.trace_hash, second.trace_hash);

    timeline.seek(100).expect("no violation");
    timeline.act(put("2")).expect("no violation");
    timeline.seek(300).expect("no violation");
    let third = timeline.frame();
    assert_eq!(timeline.branches().len(), 2);

    // The first branch parted from the third at 100, though it was left at 250.
    for (branch, picture, fork) in [(0, &first, 100), (1, &second, 250), (0, &third, 100)] {
        assert!(timeline.switch(branch));
        assert_eq!(timeline.position(), fork);
        timeline.seek(300).expect("no violation");
        assert_eq!(timeline.frame(), *picture);
    }
    assert!(!timeline.switch(2));
}

#[test]
fn a_history_is_text_and_back() {
    let history = fault_plan(7, 5, EVENTS);
    let text = serde_json::to_string(&history).expect("plain data");
    let again: History = serde_json::from_str(&text).expect("its own text");
    assert_eq!(again, history);
    let hash = |history: &History| history.replay(400).expect("good settings").trace_hash();
    assert_eq!(hash(&again), hash(&history));
}
