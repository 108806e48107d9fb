//! Nothing of a lesson is made for one seed: with another one other things happen, and the same
//! way leads to the goals.

use quorate_lessons::{Bundle, Lesson, Story};

use super::folders::{Found, all};

const SEEDS: u64 = 12;

/// The lesson with another seed.
fn with_seed(found: &Found, seed: u64) -> Lesson {
    let files = found.files.files().map(|(name, text)| {
        let text = text.replace("seed=42", &format!("seed={seed}"));
        (name.to_owned(), text)
    });
    let folder = &found.lesson.folder;
    Lesson::read(folder, &Bundle::of(files)).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_solution_leads_to_the_goals_with_other_seeds_too() {
    for found in all() {
        // What is compared with a note needs the seed that was looked for.
        if found.lesson.note.is_some() {
            continue;
        }
        for (name, text) in found.files.files() {
            let is_start = ["start.txt", "harder.txt"].contains(&name);
            let folder = &found.lesson.folder;
            assert!(
                !is_start || text.contains("seed=42"),
                "{folder}/{name}: write seed=42"
            );
        }
        for seed in 0..SEEDS {
            let lesson = with_seed(&found, seed);
            for task in [Some(&lesson.task), lesson.harder.as_ref()]
                .into_iter()
                .flatten()
            {
                let told = task.run("solution", &task.solution);
                let told = told.and_then(|run| Story::of(task, &run));
                let folder = &lesson.folder;
                let story = told.unwrap_or_else(|error| panic!("{folder}, seed {seed}: {error}"));
                let standing = &story.standing;
                assert!(
                    standing.done.is_some(),
                    "{folder}, seed {seed}: {standing:?}"
                );
            }
        }
    }
}
