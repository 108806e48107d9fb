//! Worlds whose members change: safe while anything breaks, and one cluster when all is whole.

use std::collections::BTreeMap;

use quorate_core::id::MemberId;
use quorate_core::member::{MemberView, REMOVED};
use quorate_core::sim::{
    Action, History, Node, Operation, OperationOutcome, Standing, World, WorldConfig, fault_plan,
};

use super::faults::{run, table};

/// Within this many events after all is whole, all members are at one.
const PATIENCE_EVENTS: u64 = 20_000;

/// Whether a plan changes the members.
fn changes(history: &History) -> bool {
    let mut actions = history.actions.iter();
    actions.any(|planned| {
        matches!(
            &planned.action,
            Action::Operation {
                operation: Operation::MemberAdd { .. } | Operation::MemberRemove { .. },
                ..
            }
        )
    })
}

/// The views of those that are members, as the cluster knows it.
fn members(world: &World) -> Vec<(Standing, Option<MemberView>)> {
    let frame = world.frame();
    let members = frame.members.iter();
    let standings = [Standing::Voter, Standing::Learner];
    members
        .filter(|member| standings.contains(&member.standing))
        .map(|member| (member.standing, member.view.clone()))
        .collect()
}

/// All members run, lag behind nobody, and say the same of themselves.
fn are_at_one(world: &World) -> bool {
    let views: Option<Vec<MemberView>> = members(world).into_iter().map(|(_, view)| view).collect();
    let Some(views) = views else {
        return false;
    };
    let says = |view: &MemberView| {
        let of_members = (
            view.voters.clone(),
            view.learners.clone(),
            view.members.clone(),
        );
        (view.applied, of_members, view.removed.clone())
    };
    let is_same = views
        .windows(2)
        .all(|pair| says(&pair[0]) == says(&pair[1]));
    let has_leader = views
        .iter()
        .any(|view| views.iter().all(|other| other.leader == view.id));
    is_same && has_leader
}

fn converge(world: &mut World) -> Result<(), String> {
    let end = world.event_count() + PATIENCE_EVENTS;
    while !are_at_one(world) {
        world.step().map_err(|halt| halt.to_string())?;
        if world.event_count() > end {
            return Err(format!("not at one within {PATIENCE_EVENTS} events"));
        }
    }
    Ok(())
}

/// What was asked of the members, and how often it was done, or refused with which words.
fn outcomes(world: &World, counts: &mut BTreeMap<String, u32>) {
    for operation in world.operations() {
        let verb = operation.text.split(' ').next().unwrap_or_default();
        let what = match &operation.outcome {
            _ if !verb.starts_with("member-") => continue,
            OperationOutcome::Done(_) => "done".to_owned(),
            OperationOutcome::Failed(error) => error.clone(),
            OperationOutcome::Unknown(_) | OperationOutcome::Waiting => continue,
        };
        *counts.entry(format!("{verb}: {what}")).or_default() += 1;
    }
}

#[test]
fn plans_that_change_the_members_end_with_one_cluster() {
    let mut counts = BTreeMap::new();
    let mut runs = 0;
    for (seed, size) in (0..180).zip([3, 3, 5, 2, 4].into_iter().cycle()) {
        if !changes(&fault_plan(seed, size, 3_000)) {
            continue;
        }
        let mut world = run(seed, size).unwrap_or_else(|failure| panic!("{failure}"));
        let verdict = converge(&mut world);
        verdict.unwrap_or_else(|what| panic!("seed {seed}: {what}\n{}", table(&world)));
        outcomes(&world, &mut counts);
        runs += 1;
        for member in world.frame().members {
            let failure = member.failure.as_deref();
            assert!(
                failure.is_none()
                    || member.standing == Standing::Removed
                    || failure != Some(REMOVED)
            );
        }
    }
    assert!(runs > 30, "{runs} plans");
    for (what, least) in [
        ("member-add: done", 20),
        ("member-remove: done", 20),
        ("member-promote: done", 3),
        ("member-update: done", 5),
        ("member-add: etcdserver: unhealthy cluster", 3),
        (
            "member-promote: etcdserver: can only promote a learner member which is in sync with leader",
            3,
        ),
        (
            "member-add: etcdserver: too many learner members in cluster",
            1,
        ),
        (
            "member-remove: etcdserver: re-configuration failed due to a pending change",
            1,
        ),
    ] {
        let found = counts.get(what).copied().unwrap_or(0);
        assert!(found >= least, "{what}: {found} times; {counts:#?}");
    }
}

/// A world, its history, and its next event.
struct Story {
    world: World,
}

impl Story {
    fn new(config: WorldConfig) -> Self {
        let world = World::new(config).expect("good settings");
        let mut story = Self { world };
        story.pass(10_000_000);
        story
    }

    fn pass(&mut self, length_us: u64) {
        let end_us = self.world.now_us() + length_us;
        while self
            .world
            .next_event_at_us()
            .is_some_and(|at_us| at_us <= end_us)
        {
            self.world.step().expect("safe");
        }
    }

    fn act(&mut self, action: Action) {
        self.world.act(action).expect("safe");
    }

    /// Asks, and lets time pass; what came of it.
    fn ask(&mut self, node: u32, operation: Operation) -> OperationOutcome {
        let node = Node(node);
        self.act(Action::Operation { node, operation });
        let at = self.world.operations().len() - 1;
        self.pass(8_000_000);
        self.world.operations()[at].outcome.clone()
    }

    fn standing(&self, node: u32) -> Standing {
        self.world.frame().members[node as usize - 1].standing
    }
}

/// From one member to seven and back: every size on the way works.
#[test]
fn a_cluster_grows_and_shrinks() {
    let mut story = Story::new(WorldConfig {
        members: 1,
        snapshot_count: 6,
        ..WorldConfig::default()
    });
    for number in 2..=7 {
        let new = Node(number);
        let outcome = story.ask(
            1,
            Operation::MemberAdd {
                new,
                learner: false,
            },
        );
        assert!(matches!(outcome, OperationOutcome::Done(_)), "{outcome}");
        story.act(Action::Restart { node: new });
        story.pass(8_000_000);
        let put = Operation::PutAll {
            pairs: vec![(format!("k{number}"), "v".to_owned())],
        };
        let outcome = story.ask(number, put);
        assert!(matches!(outcome, OperationOutcome::Done(_)), "{outcome}");
    }
    converge(&mut story.world).expect("one cluster");
    for number in 1..=6 {
        let target = Node(number);
        let outcome = story.ask(7, Operation::MemberRemove { target });
        assert!(matches!(outcome, OperationOutcome::Done(_)), "{outcome}");
        story.pass(8_000_000);
        assert_eq!(story.standing(number), Standing::Removed);
        assert!(!story.world.is_running(target));
        let put = Operation::PutAll {
            pairs: vec![(format!("k{number}"), "w".to_owned())],
        };
        let outcome = story.ask(7, put);
        assert!(matches!(outcome, OperationOutcome::Done(_)), "{outcome}");
    }
    let left = members(&story.world);
    assert_eq!(left.len(), 1);
}

/// An id is never used twice: a machine that was removed cannot be added again.
#[test]
fn a_removed_machine_does_not_come_back() {
    let mut story = Story::new(WorldConfig::default());
    let new = Node(4);
    let add = |learner| Operation::MemberAdd { new, learner };
    assert!(matches!(story.ask(1, add(true)), OperationOutcome::Done(_)));
    story.act(Action::Restart { node: new });
    story.pass(2_000_000);
    assert_eq!(story.standing(4), Standing::Learner);
    let outcome = story.ask(1, Operation::MemberRemove { target: new });
    assert!(matches!(outcome, OperationOutcome::Done(_)), "{outcome}");
    assert!(!story.world.is_running(new));
    for _ in 0..2 {
        let outcome = story.ask(1, add(false));
        let wanted = OperationOutcome::Failed("etcdserver: member not found".to_owned());
        assert_eq!(outcome, wanted);
        story.act(Action::Restart { node: new });
        story.pass(8_000_000);
        assert!(!story.world.is_running(new));
    }
    let frame = story.world.frame();
    let known: Vec<MemberId> = frame.members.iter().map(|member| member.id).collect();
    let view = frame.members[0].view.as_ref().expect("it runs");
    assert_eq!(view.removed, [known[3]]);
}
