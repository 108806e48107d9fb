//! Which files a lesson's folder may hold: one of another name would be passed over without a word.

use crate::{Bundle, Language, Lesson, LessonError};

/// Looks at the names of a folder's files.
///
/// # Errors
/// A file that no lesson has, a text or a mistake's run that is missing, or one too many.
pub fn check_files(lesson: &Lesson, files: &Bundle) -> Result<(), LessonError> {
    let wrong = |name: &str, text: String| Err(LessonError::new(&lesson.path(name), 0, text));
    let mistakes = || lesson.tasks().flat_map(|(_, task)| &task.wrongs);
    for (name, _) in files.files() {
        let mistake = name
            .strip_prefix("wrong-")
            .and_then(|name| name.strip_suffix(".txt"));
        if let Some(mistake) = mistake {
            if !mistakes().any(|wrong| wrong.name == mistake) {
                let line = format!("`wrong {mistake} once …`, or `harder wrong {mistake} once …`");
                return wrong(name, format!("lesson.txt lacks its line: {line}"));
            }
            continue;
        }
        if !KNOWN.contains(&name) {
            let known = KNOWN.join(", ");
            return wrong(
                name,
                format!("no lesson has such a file; there are {known} and wrong-NAME.txt"),
            );
        }
    }
    for language in Language::ALL {
        let name = format!("{}.md", language.tag());
        if files.file(&name).is_none() {
            let text = "there is no such file; a lesson is told in English and in Chinese";
            return wrong(&name, text.to_owned());
        }
    }
    for mistake in mistakes() {
        let name = format!("wrong-{}.txt", mistake.name);
        if files.file(&name).is_none() {
            let text = "there is no such file; write the steps that make this mistake";
            return wrong(&name, text.to_owned());
        }
    }
    Ok(())
}

/// The files of a lesson, but for the runs of its mistakes.
const KNOWN: [&str; 8] = [
    "lesson.txt",
    "start.txt",
    "solution.txt",
    "harder.txt",
    "harder-solution.txt",
    "note.txt",
    "en.md",
    "zh.md",
];
