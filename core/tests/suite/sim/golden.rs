//! Runs the scripts in `tests/golden/sim` and compares what they print with what stands there.
//!
//! In a golden, `#` begins a comment, `>` a command; the lines behind a command are its output.
//! `UPDATE_GOLDENS=1 cargo test -p quorate-core golden` writes the outputs anew: read the
//! difference before it is committed.
//!
//! Commands: `world KEY=VALUE…` (settings of the world), `until leader`, `until answered`,
//! `until down n1`, `until settled` (all running members have applied all), `for MILLISECONDS`, `members` (a
//! table), `operations`, and the actions `put n1 x 1`, `get n1 x`, `delete n1 x`,
//! `compact n1 5`, `crash n1`, `restart n1`, `isolate n1`, `cut n1 n2`, `heal`, `stop n1`. A
//! `quietly` in front of a command leaves its output out.

use std::fmt::Write;
use std::path::Path;

use quorate_core::member::{MemberView, Role};
use quorate_core::sim::{Action, EventFrame, Node, OperationOutcome, World, WorldConfig};
use quorate_core::trace::Level;

/// Most events of one command.
const PATIENCE_EVENTS: u64 = 20_000;

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
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a golden");
        let again = run(&text);
        if is_update {
            std::fs::write(&path, again).expect("a golden to write");
        } else {
            assert!(
                text == again,
                "{} prints something else now:\n{again}",
                path.display()
            );
        }
    }
}

/// A golden's text with all outputs made anew.
fn run(text: &str) -> String {
    let mut again = String::new();
    let mut world = None;
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("> ") {
            let (command, is_quiet) = match command.strip_prefix("quietly ") {
                Some(command) => (command, true),
                None => (command, false),
            };
            writeln!(again, "{line}").expect("a string");
            let output = carry_out(&mut world, command);
            if !is_quiet {
                again.push_str(&output);
            }
        } else if line.is_empty() || line.starts_with('#') {
            writeln!(again, "{line}").expect("a string");
        }
    }
    again
}

fn carry_out(world: &mut Option<World>, command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    if let Some(settings) = command.strip_prefix("world") {
        let config = settings_of(settings);
        let mut new = World::with_trace_lines(config).expect("good settings");
        let event = new.last_event().clone();
        let output = story(&mut new, &event);
        *world = Some(new);
        return output;
    }
    let world = world.as_mut().expect("`world` comes first");
    match words.as_slice() {
        ["members"] => members(world),
        ["operations"] => operations(world),
        ["until", "leader"] => run_until(world, has_leader),
        ["until", "answered"] => run_until(world, all_answered),
        ["until", "down", which] => {
            let which = node(which);
            run_until(world, |world| !world.is_running(which))
        }
        ["until", "settled"] => run_until(world, is_settled),
        ["for", milliseconds] => {
            let length_us = milliseconds.parse::<u64>().expect("milliseconds") * 1_000;
            let end_us = world.now_us() + length_us;
            run_until(world, |world| {
                world.next_event_at_us().is_none_or(|at_us| at_us > end_us)
            })
        }
        words => {
            let event = world.act(action(words)).expect("no violation").clone();
            story(world, &event)
        }
    }
}

fn settings_of(text: &str) -> WorldConfig {
    let fields: serde_json::Map<String, serde_json::Value> = text
        .split_whitespace()
        .map(|word| {
            let (key, value) = word.split_once('=').expect("KEY=VALUE");
            let value = serde_json::from_str(value).expect("a number, true or false");
            (key.to_owned(), value)
        })
        .collect();
    serde_json::from_value(fields.into()).expect("settings of a world")
}

fn action(words: &[&str]) -> Action {
    match words {
        ["put", at, key, value] => Action::Put {
            node: node(at),
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        },
        ["get", at, key] => Action::Get {
            node: node(at),
            key: (*key).to_owned(),
        },
        ["delete", at, key] => Action::Delete {
            node: node(at),
            key: (*key).to_owned(),
        },
        ["compact", at, revision] => Action::Compact {
            node: node(at),
            revision: revision.parse().expect("a revision"),
        },
        ["crash", which] => Action::Crash { node: node(which) },
        ["restart", which] => Action::Restart { node: node(which) },
        ["isolate", which] => Action::Isolate { node: node(which) },
        ["stop", which] => Action::Stop { node: node(which) },
        ["cut", from, to] => Action::Cut {
            from: node(from),
            to: node(to),
        },
        ["heal"] => Action::Heal,
        _ => panic!("no such command: {words:?}"),
    }
}

fn node(word: &str) -> Node {
    let number = word.strip_prefix('n').and_then(|rest| rest.parse().ok());
    Node(number.expect("a member: n1, n2, …"))
}

fn run_until(world: &mut World, done: impl Fn(&World) -> bool) -> String {
    let mut output = String::new();
    for _ in 0..PATIENCE_EVENTS {
        if done(world) {
            return output;
        }
        let event = world.step().expect("no violation").clone();
        output.push_str(&story(world, &event));
    }
    panic!("not within {PATIENCE_EVENTS} events:\n{output}");
}

/// What of an event's lines tells the story: not the clocks, not each message's way, not what
/// the members say only to be debugged.
fn story(world: &mut World, event: &EventFrame) -> String {
    let details: Vec<String> = event
        .trace
        .iter()
        .filter(|event| event.kind.level() == Level::Debug)
        .map(ToString::to_string)
        .collect();
    let mut output = String::new();
    for line in world.take_trace_lines() {
        let (at_us, text) = line.split_once(' ').expect("a time and a text");
        let first = text.split(' ').next().unwrap_or_default();
        let is_mechanics = ["ticked", "delivered", "wrote", "synced", "lost"].contains(&first);
        let is_detail = details.iter().any(|detail| text.ends_with(detail.as_str()));
        if !is_mechanics && !is_detail {
            let at_us: u64 = at_us.parse().expect("a time");
            writeln!(
                output,
                "{:>6}.{} ms  {text}",
                at_us / 1_000,
                at_us / 100 % 10
            )
            .expect("a string");
        }
    }
    output
}

fn members(world: &World) -> String {
    let mut output = String::new();
    for member in world.frame().members {
        let Some(view) = member.view else {
            writeln!(output, "{} down", member.node).expect("a string");
            continue;
        };
        let keys: Vec<String> = view
            .keys
            .iter()
            .map(|(key, value)| {
                format!(
                    " {}={}",
                    String::from_utf8_lossy(key),
                    String::from_utf8_lossy(value)
                )
            })
            .collect();
        writeln!(
            output,
            "{} {:?} term={} leader={} synced={} commit={} applied={} snapshot={} revision={}{}",
            member.node,
            view.role,
            view.term,
            view.leader,
            view.synced,
            view.commit,
            view.applied,
            view.snapshot.map_or(0, |(index, _)| index.0),
            view.revision,
            keys.concat(),
        )
        .expect("a string");
    }
    output
}

fn operations(world: &World) -> String {
    let mut output = String::new();
    for operation in world.operations() {
        writeln!(
            output,
            "{} at {}: {}: {}",
            operation.number, operation.node, operation.text, operation.outcome
        )
        .expect("a string");
    }
    output
}

/// Whether somebody leads and all running members know it.
fn has_leader(world: &World) -> bool {
    let frame = world.frame();
    let views = || {
        frame
            .members
            .iter()
            .filter_map(|member| member.view.as_ref())
    };
    let newest = views()
        .filter(|view| view.role == Role::Leader)
        .max_by_key(|view| view.term);
    newest.is_some_and(|leader| views().all(|view| view.leader == leader.id))
}

fn all_answered(world: &World) -> bool {
    let mut operations = world.operations().iter();
    operations.all(|operation| operation.outcome != OperationOutcome::Waiting)
}

fn is_settled(world: &World) -> bool {
    let frame = world.frame();
    let views: Vec<_> = frame
        .members
        .iter()
        .filter_map(|member| member.view.as_ref())
        .collect();
    let last = |view: &MemberView| view.log.last().map_or(view.log_offset, |entry| entry.index);
    let first = views.first().map(|view| last(view));
    has_leader(world)
        && views
            .iter()
            .all(|view| Some(last(view)) == first && view.applied == last(view))
}
