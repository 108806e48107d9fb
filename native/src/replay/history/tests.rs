//! What a history may be, and what is said of one that is none.

use std::fs;
use std::path::Path;

use quorate_core::sim::{Action, PlannedAction};

use super::*;

#[test]
fn what_is_wrong_with_a_history_is_named_with_its_place() {
    for (text, error) in [
        (
            "{\"config\": {\"seeds\": 1}}",
            "f:1:19: there is no field \"seeds\"; did you mean \"seed\"?",
        ),
        (
            "{\n  \"config\": {},\n  \"actions\": [\n    {\"after_event\": 5, \"action\": \"heal\"},\n    \
             {\"after_event\": 99999999999, \"action\": \"heal\"}\n  ]\n}",
            "f:5:5: \"after_event\": 99999999999 is more events than a run has; write 1000000 at \
             most",
        ),
        (
            "{\"config\": {}, \"actions\": [{\"after_event\": 9, \"action\": \"heal\"}, \
             {\"after_event\": 5, \"action\": \"heal\"}]}",
            "f:1:66: \"after_event\": 5 stands behind 9; write the actions in the order in which \
             they are done",
        ),
        (
            "{\"config\": {}, \"actions\": [\n{\"after_event\": 9, \"action\": {\"crash\": {\"node\": \
             4}}}]}",
            "f:2:1: there is no n4; this world has n1 to n3",
        ),
    ] {
        assert_eq!(refusal(text), error, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_named_in_a_persons_words() {
    for (text, error) in [
        (
            "{\"config\": {\"tick_us\": 5}}",
            "f:1:13: tick_us: 5us is not between 1ms and 3600s",
        ),
        (
            "{\"config\": {\"seed\": \"x\"}}",
            "f:1:23: here stands string \"x\"; write a whole number, 0 or more",
        ),
        (
            "{\"config\": {\"seed\": -1}}",
            "f:1:22: here stands integer -1; write a whole number, 0 or more",
        ),
        (
            "{\"actions\": []}",
            "f:1:15: the field \"config\" is missing; write it",
        ),
        (
            "{\"config\": {\"seed\": 1, \"seed\": 1}}",
            "f:1:29: the field \"seed\" is written twice; write it once",
        ),
        (
            "{\"config\": {}, \"actions\": [{\"after_event\": 9, \"action\": {\"crahs\": {\"node\": 1}}}]}",
            "f:1:64: there is no action or choice \"crahs\"; did you mean \"crash\"?",
        ),
        (
            "{\"config\": {}, \"actions\": 5}",
            "f:1:27: here stands integer 5; write a list: […]",
        ),
        (
            "{\"config\": {}",
            "f:1:13: the text ends in the middle of the history; write the rest of it",
        ),
        (
            "{\"config\": {}} heal",
            "f:1:16: something stands behind the history; end the text before it",
        ),
        ("{\"config\" {}}", "f:1:11: this is no JSON: expected \":\""),
        (
            "{\"config\": {\"members\": 99999999999}}",
            "f:1:34: here stands integer 99999999999; write a whole number from 0 to 4294967295",
        ),
        (
            "{\"config\": {}, \"actions\": [{\"after_event\": 9, \"action\": {\"heal\": {}}}]}",
            "f:1:65: here stands an object; write the name of the action alone: \"heal\"",
        ),
        (
            "{config",
            "f:1:2: a field's name stands in quotes; write \"config\"",
        ),
    ] {
        assert_eq!(refusal(text), error, "{text}");
    }
}

fn refusal(text: &str) -> String {
    scenario("f", text).expect_err(text).to_string()
}

#[test]
fn actions_are_found_among_texts_that_look_like_them() {
    let text = "{\"actions\": [ {\"action\": {\"put\": {\"node\": 1, \"key\": \"],\\\"\", \"value\": \
                \"\"}}, \"after_event\": 5},\n[1,2], 7],\"config\": {\"actions\": [1]}}";
    let places = actions(text);
    let places: Vec<(usize, usize)> = places.iter().map(|at| (at.line, at.column)).collect();
    assert_eq!(places, [(1, 15), (2, 1), (2, 8)]);
}

/// The table in the documents is what can be read: each row's JSON is the action of its words.
#[test]
fn the_documents_say_how_each_action_is_written() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/simulator.md");
    let text = fs::read_to_string(file).expect("the page");
    let section = text
        .split("### A history as JSON")
        .nth(1)
        .expect("its part");
    let section = section.split("\n## ").next().expect("a part");
    let mut rows = 0;
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = row.split('`').skip(1).step_by(2);
        let (words, json) = (cells.next().expect("a part"), cells.next().expect("a part"));
        if json.starts_with(['{', '"']) {
            let action: Action = serde_json::from_str(json).unwrap_or_else(|error| {
                panic!("{json}: {error}");
            });
            let words: Action = words
                .replace("\\|", "|")
                .parse()
                .expect("a scenario's words");
            assert_eq!(action, words);
            rows += 1;
        }
    }
    assert!(rows > 40, "{rows}");
    let example = section.split("```json\n").nth(1).expect("its part");
    let example = example.split("```").next().expect("a part");
    assert!(is_history(example));
    let example: History = serde_json::from_str(example).expect("a history");
    let heal = PlannedAction {
        after_event: 300,
        action: Action::Heal,
    };
    assert!(example.actions.contains(&heal));
}
