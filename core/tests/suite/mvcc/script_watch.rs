//! The watches of the stories: one stream, told after each command.

use quorate_core::command::{WatchCreate, WatchEventKind, WatchResponse};
use quorate_core::id::{Revision, WatchId, WatchStreamId};
use quorate_core::mvcc::{Store, Watches};

use super::script::{Words, show_key_value};

/// Asks something on the stream.
pub(super) fn ask(watches: &mut Watches, store: &Store, words: &mut Words<'_>) {
    match words.next() {
        "watch" => watches.create(&create(words), store),
        "cancel" => watches.cancel(STREAM, WatchId(words.number())),
        "progress" => watches.ask_progress(STREAM),
        "taken" => watches.taken(STREAM, u32::try_from(words.number()).expect("a count")),
        other => panic!("not asked on a stream: {other}"),
    }
}

/// What the stream hears now, as text.
pub(super) fn heard(watches: &mut Watches, store: &Store) -> String {
    watches.advance(store);
    watches.catch_up(store);
    watches.answer_progress();
    let mut text = String::new();
    for response in watches.take_responses() {
        show(&mut text, &response);
    }
    text
}

fn create(words: &mut Words<'_>) -> WatchCreate {
    let (key, range_end) = words.key_or_range();
    let mut create = WatchCreate {
        stream: STREAM,
        key,
        range_end,
        ..WatchCreate::default()
    };
    while let Some(option) = words.option() {
        match option {
            "rev" => create.start_revision = Revision(words.number()),
            "id" => create.watch = WatchId(words.number()),
            "prev" => create.previous = true,
            "no-put" => create.no_put = true,
            "no-delete" => create.no_delete = true,
            other => panic!("no such option of watch: {other}"),
        }
    }
    create
}

fn show(text: &mut String, response: &WatchResponse) {
    let mut what = String::new();
    if response.created {
        what += " created";
    }
    if response.canceled {
        what += " canceled";
    }
    if !response.cancel_reason.is_empty() {
        what += &format!(" ({})", response.cancel_reason);
    }
    if response.compact_revision != Revision(0) {
        what += &format!(" compacted at {}", response.compact_revision);
    }
    let revision = response.header.revision;
    *text += &format!("watch {}:{what} at {revision}\n", response.watch);
    for event in &response.events {
        match event.kind {
            WatchEventKind::Put => {
                *text += "  put\n";
                show_key_value(text, &event.key_value, "    ");
            }
            WatchEventKind::Delete => {
                let key = String::from_utf8_lossy(&event.key_value.key);
                *text += &format!("  delete\n    {key} at {}\n", event.key_value.mod_revision);
            }
        }
        if let Some(previous) = &event.previous {
            *text += "  before\n";
            show_key_value(text, previous, "    ");
        }
    }
}

const STREAM: WatchStreamId = WatchStreamId(1);
