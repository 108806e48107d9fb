//! `quorate replay` runs what the simulator's goldens say, and says what is not as expected.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use quorate_core::sim::{Action, History, Node, PlannedAction, Scenario, WorldConfig};

use crate::support::tools::QUORATE;

/// Exit code, and what it printed.
fn replay(arguments: &[&str], input: &str) -> (i32, String) {
    let mut child = Command::new(QUORATE)
        .arg("replay")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It need not read anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

#[test]
fn a_golden_prints_the_same_trace() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/golden/sim");
    let file = folder.join("a_first_leader_is_elected.txt");
    let golden = fs::read_to_string(&file).unwrap();
    let (code, text) = replay(&[file.to_str().unwrap()], "");
    assert_eq!(code, 0, "{text}");
    let is_output = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let mut printed = text.lines();
    for line in golden.lines().filter(is_output) {
        assert_eq!(printed.next(), Some(line));
    }
    let scenario = Scenario::parse("golden", &golden).unwrap();
    let hash = scenario.run(&mut |_| {}).unwrap().trace_hash;
    let result = printed.next().unwrap();
    assert!(result.ends_with(&format!("trace hash {hash}")), "{result}");
}

#[test]
fn what_is_not_as_expected_ends_with_one() {
    let (code, text) = replay(&["--quiet", "-"], "until leader\nexpect leader 1\n");
    assert_eq!(code, 1, "{text}");
    assert!(
        text.starts_with("-:2:1: not as expected: n3 leads\nFAILED, 1 of 1; "),
        "{text}"
    );
}

#[test]
fn another_seed_is_another_world() {
    let script = "world seed=42\nuntil leader\nhash\n";
    let one = replay(&["-"], script);
    let same = replay(&["--seed", "42", "-"], script);
    let other = replay(&["-", "--seed=43"], script);
    assert_eq!(one, same);
    assert_ne!(one, other);
}

#[test]
fn a_bad_file_ends_with_two_and_its_place() {
    for (arguments, input, message) in [
        (
            &["-"][..],
            "heal\ncrahs 1",
            "-:2:1: there is no step \"crahs\"",
        ),
        (&["/nowhere/x.txt"], "", "/nowhere/x.txt: no such file"),
        (
            &["-"],
            "{\"config\":{\"seeds\":1}}",
            "-:1:18: there is no field \"seeds\"; did you mean \"seed\"?",
        ),
        (&[], "", "which file?"),
        (&["--sed", "1", "-"], "", "not defined: --sed"),
        (
            &["--seed", "x", "-"],
            "",
            "invalid value \"x\" for flag --seed",
        ),
        (
            &["/dev/zero"],
            "",
            "/dev/zero: it may have 67108864 bytes, and has more",
        ),
    ] {
        let (code, text) = replay(arguments, input);
        assert!(text.contains(message), "{text}");
        assert_eq!(code, 2, "{text}");
    }
}

#[test]
fn a_history_as_json_is_replayed() {
    let history = History {
        config: WorldConfig::default(),
        actions: vec![PlannedAction {
            after_event: 150,
            action: Action::Crash { node: Node(3) },
        }],
    };
    let json = serde_json::to_string(&history).unwrap();
    let (code, text) = replay(&["-"], &json);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("> at event 150 crash n3\n"), "{text}");
    assert!(text.contains("acted crash n3\n"), "{text}");
    assert!(text.contains("became leader at term 3\n"), "{text}");
}
