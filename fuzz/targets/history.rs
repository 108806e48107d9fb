//! A history as JSON: it is refused, or a world begins with it and goes on for a while.

#![no_main]

use libfuzzer_sys::fuzz_target;
use quorate_core::sim::{History, Scenario};

/// Events that are followed: more would be slow and tell no more of reading.
const EVENTS_MAX: u64 = 60;

fuzz_target!(|bytes: &[u8]| {
    let Ok(history) = serde_json::from_slice::<History>(bytes) else {
        return;
    };
    let text = serde_json::to_string(&history).expect("it is data");
    assert_eq!(
        serde_json::from_str::<History>(&text).expect("it was read before"),
        history
    );
    let Ok(mut world) = history.begin() else {
        return;
    };
    let shown = Scenario::text_of(&history, 1);
    let _ = Scenario::parse("fuzz", &shown);
    while world.event_count() < EVENTS_MAX && history.advance(&mut world).is_ok() {}
});
