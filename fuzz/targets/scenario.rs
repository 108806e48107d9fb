//! A scenario's text: what its world is said to be is read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use quorate_core::sim::{Action, Scenario};

fuzz_target!(|text: &str| {
    if let Ok(scenario) = Scenario::parse("fuzz", text) {
        let settings = Scenario::world_text(scenario.config());
        let again = Scenario::parse("again", &format!("world {settings}\n"));
        assert_eq!(again.expect(&settings).config(), scenario.config());
    }
    if let Ok(action) = text.parse::<Action>() {
        let shown = action.to_string();
        assert_eq!(shown.parse::<Action>().expect(&shown), action);
    }
});
