//! What a scenario refuses, and in which words: nothing is taken in silence for something else.

use std::fs;
use std::path::Path;

use quorate_core::sim::{Outcome, Scenario, Violation};

#[test]
fn what_never_comes_is_refused_when_it_is_read() {
    for (text, error) in [
        (
            "heal\nuntil event 99999999999",
            "f:2:13: 99999999999 is more events than a scenario has; write 1000000 at most",
        ),
        (
            "at event 1000001 heal",
            "f:1:10: 1000001 is more events than a scenario has; write 1000000 at most",
        ),
        (
            "until event 99999999999999999999999",
            "f:1:13: 99999999999999999999999 is too large a number here",
        ),
    ] {
        assert_eq!(refusal(text), error);
    }
    let most = format!("at event {} heal", Scenario::EVENTS_MAX);
    assert!(Scenario::parse("f", &most).is_ok());
}

/// One member ticks a thousand times a second, so it takes this little of its time.
#[test]
fn a_run_that_goes_on_for_ever_ends_with_its_line() {
    let outcome = run("world members=1 tick=1ms\nheal\nquietly for 99999min\nheal\nuntil leader");
    let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
    assert_eq!(
        failures,
        [
            "f:3:1: 1000000 events have happened, and no run has more: this step is not carried out \
             to its end, and no later one"
        ]
    );
    assert_eq!(outcome.event_count, Scenario::EVENTS_MAX);
}

#[test]
fn a_time_that_is_past_is_refused_with_the_time_that_it_is() {
    for (text, failure) in [
        (
            "for 1.5s\nat 1s heal",
            "f:2:1: 1s since the beginning is past: it is 1500ms now; write a later time",
        ),
        (
            "clock starts 18:58:03.208\nat 18:58:03 heal",
            "f:2:1: 18:58:03.000 is past: it is 18:58:03.208 now; write a time of the next twelve \
             hours",
        ),
        (
            "clock starts 23:59:59\nfor 2500us\nat 23:59:59.0024 heal",
            "f:3:1: 23:59:59.002400 is past: it is 23:59:59.002500 now; write a time of the next \
             twelve hours",
        ),
    ] {
        let outcome = run(text);
        let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
        assert_eq!(failures, [failure], "{text}");
        assert!(outcome.history.actions.is_empty(), "{text}");
    }
}

#[test]
fn midnight_may_come_between() {
    let outcome = run("clock starts 23:59:59\nat 00:00:01 heal\nat 00:00:01 heal");
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    assert!(outcome.now_us <= 2_000_000);
    assert_eq!(outcome.history.actions.len(), 2);
}

#[test]
fn settings_are_refused_in_their_own_words() {
    for (text, error) in [
        (
            "world latency=24ms..8ms",
            "f:1:7: of 24ms..8ms the first is the longer one; write the shorter one first",
        ),
        (
            "world members=5 latency=2min..90min seed=1",
            "f:1:17: 5400s is more than 3600s",
        ),
        (
            "world tick=50us",
            "f:1:7: 50us is not between 1ms and 3600s",
        ),
        ("world loss=150%", "f:1:7: 150% is more than 100%"),
        ("world disk-sync=61min", "f:1:7: 3660s is more than 3600s"),
        (
            "world watch-room=0 seed=1",
            "f:1:7: 0 is too few; write 1 or more",
        ),
        ("world clock-drift=51%", "f:1:7: 51% is more than 50%"),
        (
            "world reads=lease clock-drift=50% election=5ticks",
            "f:1:35: an election timeout of 5 ticks leaves no time for reads by lease when clocks \
             go wrong by 50%",
        ),
    ] {
        assert_eq!(refusal(text), error);
    }
    // What the one setting makes wrong the next one may make right.
    let text = "world reads=lease clock-drift=50% election=20ticks";
    assert!(Scenario::parse("f", text).is_ok());
}

#[test]
fn no_advice_is_the_word_that_was_refused() {
    for (text, error) in [
        (
            "watch x serializable at n1",
            "f:1:9: there is no setting \"serializable\"; write one of: end=KEY, revision=N, at",
        ),
        (
            "chance \"loss=5%\"",
            "f:1:8: in quotes this is a text, no chance; write loss=5% without them",
        ),
        (
            "at 1s world",
            "f:1:7: \"world\" cannot stand behind `at` or `quietly`; write it in a line of its \
             own, first",
        ),
        (
            "at 1s quietly heal",
            "f:1:7: \"quietly\" comes first, once; write `quietly at 1s heal`",
        ),
        (
            "deliver \"MsgApp\" n1->n2\nexpect \"quiet\"\nexpect \"n1\"",
            "f:3:13: the line ends here; write down, up, leader, follower, term = 2, has x=1, …",
        ),
    ] {
        assert_eq!(refusal(text), error);
    }
}

#[test]
fn names_of_properties_and_messages_are_checked() {
    for (text, error) in [
        (
            "expect violation \"election safty\"",
            "f:1:18: there is no property \"election safty\"; did you mean \"election safety\"?",
        ),
        (
            "deliver MsgAp n1->n2",
            "f:1:9: there is no kind of message \"MsgAp\"; did you mean \"MsgApp\"?",
        ),
        (
            "deliver-msgs 2 type=MsgHeartbeatRsp",
            "f:1:16: there is no kind of message \"MsgHeartbeatRsp\"; did you mean \
             \"MsgHeartbeatResp\"?",
        ),
        (
            "drop MsgApp",
            "f:1:13: the line ends here; write from whom to whom: n1->n2, n1->*, *->n2",
        ),
    ] {
        assert_eq!(refusal(text), error);
    }
    let listed = refusal("expect violation safety");
    assert!(
        listed.contains("write one of: election safety, "),
        "{listed}"
    );
    for property in Violation::PROPERTIES {
        assert!(listed.contains(property), "{listed}");
        let text = format!("expect no violation \"{property}\"");
        assert!(Scenario::parse("f", &text).is_ok(), "{text}");
    }
    let listed = refusal("deliver MsgFoo n1->n2");
    assert!(
        listed.contains("write one of: MsgProp, MsgApp, "),
        "{listed}"
    );
}

/// The list is written by hand: no checker may have a name that is not in it.
#[test]
fn every_property_that_code_names_is_in_the_list() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut named = Vec::new();
    for folder in ["sim/check", "audit"] {
        properties_named(&sources.join(folder), &mut named);
    }
    named.sort();
    named.dedup();
    let mut listed = Violation::PROPERTIES.map(str::to_owned);
    listed.sort();
    assert_eq!(named, listed);
}

fn properties_named(folder: &Path, named: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            properties_named(&path, named);
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        for before in ["property: \"", "\"watch guarantees: "] {
            for (at, _) in text.match_indices(before) {
                let from = at + before.find('"').expect("it has one") + 1;
                let name = text[from..].split('"').next().expect("a name");
                named.push(name.to_owned());
            }
        }
    }
}

#[test]
fn what_is_said_twice_is_refused() {
    for (text, error) in [
        (
            "world seed=1 members=3 seed=1",
            "f:1:24: \"seed\" is set twice in this line, first in column 7; write it once",
        ),
        (
            "# two\nworld seed=1\nworld seed=1",
            "f:3:1: the world began in line 2 already; write all its settings there, once",
        ),
        (
            "add-nodes 3\nworld seed=1",
            "f:2:1: the world began in line 1 already; write all its settings there, once",
        ),
        (
            "clock starts 18:58:03\n\nclock starts 18:58:03",
            "f:3:7: line 1 says already when the clock starts; write it once",
        ),
        (
            "member 1 name=a\nmember 1 name=a",
            "f:2:10: line 1 gives n1 the name \"a\" already; write one name, once",
        ),
        (
            "member 1 name=a\nmember 2 name=a",
            "f:2:10: line 1 gives the name \"a\" to n1; take another one for n2",
        ),
        (
            "member 1 name=leader",
            "f:1:10: \"leader\" cannot be the name of n1; take one that is no number and has no \
             other meaning",
        ),
        (
            "chance loss=1% loss=2%",
            "f:1:16: \"loss\" is set twice in this line, first in column 8; write it once",
        ),
        (
            "range a end=b end=c at n1",
            "f:1:15: \"end\" is set twice in this line, first in column 9; write it once",
        ),
        (
            "compare-and-swap a expected=1 expected=2 value=3 at n1",
            "f:1:31: \"expected\" is set twice in this line, first in column 20; write it once",
        ),
    ] {
        assert_eq!(refusal(text), error);
    }
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let text = "world members=5\nuntil leader";
    let marked = Scenario::parse("f", &format!("\u{feff}{text}")).expect("a scenario");
    assert_eq!(marked.config().members, 5);
    let at_column = Scenario::parse("f", "\u{feff}crahs 2").expect_err("no step");
    assert_eq!((at_column.line, at_column.column), (1, 1));
}

fn refusal(text: &str) -> String {
    Scenario::parse("f", text).expect_err(text).to_string()
}

fn run(text: &str) -> Outcome {
    let scenario = Scenario::parse("f", text).unwrap_or_else(|error| panic!("{error}"));
    scenario.run(&mut |_| {}).expect("good settings")
}
