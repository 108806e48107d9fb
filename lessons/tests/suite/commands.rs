//! The commands of `cargo xtask lesson`, as a newcomer types them.

use std::env;
use std::fs;
use std::process::{Command, Output};

fn lesson(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate-lessons"));
    command.args(arguments).output().unwrap()
}

fn complaint(arguments: &[&str]) -> String {
    let output = lesson(arguments);
    assert!(!output.status.success(), "{arguments:?} is taken");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_preview_tells_the_text_and_that_the_lesson_holds() {
    let output = lesson(&["preview", "first-leader"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    for part in [
        "# The first leader",
        "# 第一个领导者",
        "goal leader: met",
        "Harder:",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn what_was_not_understood_is_told_with_what_would_be() {
    assert!(complaint(&["preview", "leader"]).contains("01-first-leader"));
    assert!(complaint(&["new", "Slow Disk"]).contains("18-slow-disk"));
    assert!(complaint(&["new", "first-leader"]).contains("lessons/01-first-leader"));
    assert!(complaint(&["new", "01-other"]).contains("has that number already"));
    assert!(complaint(&["frobnicate"]).contains("cargo xtask lesson preview NAME"));
}

#[test]
fn all_lessons_are_listed_and_packed() {
    let listed = String::from_utf8(lesson(&["list"]).stdout).unwrap();
    let into = env::temp_dir().join(format!("quorate-lessons-{}", std::process::id()));
    let packed = lesson(&["pack", into.to_str().unwrap()]);
    assert!(packed.status.success(), "{packed:?}");
    let map = fs::read_to_string(into.join("map.txt")).unwrap();
    for line in map.lines() {
        let folder = line.split('\t').next().unwrap();
        assert!(listed.contains(folder), "{folder} is not listed");
        for tag in ["en", "zh"] {
            assert!(
                into.join(format!("{folder}.{tag}.txt")).is_file(),
                "{folder} {tag}"
            );
        }
    }
    assert_eq!(map.lines().count(), listed.lines().count());
    fs::remove_dir_all(into).unwrap();
}
