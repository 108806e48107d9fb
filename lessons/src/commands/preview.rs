//! A lesson as a learner would meet it, on a terminal.

use quorate_core::sim::Report;
use quorate_lessons::{Language, Lesson, Story, Task, Texts, faults};

use super::{Outcome, folder_of, lesson};

/// Runs a lesson both ways and tells what a learner would see.
pub(crate) fn preview(name: &str) -> Outcome {
    let folder = folder_of(name)?;
    let (lesson, files) = lesson(&folder)?;
    for language in Language::ALL {
        let text = files.file(&language.file());
        let texts = Texts::read(&lesson, language, text.unwrap_or_default());
        show(&texts.map_err(|error| error.to_string())?);
    }
    for (prefix, task) in lesson.tasks() {
        if !prefix.is_empty() {
            println!("\nHarder:");
        }
        tell(&lesson, task, &format!("{prefix}solution.txt"))?;
    }
    let faults: Vec<String> = faults(&lesson, &files)
        .iter()
        .map(ToString::to_string)
        .collect();
    if !faults.is_empty() {
        return Err(format!("it does not hold:\n{}", faults.join("\n")));
    }
    println!(
        "\nIn the page: cargo xtask play, then /play/?lesson={}",
        lesson.id
    );
    println!("For teachers: /play/?lesson={}&plain", lesson.id);
    Ok(())
}

fn show(texts: &Texts) {
    println!("\n# {}", texts.title);
    for beat in &texts.beats {
        println!("\n[{}]", beat.kind.name());
        for paragraph in &beat.paragraphs {
            println!("{paragraph}");
        }
        for answer in &beat.answers {
            let mark = if answer.is_right { "x" } else { " " };
            println!("  [{mark}] {}\n      {}", answer.text, answer.reply);
        }
    }
    for (name, hints) in [("hint", &texts.hints), ("harder hint", &texts.harder_hints)] {
        for (number, hint) in hints.iter().enumerate() {
            println!("{name} {}: {hint}", number + 1);
        }
    }
    println!("shown: {}", texts.shown);
}

/// Tells what the solution does, what comes of it, and how the goals stand then.
fn tell(lesson: &Lesson, task: &Task, solution: &str) -> Outcome {
    println!("\nThe solution:");
    let path = lesson.path(solution);
    let scenario = match task.enter {
        None => task.going_on(&path, &task.solution),
        Some(_) => Ok(task.start.clone()),
    };
    let scenario = scenario.map_err(|error| error.to_string())?;
    let mut tell = |report: Report<'_>| match report {
        Report::Step { text, .. } => println!("> {text}"),
        Report::Trace {
            time,
            text,
            is_story: true,
            is_quiet: false,
        } => println!("{time}  {text}"),
        _ => {}
    };
    // What was not as expected is told below, at its line.
    scenario.run(&mut tell).map_err(|error| error.to_string())?;
    let run = task.run(&path, &task.solution);
    let Ok(story) = run.and_then(|run| Story::of(task, &run)) else {
        return Ok(());
    };
    for (goal, is_met) in task.goals.iter().zip(&story.standing.goals) {
        let mark = if *is_met { "met" } else { "NOT MET" };
        println!("goal {}: {mark}", goal.id);
    }
    if let Some(event) = story.standing.done {
        println!("all were met at event {event}; par is {}", task.par);
    }
    Ok(())
}
