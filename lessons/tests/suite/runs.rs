//! Every lesson holds: its texts, and its runs both ways.

use quorate_core::sim::{Frame, Scenario};
use quorate_lessons::{Run, Story, faults};

use super::folders::{all, one};

#[test]
fn every_lesson_holds() {
    for found in all() {
        assert_eq!(faults(&found.lesson, &found.files), []);
    }
}

#[test]
fn the_whole_way_is_a_scenario_that_meets_the_goals() {
    for found in all() {
        for (prefix, task) in found.lesson.tasks() {
            let name = format!("{} {prefix}solution", found.lesson.folder);
            let whole = task.whole();
            let scenario = Scenario::parse(&name, &whole);
            let scenario = scenario.unwrap_or_else(|error| panic!("{error}\n{whole}"));
            let run = Run::among(&name, &scenario, &[]).unwrap();
            let own = task.run("solution", &task.solution).unwrap();
            let actions = |run: &Run| {
                let actions = run.history.actions.iter();
                actions.map(|one| one.action.clone()).collect::<Vec<_>>()
            };
            let (whole, own) = (actions(&run), actions(&own));
            assert!(own.iter().all(|action| whole.contains(action)), "{name}");
            let story = Story::of(task, &run).unwrap();
            assert!(
                story.standing.done.is_some(),
                "{name}: {:?}",
                story.standing
            );
        }
    }
}

#[test]
fn a_mistake_that_lasts_is_over_when_it_is_mended_and_since_when_it_lasts_is_known() {
    let found = one("kill-the-leader");
    let task = &found.lesson.task;
    let steps = "put x=1 at n1\nuntil answered\ncrash n2\ncrash n3\nfor 1s\n";
    let story = |more: &str| {
        let run = task.run("steps", &format!("{steps}{more}")).unwrap();
        Story::of(task, &run).unwrap()
    };
    let there = story("");
    let (place, since) = there.standing.wrong.expect("two are down");
    assert_eq!(task.wrongs[place].name, "two-down");
    let mut pictures = there.pictures.iter();
    let is_down = |frame: &Frame| {
        frame
            .members
            .iter()
            .filter(|member| member.view.is_none())
            .count()
            == 2
    };
    let first = pictures.find(|frame| is_down(frame)).unwrap();
    assert_eq!(since, first.event_count);
    assert_eq!(story("restart n2\nfor 1s\n").standing.wrong, None);
}

#[test]
fn what_was_seen_is_the_same_after_going_back() {
    for found in all() {
        let task = &found.lesson.task;
        let run = task.run("solution", &task.solution).unwrap();
        let story = Story::of(task, &run).unwrap();
        let half = &story.pictures[story.pictures.len() / 2];
        let mut tracker = story.tracker.clone();
        tracker.forget_after(half.event_count);
        for picture in &story.pictures {
            tracker.see(task, picture);
        }
        assert_eq!(tracker, story.tracker, "{}", found.lesson.folder);
    }
}
