//! Stories: scripts with the answers that are expected, in `tests/golden/mvcc/*.txt`.
//!
//! `UPDATE_GOLDENS=1 cargo test -p quorate-core` writes the answers anew; read the difference
//! before believing it.

use std::fs;
use std::path::{Path, PathBuf};

use super::script::Session;

#[test]
fn stories_go_as_written() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/mvcc");
    let mut paths: Vec<PathBuf> = fs::read_dir(&directory)
        .expect("the stories' directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 8, "stories are missing in {directory:?}");
    for path in paths {
        let written = fs::read_to_string(&path).expect("a story");
        let told = tell(&written);
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::write(&path, told).expect("a story rewritten");
        } else {
            assert_eq!(told, written, "{} goes otherwise", path.display());
        }
    }
}

/// Runs a story: comments and blank lines stay, `> ` lines are commands, and the lines up to the
/// next of these are replaced by what the command answers.
fn tell(story: &str) -> String {
    let mut session = Session::new();
    let mut told = String::new();
    for line in story.lines() {
        if let Some(command) = line.strip_prefix("> ") {
            told += line;
            told += "\n";
            told += &session.run(command);
        } else if line.is_empty() || line.starts_with('#') {
            told += line;
            told += "\n";
        }
    }
    told
}
