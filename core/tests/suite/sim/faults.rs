//! Fault plans of many seeds: safety while things break, progress when they are whole again.
//!
//! `QUORATE_SEEDS=100..200 cargo test -p quorate-core faults` runs other seeds.

use std::ops::Range;

use quorate_core::sim::{Action, Halt, OperationOutcome, Standing, World, fault_plan};

const EVENTS: u64 = 3_000;
/// Within this many events after all is whole, everybody must have been answered.
const PATIENCE_EVENTS: u64 = 20_000;

#[expect(
    clippy::disallowed_methods,
    reason = "a person says from outside which seeds to run"
)]
fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("QUORATE_SEEDS") else {
        return 0..40;
    };
    let (first, end) = text.split_once("..").expect("QUORATE_SEEDS=A..B");
    first.parse().expect("a number")..end.parse().expect("a number")
}

/// Runs a plan; says what went wrong and how to have it again.
pub(super) fn run(seed: u64, members: u32) -> Result<World, String> {
    let report = |what: &str, world: &World| {
        format!(
            "seed {seed}, {members} members, event {}: {what}\nreplay: fault_plan({seed}, \
             {members}, {EVENTS})\n{}",
            world.event_count(),
            table(world)
        )
    };
    let history = fault_plan(seed, members, EVENTS);
    let mut world = history.begin().map_err(|error| error.to_string())?;
    while world.event_count() < EVENTS {
        if let Err(halt) = history.advance(&mut world) {
            return Err(report(&halt.to_string(), &world));
        }
    }
    settle(&mut world).map_err(|what| report(&what, &world))?;
    match world.audit().map(ToString::to_string) {
        Some(violation) => Err(report(&violation, &world)),
        None => Ok(world),
    }
}

/// All is whole: a write and then a read at every member must be answered.
fn settle(world: &mut World) -> Result<(), String> {
    let text = |halt: Halt| halt.to_string();
    for round in 0..2 {
        let first = world.operations().len();
        for node in world.nodes() {
            let key = format!("settled-{node}");
            let value = node.to_string();
            let action = match round {
                0 => Action::Put { node, key, value },
                _ => Action::Get { node, key },
            };
            world.act(action).map_err(text)?;
        }
        // Watches that clients begin again meanwhile stay open: they are not asked for here.
        let asked = first..world.operations().len();
        let end = world.event_count() + PATIENCE_EVENTS;
        while world.operations()[asked.clone()].iter().any(is_open) {
            world.step().map_err(text)?;
            if world.event_count() > end {
                return Err(format!("no answer within {PATIENCE_EVENTS} events"));
            }
        }
    }
    Ok(())
}

fn is_open(operation: &quorate_core::sim::OperationFrame) -> bool {
    operation.outcome == OperationOutcome::Waiting
}

pub(super) fn table(world: &World) -> String {
    let rows = world
        .frame()
        .members
        .into_iter()
        .map(|member| match &member.view {
            Some(view) => format!(
                "{} {:?} term {} leader {} last {:?} synced {} commit {} applied {} revision {}",
                member.node,
                view.role,
                view.term,
                view.leader,
                view.log.last().map(|entry| entry.index.0),
                view.synced,
                view.commit,
                view.applied,
                view.revision
            ),
            None => format!("{} down {:?}", member.node, member.failure),
        });
    rows.collect::<Vec<_>>().join("\n")
}

fn run_all(members: u32) -> Vec<World> {
    let mut failures = Vec::new();
    let mut worlds = Vec::new();
    for seed in seeds() {
        match run(seed, members) {
            Ok(world) => worlds.push(world),
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    worlds
}

#[test]
fn three_members_stay_safe_and_go_on() {
    run_all(3);
}

#[test]
fn five_members_stay_safe_and_go_on() {
    run_all(5);
}

#[test]
fn one_two_four_and_seven_members_stay_safe_and_go_on() {
    for (seed, members) in (0..12).zip([1, 2, 4, 7].into_iter().cycle()) {
        run(seed, members).unwrap_or_else(|failure| panic!("{failure}"));
    }
}

/// A plan that breaks nothing, or in which nothing gets done, would prove nothing.
#[test]
fn the_plans_do_what_they_are_for() {
    let worlds: Vec<World> = (0..10).map(|seed| run(seed, 3).expect("safe")).collect();
    let operations = || worlds.iter().flat_map(|world| world.operations());
    let count = |is: fn(&OperationOutcome) -> bool| {
        operations()
            .filter(|operation| is(&operation.outcome))
            .count()
    };
    assert!(count(|outcome| matches!(outcome, OperationOutcome::Done(_))) > 300);
    assert!(count(|outcome| matches!(outcome, OperationOutcome::Unknown(_))) > 5);
    let ends: Vec<_> = worlds.iter().map(World::frame).collect();
    let views = || {
        ends.iter()
            .flat_map(|frame| &frame.members)
            .filter_map(|member| member.view.as_ref())
    };
    assert!(views().any(|view| view.term.0 > 3), "elections");
    assert!(
        views().filter(|view| view.snapshot.is_some()).count() > 10,
        "snapshots"
    );
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 0..5 {
        let hash = || {
            fault_plan(seed, 5, EVENTS)
                .replay(EVENTS)
                .expect("good")
                .trace_hash()
        };
        assert_eq!(hash(), hash());
    }
    let hash = |seed| {
        fault_plan(seed, 3, 500)
            .replay(500)
            .expect("good")
            .trace_hash()
    };
    assert_ne!(hash(1), hash(2));
}

#[test]
fn a_plan_ends_whole() {
    for seed in 0..20 {
        let world = run(seed, 5).expect("safe");
        let frame = world.frame();
        assert!(frame.cuts.is_empty() && frame.one_way_cuts.is_empty() && frame.holds.is_empty());
        for member in frame.members {
            // One whose snapshot was damaged may have refused to start; one that was removed has
            // stopped by itself.
            let is_removed = member.standing == Standing::Removed;
            assert!(member.view.is_some() || member.disk.is_damaged || is_removed);
            assert!(!member.is_paused && !member.disk.is_full && !member.disk.is_stalled);
        }
    }
}
