//! Every lesson, both ways: its start does not meet the goals, its solution does, and whoever makes
//! a mistake that has a name is told so.

use quorate_lessons::{Story, Task, Tracker};

use super::folders::{Found, all};

fn tasks(found: &Found) -> impl Iterator<Item = (&'static str, &Task)> {
    let main = [("", &found.lesson.task)];
    main.into_iter()
        .chain(found.lesson.harder.as_ref().map(|task| ("harder-", task)))
}

fn story(found: &Found, task: &Task, name: &str) -> Story {
    let name = format!("{}/{name}", found.lesson.folder);
    let file = name.rsplit('/').next().unwrap_or_default();
    let steps = found.files.file(file);
    let steps = steps.unwrap_or_else(|| panic!("{name}: there is no such file"));
    let run = task.run(&name, steps);
    let run = run.unwrap_or_else(|error| panic!("{error}"));
    Story::of(task, &run).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_start_does_not_meet_the_goals() {
    for found in all() {
        for (prefix, task) in tasks(&found) {
            let (run, event) = task.entry().unwrap_or_else(|error| panic!("{error}"));
            let opening = run.world(event).unwrap().frame();
            let standing = Tracker::new(task, &opening).standing(task, &opening);
            let folder = &found.lesson.folder;
            let met = standing.goals.iter().all(|goal| goal.is_met);
            assert!(!met, "{folder}: {prefix}goals are met at the start");
            assert_eq!(standing.wrong, None, "{folder}: a mistake at once");
        }
    }
}

#[test]
fn a_solution_meets_the_goals_at_its_par() {
    for found in all() {
        for (prefix, task) in tasks(&found) {
            let story = story(&found, task, &format!("{prefix}solution.txt"));
            let folder = &found.lesson.folder;
            let standing = &story.standing;
            assert!(standing.done.is_some(), "{folder} {prefix}: {standing:?}");
            let planned = task.entry().unwrap().0.history.actions.len();
            let run = task.run("solution", &task.solution).unwrap();
            let taken = run.history.actions.len() - planned;
            assert_eq!(taken as u32, task.par, "{folder} {prefix}par");
        }
    }
}

#[test]
fn a_mistake_gets_its_reply() {
    for found in all() {
        for (_, task) in tasks(&found) {
            for (place, wrong) in task.wrongs.iter().enumerate() {
                let story = story(&found, task, &format!("wrong-{}.txt", wrong.name));
                let folder = &found.lesson.folder;
                let name = &wrong.name;
                let standing = &story.standing;
                assert_eq!(standing.done, None, "{folder} {name}: the goals are met");
                let shown = standing.wrong.map(|(place, _)| place);
                assert_eq!(shown, Some(place), "{folder} {name}: {standing:?}");
            }
        }
    }
}

#[test]
fn every_wrong_run_has_its_mistake() {
    for found in all() {
        let known: Vec<String> = tasks(&found)
            .flat_map(|(_, task)| &task.wrongs)
            .map(|wrong| format!("wrong-{}.txt", wrong.name))
            .collect();
        for (name, _) in found
            .files
            .files()
            .filter(|(name, _)| name.starts_with("wrong-"))
        {
            assert!(known.iter().any(|known| known == name), "{name}");
        }
    }
}

#[test]
fn every_picture_is_in_the_solution() {
    for found in all() {
        let task = &found.lesson.task;
        let story = story(&found, task, "solution.txt");
        for picture in &found.lesson.pictures {
            let mut pictures = story.pictures.iter();
            let is_there = pictures.any(|frame| picture.condition.holds(frame).is_ok());
            assert!(is_there, "{}: {}", found.lesson.folder, picture.id);
        }
    }
}

#[test]
fn what_was_seen_is_the_same_after_going_back() {
    for found in all() {
        let task = &found.lesson.task;
        let story = story(&found, task, "solution.txt");
        let half = &story.pictures[story.pictures.len() / 2];
        let mut tracker = story.tracker.clone();
        tracker.forget_after(half.event_count);
        for picture in &story.pictures {
            tracker.see(task, picture);
        }
        assert_eq!(tracker, story.tracker, "{}", found.lesson.folder);
    }
}
