//! A link to a run on the page: what is read is written and read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the page uses more of it")]
#[path = "../../web/src/permalink.rs"]
mod permalink;

use permalink::Permalink;

fuzz_target!(|query: &str| {
    if let Ok(link) = Permalink::parse(query) {
        let again = Permalink::parse(&link.query());
        // The first event is where a link points that says nothing of it.
        let at = |link: &Permalink| link.at.max(1);
        let again = again.expect("a link of our own making");
        assert_eq!(at(&again), at(&link));
        assert_eq!((again.members, again.seed), (link.members, link.seed));
        assert_eq!((again.actions, again.world), (link.actions, link.world));
    }
});
