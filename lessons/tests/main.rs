//! Every lesson holds, both ways; and a wrong one is told what is wrong with it.

#![allow(clippy::unwrap_used)]

use quorate_lessons::{CheckError, LESSONS, Lesson, LessonError, check};

#[test]
fn every_lesson_starts_short_of_its_goal_and_its_solution_reaches_it() {
    for (name, file) in LESSONS {
        let lesson = Lesson::read(name, file).unwrap();
        let events = check(&lesson).unwrap_or_else(|error| panic!("lesson {name}: {error}"));
        assert!(
            events > lesson.start.events,
            "lesson {name} is solved by nothing"
        );
        assert!(lesson.hints.len() >= 3, "lesson {name} has too few hints");
    }
}

#[test]
fn a_lesson_without_its_solution_does_not_hold() {
    let (name, file) = LESSONS[1];
    let mut lesson = Lesson::read(name, file).unwrap();
    lesson.solution.actions.clear();
    let error = check(&lesson).unwrap_err();
    assert!(matches!(error, CheckError::NotReached { .. }), "{error}");
}

#[test]
fn a_lesson_that_is_met_at_the_start_does_not_hold() {
    let (name, file) = LESSONS[0];
    let mut lesson = Lesson::read(name, file).unwrap();
    lesson.start.events = lesson.solution.within_events;
    assert_eq!(check(&lesson), Err(CheckError::MetAtTheStart));
}

#[test]
fn a_bad_file_is_told_where_and_what() {
    let (name, file) = LESSONS[0];
    let unknown = file.replace("term_above", "term_over");
    let error = Lesson::read(name, &unknown).unwrap_err().to_string();
    assert!(error.contains("first-leader"), "{error}");
    assert!(
        error.contains("term_over") && error.contains("term_above"),
        "{error}"
    );
    let goalless = file.replace("[[goal]]\n[goal.leader]\nterm_above = 1", "");
    assert!(Lesson::read(name, &goalless).is_err());
    let senseless = format!("goal = []\n{goalless}");
    let error = Lesson::read(name, &senseless).unwrap_err();
    assert!(
        matches!(error, LessonError::Senseless { field: "goal", .. }),
        "{error}"
    );
}
