//! Runs the scenarios in `tests/golden/sim` and compares what they print with what stands there.
//!
//! They are transcripts: `#` begins a comment, `>` a step; the lines behind a step are its
//! output. `UPDATE_GOLDENS=1 cargo test -p quorate-core golden` writes the outputs anew: read the
//! difference before it is committed. The words are described in `docs/simulator.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use quorate_core::sim::{Report, Scenario};

#[test]
fn goldens_print_what_they_say() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sim");
    let is_update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut paths: Vec<_> = std::fs::read_dir(&directory)
        .expect("the goldens' directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    let mut differences = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a golden");
        let again = run(&path.display().to_string(), &text);
        if is_update {
            std::fs::write(&path, again).expect("a golden to write");
        } else if text != again {
            write!(
                differences,
                "{} prints something else now:\n{again}\n",
                path.display()
            )
            .expect("a string");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// A golden's text with all outputs made anew.
fn run(name: &str, text: &str) -> String {
    let scenario = Scenario::parse(name, text).unwrap_or_else(|error| panic!("{error}"));
    let mut outputs: BTreeMap<usize, String> = BTreeMap::new();
    let mut now = 0;
    let outcome = scenario
        .run(&mut |report| {
            let mut add = |text: String| {
                let output = outputs.entry(now).or_default();
                writeln!(output, "{text}").expect("a string");
            };
            match report {
                Report::Step { line, .. } => now = line,
                Report::Trace {
                    time,
                    text,
                    is_story: true,
                    is_quiet: false,
                } => add(format!("{time}  {text}")),
                Report::Table(text) => add(text.to_owned()),
                Report::Trace { .. } | Report::Passed | Report::Failed(_) => {}
            }
        })
        .expect("good settings");
    let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let mut again = String::new();
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("> ") || line.is_empty() || line.starts_with('#') {
            writeln!(again, "{line}").expect("a string");
            again.push_str(outputs.get(&(at + 1)).map_or("", String::as_str));
        }
    }
    again
}
