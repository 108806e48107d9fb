//! What is wrong with a lesson is told with file and line.

use quorate_lessons::{Bundle, Language, Lesson, LessonError, Texts, check_files, faults};

use super::folders::{Found, one};

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

/// Reads an English text and holds it to its lesson.
fn checked(found: &Found, text: &str) -> Result<(), LessonError> {
    let texts = Texts::read(&found.lesson, Language::English, text)?;
    texts.check(&found.lesson, Language::English, text)
}

fn error(files: &Bundle) -> String {
    Lesson::read("08-kill-the-leader", files)
        .expect_err("something is wrong with it")
        .to_string()
}

/// A fault of the text in English is told with the line where it stands.
fn assert_told(told: &str, line: usize, expected: &str) {
    let place = format!("lessons/08-kill-the-leader/en.md:{line}: ");
    assert!(
        told.starts_with(&place) && told.contains(expected),
        "{told}"
    );
}

#[test]
fn a_wrong_word_is_named_with_its_line() {
    let files = with("lesson.txt", |text| text.replacen("minutes", "minuets", 1));
    let told = error(&files);
    assert!(
        told.starts_with("lessons/08-kill-the-leader/lesson.txt:"),
        "{told}"
    );
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
            "lessons/08-kill-the-leader/lesson.txt:{lines}: column 17:"
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
        told.starts_with("lessons/08-kill-the-leader/solution.txt:2: column 1:"),
        "{told}"
    );
}

#[test]
fn what_was_not_as_expected_is_named_with_the_line_of_its_own_file() {
    let found = one("kill-the-leader");
    let task = &found.lesson.task;
    let told = |steps: &str| task.run("lessons/08-kill-the-leader/solution.txt", steps);
    let error = told("for 10ms\nexpect n1 down\n").expect_err("n1 runs");
    let place = "lessons/08-kill-the-leader/solution.txt:2: column 1: ";
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
        checked(&found, text)
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
    let expected = format!("en.md:{at}: below `## hints` it has 2 hints");
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
        let error = checked(&found, &format!("{text}\n{more}\n"));
        let told = error.expect_err("it stands there twice").to_string();
        let line = lines + 2 + usize::from(!more.starts_with("## do"));
        assert_told(&told, line, expected);
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
        told.starts_with("lessons/08-kill-the-leader/soluton.txt: "),
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

#[test]
fn a_text_of_something_that_the_lesson_has_not_is_refused_at_its_line() {
    let found = one("kill-the-leader");
    let text = found.files.file("en.md").unwrap();
    for (before, stale, expected) in [
        (
            "## goals\n",
            "- gone: of a goal that was dropped\n",
            "no \"gone\"",
        ),
        ("## pictures\n", "- gone: of a picture\n", "no \"gone\""),
        ("## offers\n", "- gone: of a button\n", "no \"gone\""),
        ("", "## wrong foo\nNever made.\n", "no mistake \"foo\""),
        ("", "## differences\n- gone: of a note\n", "no \"gone\""),
        ("", "## table\n- etcd9 5: leader\n", "no member \"etcd9\""),
    ] {
        let changed = match before {
            "" => format!("{text}{stale}"),
            before => text.replacen(before, &format!("{before}{stale}"), 1),
        };
        let is_told = |line: &&str| line.starts_with("- ") || line.starts_with("## wrong");
        let at = stale.lines().find(is_told).unwrap();
        let line = changed.lines().position(|line| line == at).unwrap() + 1;
        let told = checked(&found, &changed)
            .expect_err("it is stale")
            .to_string();
        assert_told(&told, line, expected);
    }
}

#[test]
fn every_beat_has_a_length_that_is_read() {
    let found = one("kill-the-leader");
    let text = found.files.file("en.md").unwrap();
    for beat in ["hook", "predict", "do", "see", "explain", "check", "harder"] {
        let heading = format!("## {beat}\n");
        let long = text.replacen(&heading, &format!("{heading}{}\n", "word ".repeat(90)), 1);
        let told = checked(&found, &long).expect_err("it is long").to_string();
        assert!(told.contains("at most") && told.contains(beat), "{told}");
    }
}

#[test]
fn a_goal_that_waits_for_one_that_is_never_met_for_good_is_refused() {
    for before in ["never n1 down", "now n1 down"] {
        let files = with("lesson.txt", |text| {
            format!("{text}\ngoal odd {before}\ngoal even then n1 up\n")
        });
        let lines = files.file("lesson.txt").unwrap().lines().count();
        let place = format!("lessons/08-kill-the-leader/lesson.txt:{lines}: `then` waits");
        assert!(error(&files).starts_with(&place), "{}", error(&files));
    }
}

/// All that is wrong with a lesson that can be read, as it is told.
fn told_of(files: &Bundle) -> String {
    let lesson = Lesson::read("08-kill-the-leader", files).unwrap();
    let faults = faults(&lesson, files);
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("\n")
}

/// What is changed in a file of a lesson that holds, from what to what, and what is told then.
const CHANGES: [(&str, &str, &str, &str); 10] = [
    (
        "lesson.txt",
        "par 3",
        "par 2",
        "solution.txt: it takes 3 actions",
    ),
    (
        "solution.txt",
        "restart n1",
        "until quiet",
        "solution.txt: its goals are never all met: back",
    ),
    (
        "lesson.txt",
        "goal back then n1 follower",
        "goal back then n1 leader",
        "solution.txt: its goals are never all met: back (",
    ),
    (
        "lesson.txt",
        "picture fallen n1 down",
        "picture fallen n3 down",
        "lesson.txt: the solution never comes to `picture fallen`",
    ),
    (
        "wrong-two-down.txt",
        "crash n2",
        "",
        "wrong-two-down.txt: it does not show its mistake",
    ),
    (
        "wrong-nothing-written.txt",
        "crash n1",
        "crash n1\ncrash n2",
        "wrong-nothing-written.txt: it shows \"two-down\"",
    ),
    (
        "lesson.txt",
        "wrong two-down now down 2",
        "wrong two-down now n1 up",
        "start.txt: the mistake \"two-down\" shows",
    ),
    ("zh.md", "- [x] 下一任", "- [ ] 下一任", "one of them right"),
    (
        "zh.md",
        "- 跟随者手里",
        "- 再问一次？ | 再答一次。\n- 跟随者手里",
        "zh.md: it has not the number of questions",
    ),
    (
        "zh.md",
        "\n@ [Raft 论文 §5.4.1](https://raft.github.io/raft.pdf)",
        "",
        "zh.md: it has not the beats",
    ),
];

#[test]
fn what_does_not_hold_is_a_fault() {
    for (file, from, to, expected) in CHANGES {
        let files = with(file, |text| {
            assert!(text.contains(from), "{file} lacks {from}");
            text.replacen(from, to, 1)
        });
        let told = told_of(&files);
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn goals_that_come_about_by_themselves_are_a_fault() {
    let with_par = |par: u32| {
        with("lesson.txt", |text| {
            let is_kept = |line: &&str| !line.starts_with("goal") && !line.starts_with("par ");
            let kept: Vec<&str> = text.lines().filter(is_kept).collect();
            let kept = kept.join("\n");
            format!("{kept}\npar {par}\ngoal written once n1 up\n")
        })
    };
    let told = told_of(&with_par(3));
    let by_itself = "start.txt: its goals are met though nothing is done";
    assert!(told.contains(by_itself), "{told}");
    let told = told_of(&with_par(0));
    let at_once = "start.txt: what the goals want holds where the learner comes in";
    assert!(told.contains(at_once), "{told}");
}

#[test]
fn a_lesson_that_is_too_much_to_fetch_is_a_fault() {
    let long = format!("## shown\n{}\n", "长".repeat(9_000));
    let files = with("zh.md", |text| text.replacen("## shown\n", &long, 1));
    let told = told_of(&files);
    assert!(told.contains("bytes are fetched"), "{told}");
}
