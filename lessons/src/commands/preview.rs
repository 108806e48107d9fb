//! A lesson as a learner would meet it, on a terminal.

use quorate_core::sim::Report;
use quorate_lessons::{Bundle, Language, Lesson, Story, Task, Texts};

use super::{Outcome, folder_of, lesson};

/// Runs a lesson both ways and tells what a learner would see.
pub(crate) fn preview(name: &str) -> Outcome {
    let folder = folder_of(name)?;
    let (lesson, files) = lesson(&folder)?;
    for language in Language::ALL {
        let text = files.file(&format!("{}.md", language.tag()));
        let texts = Texts::read(&lesson, language, text.unwrap_or_default());
        show(&texts.map_err(|error| error.to_string())?);
    }
    let mut faults = of_task(&lesson, &files, &lesson.task, "solution.txt")?;
    if let Some(harder) = &lesson.harder {
        println!("\nHarder:");
        faults.extend(of_task(&lesson, &files, harder, "harder-solution.txt")?);
    }
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
    for (number, hint) in texts.hints.iter().enumerate() {
        println!("hint {}: {hint}", number + 1);
    }
    println!("shown: {}", texts.shown);
}

/// Runs a task both ways, and tells in what it does not hold.
fn of_task(lesson: &Lesson, files: &Bundle, task: &Task, solution: &str) -> Outcome<Vec<String>> {
    println!("\nThe solution:");
    let name = |file: &str| format!("{}/{file}", lesson.folder);
    let scenario = match task.enter {
        None => task.going_on(&name(solution), &task.solution),
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
    // What was not as expected is told by the story below, at its line.
    scenario.run(&mut tell).map_err(|error| error.to_string())?;
    let told = story(task, &name(solution), &task.solution)?;
    for (goal, state) in task.goals.iter().zip(&told.standing.goals) {
        let mark = if state.is_met { "met" } else { "NOT MET" };
        println!("goal {}: {mark}", goal.id);
    }
    let mut faults = Vec::new();
    match told.standing.done {
        Some(event) => println!("all were met at event {event}; par is {}", task.par),
        None => faults.push(format!(
            "{}: its goals are never all met; write steps that meet them",
            name(solution)
        )),
    }
    for (place, wrong) in task.wrongs.iter().enumerate() {
        let file = format!("wrong-{}.txt", wrong.name);
        let steps = files.file(&file);
        let steps = steps.ok_or_else(|| format!("{}: there is no such file", name(&file)))?;
        let told = story(task, &name(&file), steps)?;
        match told.standing.wrong {
            Some((shown, event)) if shown == place => {
                println!("mistake {}: shown at event {event}", wrong.name);
            }
            Some((shown, _)) => {
                let other = task.wrongs.get(shown).map_or("", |wrong| &wrong.name);
                faults.push(format!(
                    "{}: it shows \"{other}\", which stands before it in lesson.txt",
                    name(&file)
                ));
            }
            None => faults.push(format!(
                "{}: it does not show its mistake; compare it with the lines `wrong {}` of \
                 lesson.txt",
                name(&file),
                wrong.name
            )),
        }
    }
    Ok(faults)
}

fn story(task: &Task, name: &str, steps: &str) -> Outcome<Story> {
    let run = task.run(name, steps).map_err(|error| error.to_string())?;
    Story::of(task, &run).map_err(|error| error.to_string())
}
