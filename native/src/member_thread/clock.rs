//! The member's clock.
//!
//! A tick that comes late is not made up for: after a pause of the process, or of the member, a
//! burst of ticks would be an election nobody needs. But time has passed, and what is counted in
//! seconds (leases) must know it. So ticks are counted here, by the monotonic clock, and when the
//! member gets to them it takes the last as a tick and the others as missed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use quorate_core::Input;

use super::handle::MemberHandle;
use crate::threads::Threads;

/// Ticks that the member has not got to yet.
#[derive(Default)]
pub(super) struct DueTicks(AtomicU32);

impl DueTicks {
    /// So many more have passed; true when the member does not know of any yet.
    fn pass(&self, ticks: u32) -> bool {
        // What is missed in four years counts no more than that.
        let before = self
            .0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |due| {
                Some(due.saturating_add(ticks))
            });
        before == Ok(0)
    }

    /// What the member is to hear of them.
    pub(super) fn take(&self) -> impl Iterator<Item = Input> + use<> {
        let due = self.0.swap(0, Ordering::AcqRel);
        let missed = due
            .checked_sub(2)
            .map(|more| Input::Missed { ticks: more + 1 });
        missed.into_iter().chain((due > 0).then_some(Input::Tick))
    }
}

/// Ticks until the member is gone.
pub(crate) fn spawn_clock(
    tick: Duration,
    member: MemberHandle,
    threads: &Threads,
) -> io::Result<JoinHandle<()>> {
    threads.spawn("clock", move || {
        let due = Arc::new(DueTicks::default());
        let mut next = Instant::now() + tick;
        loop {
            let now = Instant::now();
            if now < next {
                thread::sleep(next - now);
                continue;
            }
            let passed = ticks_passed(next, now, tick);
            next += tick * passed;
            // Ticks that it was told of and will never get to keep it from being told again.
            let is_there = match due.pass(passed) {
                true => member.blocking_tick(due.clone()),
                false => member.is_there(),
            };
            if !is_there {
                return;
            }
        }
    })
}

/// How many ticks are over, of which the first was due some time ago.
fn ticks_passed(due: Instant, now: Instant, tick: Duration) -> u32 {
    let late = now.duration_since(due).as_nanos() / tick.as_nanos().max(1);
    u32::try_from(late).unwrap_or(u32::MAX - 1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(due: &DueTicks) -> Vec<Input> {
        due.take().collect()
    }

    #[test]
    fn of_ticks_that_come_together_all_but_one_were_missed() {
        let due = DueTicks::default();
        assert_eq!(heard(&due), []);
        assert!(due.pass(1));
        assert_eq!(heard(&due), [Input::Tick]);
        assert!(due.pass(1));
        assert!(!due.pass(1), "the member knows of one");
        assert_eq!(heard(&due), [Input::Missed { ticks: 1 }, Input::Tick]);
        assert!(due.pass(600));
        assert_eq!(heard(&due), [Input::Missed { ticks: 599 }, Input::Tick]);
        assert!(due.pass(u32::MAX));
        assert!(!due.pass(7));
        let most = u32::MAX - 1;
        assert_eq!(heard(&due), [Input::Missed { ticks: most }, Input::Tick]);
    }

    #[test]
    fn a_pause_is_as_many_ticks_as_it_was_long() {
        let tick = Duration::from_millis(100);
        let due = Instant::now();
        for (late_ms, passed) in [(0, 1), (99, 1), (100, 2), (250, 3), (60_000, 601)] {
            let now = due + Duration::from_millis(late_ms);
            assert_eq!(ticks_passed(due, now, tick), passed, "{late_ms} ms late");
        }
        assert_eq!(ticks_passed(due, due + tick, Duration::ZERO), 100_000_001);
    }
}
