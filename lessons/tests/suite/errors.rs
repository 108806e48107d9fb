//! What is wrong with a lesson is told with file and line.

use quorate_lessons::{Bundle, Language, Lesson, Texts};

use super::folders::one;

fn with(name: &str, change: impl Fn(&str) -> String) -> Bundle {
    let found = one("kill-the-leader");
    Bundle::of(found.files.files().map(|(file, text)| {
        let text = if file == name {
            change(text)
        } else {
            text.to_owned()
        };
        (file.to_owned(), text)
    }))
}

fn error(files: &Bundle) -> String {
    Lesson::read("08-kill-the-leader", files)
        .expect_err("something is wrong with it")
        .to_string()
}

#[test]
fn a_wrong_word_is_named_with_its_line() {
    let files = with("lesson.txt", |text| text.replacen("minutes", "minuets", 1));
    let told = error(&files);
    assert!(told.starts_with("08-kill-the-leader/lesson.txt:"), "{told}");
    assert!(
        told.contains("\"minuets\"") && told.contains("minutes"),
        "{told}"
    );
}

#[test]
fn a_wrong_condition_is_named_with_its_column() {
    let files = with("lesson.txt", |text| {
        format!("{text}\ngoal odd now n1 leeder\n")
    });
    let lines = files.file("lesson.txt").unwrap().lines().count();
    let told = error(&files);
    assert!(
        told.starts_with(&format!(
            "08-kill-the-leader/lesson.txt:{lines}: column 17:"
        )),
        "{told}"
    );
    assert!(told.contains("leader"), "{told}");
}

#[test]
fn a_wrong_step_is_named_with_the_line_of_its_own_file() {
    let files = with("solution.txt", |_| "for 10ms\ncrahs n1\n".to_owned());
    let told = error(&files);
    assert!(
        told.starts_with("08-kill-the-leader/solution.txt:2: column 1:"),
        "{told}"
    );
}

#[test]
fn a_lesson_without_a_goal_is_refused() {
    let files = with("lesson.txt", |text| {
        let lines = text.lines().filter(|line| !line.starts_with("goal"));
        lines.collect::<Vec<_>>().join("\n")
    });
    assert!(error(&files).contains("goal"));
}

#[test]
fn a_text_is_held_to_its_lesson() {
    let found = one("kill-the-leader");
    let text = found.files.file("en.md").unwrap();
    let told = |text: &str| {
        Texts::read(&found.lesson, Language::English, text)
            .expect_err("something is wrong with it")
            .to_string()
    };
    let unknown = text.replacen("## hook", "## hoook", 1);
    let line = text.lines().position(|line| line == "## hook").unwrap() + 1;
    assert!(
        told(&unknown).contains(&format!("en.md:{line}: ")),
        "{}",
        told(&unknown)
    );
    let hintless = text.replacen("\n3. ", "\n", 1);
    assert!(told(&hintless).contains("hints"), "{}", told(&hintless));
    let long = text.replacen(
        "## explain\n",
        &format!("## explain\n{}\n", "word ".repeat(60)),
        1,
    );
    assert!(told(&long).contains("60"), "{}", told(&long));
    let sure = text.replace("- [x]", "- [ ]");
    assert!(told(&sure).contains("one of them right"), "{}", told(&sure));
}
