//! Keys and values of any characters: what a run prints of them stays on its line and can be read
//! again.

use quorate_core::sim::{Action, Node, Report, Scenario};

/// What ends lines, words, quotes and escapes, and what a terminal would take for its own.
const CHARACTERS: &[char] = &[
    'a', ' ', '\n', '\r', '\t', '"', '\\', '=', '#', '>', 'u', '{', '}', '1', '\0', '\u{1b}',
    '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}', '\u{feff}', '值', ',', ':',
];

#[test]
fn any_text_is_read_as_it_is_printed() {
    for (key, value) in texts(2_000) {
        let put = put(&key, &value);
        let text = put.to_string();
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert!(!text.chars().any(char::is_control), "{text:?}");
        assert_eq!(text.parse::<Action>().as_ref(), Ok(&put), "{text:?}");
    }
}

/// A world of one member, so that every run is short; its story, its table and what it amounts to
/// hold the same operations.
#[test]
fn what_a_run_prints_of_any_text_can_be_read_again() {
    for part in texts(60).chunks(12) {
        let mut text = "world members=1\nuntil leader\n".to_owned();
        for (key, value) in part {
            text += &format!("{}\n", put(key, value));
            text += &format!(
                "{}\n",
                Action::Get {
                    node: Node(1),
                    key: key.clone(),
                }
            );
        }
        text += "until answered\noperations\nmembers\nlog n1\n";
        let (mut table, mut clients) = (Vec::new(), Vec::new());
        let outcome = Scenario::parse("f", &text)
            .unwrap_or_else(|error| panic!("{error}"))
            .run(&mut |report| match report {
                Report::Table(line) => table.push(line.to_owned()),
                Report::Trace { text, .. } => {
                    assert!(!text.chars().any(char::is_control), "{text:?}");
                    if text.starts_with("client ") {
                        clients.push(text.to_owned());
                    }
                }
                _ => {}
            })
            .expect("good settings");
        assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
        let again = Scenario::text_of(&outcome.history, outcome.event_count);
        let again = Scenario::parse("again", &again).unwrap_or_else(|error| panic!("{error}"));
        let again = again.run(&mut |_| {}).expect("good settings");
        assert_eq!(again.history, outcome.history);
        assert_eq!(again.trace_hash, outcome.trace_hash);
        assert!(table.iter().all(|line| !line.chars().any(char::is_control)));
        let expected = part.iter().flat_map(|(key, value)| {
            let get = Action::Get {
                node: Node(1),
                key: key.clone(),
            };
            [put(key, value), get]
        });
        let mut answers = 0;
        for (at, action) in expected.enumerate() {
            let number = at + 1;
            let begin = format!("{number} at n1: ");
            let line = table[at].strip_prefix(&begin).expect("an operation");
            let (words, outcome) = printed(line, &action);
            assert_eq!(words.parse::<Action>().as_ref(), Ok(&action));
            let begin = format!("client {number} of n1: ");
            let client = clients.iter().find(|line| line.starts_with(&begin));
            assert_eq!(client.expect("its line"), &format!("{begin}{line}"));
            answers += usize::from(outcome.starts_with("done, "));
        }
        assert!(answers > 0);
    }
}

/// What was done, as a line of the table prints it, and what came of it.
fn printed<'a>(line: &'a str, action: &Action) -> (String, &'a str) {
    let words = action.to_string();
    let words = words.strip_suffix(" at n1").expect("whom was asked");
    let outcome = line
        .strip_prefix(words)
        .and_then(|rest| rest.strip_prefix(": "))
        .unwrap_or_else(|| panic!("{line:?} is not of {words:?}"));
    (format!("{words} at n1"), outcome)
}

/// What stands in the table, between quotes, is what `expect` looks for.
#[test]
fn an_answer_is_expected_as_it_was_printed() {
    let text = "world members=1\nuntil leader\nput x=\"a\\n\\\"b\\\"\\u{1b}\" at n1\nuntil answered\n\
                get x at n1\nuntil answered\noperations\nexpect operation 2 done \"x = a\\n\\\"b\\\"\\u{1b}\"\n";
    let mut table = Vec::new();
    let outcome = Scenario::parse("f", text)
        .unwrap_or_else(|error| panic!("{error}"))
        .run(&mut |report| {
            if let Report::Table(line) = report {
                table.push(line.to_owned());
            }
        })
        .expect("good settings");
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    assert_eq!(
        table,
        [
            "1 at n1: put x=\"a\\n\\\"b\\\"\\u{1b}\": done, OK",
            "2 at n1: get x: done, x = a\\n\\\"b\\\"\\u{1b}"
        ]
    );
}

#[test]
fn a_wrong_number_of_a_character_is_named() {
    for text in [
        "\"\\u\"",
        "\"\\u{}\"",
        "\"\\u{d800}\"",
        "\"\\u{110000}\"",
        "\"\\u{1\"",
    ] {
        let error = Scenario::parse("f", &format!("put x={text} at n1")).expect_err(text);
        assert_eq!(
            error.to_string(),
            "f:1:8: \\u is followed by a character's number in hexadecimal; write \\u{1b}"
        );
    }
}

fn put(key: &str, value: &str) -> Action {
    Action::Put {
        node: Node(1),
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

/// Keys and values as chance makes them, always the same.
fn texts(count: usize) -> Vec<(String, String)> {
    let mut state = 42_u64;
    let mut below = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut text = |least: usize| -> String {
        let length = least + below(5);
        (0..length)
            .map(|_| CHARACTERS[below(CHARACTERS.len())])
            .collect()
    };
    (0..count).map(|_| (text(1), text(0))).collect()
}
