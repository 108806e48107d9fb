//! What is wrong with a lesson is told with file and line.

use quorate_lessons::{Bundle, Language, Lesson, Texts, check_files};

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
fn what_was_not_as_expected_is_named_with_the_line_of_its_own_file() {
    let found = one("kill-the-leader");
    let task = &found.lesson.task;
    let told = |steps: &str| task.run("08-kill-the-leader/solution.txt", steps);
    let error = told("for 10ms\nexpect n1 down\n").expect_err("n1 runs");
    let place = "08-kill-the-leader/solution.txt:2: column 1: ";
    assert!(error.to_string().starts_with(place), "{error}");
}

#[test]
fn a_goal_that_is_there_twice_and_a_part_that_there_is_not_are_refused() {
    let twice = with("lesson.txt", |text| {
        format!("{text}\ngoal back once n1 down\n")
    });
    assert!(
        error(&twice).contains("\"back\" already"),
        "{}",
        error(&twice)
    );
    let far = with("lesson.txt", |text| text.replacen("part 3", "part 9", 1));
    assert!(
        error(&far).contains("lesson.txt:2: the course has parts 1 to 7"),
        "{}",
        error(&far)
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
    let at = text.lines().position(|line| line == "## hints").unwrap() + 1;
    let expected = format!("en.md:{at}: it has 2 hints");
    assert!(told(&hintless).contains(&expected), "{}", told(&hintless));
    let long = text.replacen(
        "## explain\n",
        &format!("## explain\n{}\n", "word ".repeat(60)),
        1,
    );
    assert!(told(&long).contains("60"), "{}", told(&long));
    let sure = text.replace("- [x]", "- [ ]");
    assert!(told(&sure).contains("one of them right"), "{}", told(&sure));
}

#[test]
fn what_stands_twice_in_a_text_is_refused_at_its_line() {
    let found = one("kill-the-leader");
    let text = found.files.file("en.md").unwrap();
    let lines = text.lines().count();
    for (more, expected) in [
        ("## do\nOnce more.", "there is a part \"do\" already"),
        ("## goals\n- written: once more", "`- written: …` already"),
        ("## questions\n- Why? Because.", "- question | answer"),
    ] {
        let error = Texts::read(
            &found.lesson,
            Language::English,
            &format!("{text}\n{more}\n"),
        );
        let told = error.expect_err("it stands there twice").to_string();
        let line = lines + 2 + usize::from(!more.starts_with("## do"));
        let place = format!("08-kill-the-leader/en.md:{line}: ");
        assert!(
            told.starts_with(&place) && told.contains(expected),
            "{told}"
        );
    }
}

#[test]
fn a_file_that_no_lesson_has_is_named() {
    let found = one("kill-the-leader");
    let with = |name: &str| {
        let more = [(name.to_owned(), "for 1s\n".to_owned())];
        let files = found
            .files
            .files()
            .map(|(name, text)| (name.to_owned(), text.to_owned()));
        let files = Bundle::of(files.chain(more));
        let error = check_files(&found.lesson, &files);
        error.expect_err("there is no such file").to_string()
    };
    let told = with("soluton.txt");
    assert!(
        told.starts_with("08-kill-the-leader/soluton.txt: "),
        "{told}"
    );
    assert!(told.contains("solution.txt"), "{told}");
    let told = with("wrong-nobody.txt");
    assert!(told.contains("`wrong nobody once …`"), "{told}");
}

#[test]
fn a_language_or_a_mistake_that_is_missing_is_named() {
    let found = one("kill-the-leader");
    for (name, expected) in [
        ("zh.md", "in English and in Chinese"),
        ("wrong-two-down.txt", "the steps that make this mistake"),
    ] {
        let files = found.files.files().filter(|(file, _)| *file != name);
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let told = check_files(&found.lesson, &Bundle::of(files));
        let told = told.expect_err("it is missing").to_string();
        assert!(told.contains(name) && told.contains(expected), "{told}");
    }
}

#[test]
fn a_switch_that_there_is_not_is_named_with_those_there_are() {
    let files = with("lesson.txt", |text| {
        text.replace("unlocks persist-before-ack", "unlocks gravity")
    });
    let told = error(&files);
    assert!(told.contains("\"gravity\""), "{told}");
    assert!(
        told.contains("pre-vote") && told.contains("strict-reconfig"),
        "{told}"
    );
}
