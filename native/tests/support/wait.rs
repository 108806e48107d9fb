//! Patience.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Far longer than anything takes, even where many builds share a machine.
const DEADLINE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until there is an answer.
pub(crate) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < DEADLINE, "waited in vain: {what}");
        sleep(PAUSE);
    }
}
