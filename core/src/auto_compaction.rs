//! Automatic compaction: when the leader forgets history by itself.
//!
//! Two ways, as etcd's `v3compactor` has them. By **revision**: every five minutes all but the
//! newest so many revisions go. By **period**: what is older than the period goes, every period or
//! every hour, whichever is shorter. To know which revision was the newest a period ago, every
//! member notes its revision ten times in that interval; a member that begins to lead has the
//! notes already.

use std::collections::VecDeque;

use crate::id::Revision;

/// `--auto-compaction-mode` and `--auto-compaction-retention`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutoCompaction {
    /// Nothing is forgotten unless a client says so.
    #[default]
    Off,
    /// So many revisions are kept.
    Revisions(i64),
    /// What happened in so many milliseconds is kept.
    PeriodMs(u64),
}

/// Decides when to compact, and where.
#[derive(Clone, Debug)]
pub struct Compactor {
    mode: AutoCompaction,
    tick_ms: u64,
    /// When it looks again.
    next_ticks: u64,
    /// By period: the newest revision at the last looks, oldest first.
    seen: VecDeque<Revision>,
    /// The last compaction that has been carried out.
    last: Revision,
    last_ticks: u64,
    /// Whether it has waited out the first period.
    has_begun: bool,
    /// A compaction that is under way.
    under_way: Option<Revision>,
}

impl Compactor {
    /// Begins at tick 0, in a store at a revision.
    pub fn new(mode: AutoCompaction, tick_ms: u32, revision: Revision) -> Self {
        let mut compactor = Self {
            mode,
            tick_ms: u64::from(tick_ms.max(1)),
            next_ticks: 0,
            seen: VecDeque::new(),
            last: Revision(0),
            last_ticks: 0,
            has_begun: false,
            under_way: None,
        };
        compactor.wait(0);
        compactor.note(revision);
        compactor
    }

    /// How it compacts.
    pub fn mode(&self) -> AutoCompaction {
        self.mode
    }

    /// A tick: up to which revision the store is to be compacted now, if it is. What becomes of
    /// that is to be told by [`Compactor::done`]; until then it waits.
    pub fn tick(&mut self, now_ticks: u64, revision: Revision, leads: bool) -> Option<Revision> {
        let is_off = self.mode == AutoCompaction::Off;
        if is_off || self.under_way.is_some() || now_ticks < self.next_ticks {
            return None;
        }
        self.under_way = if leads {
            self.due(now_ticks, revision)
        } else {
            None
        };
        if self.under_way.is_none() {
            self.look_again(now_ticks, revision);
        }
        self.under_way
    }

    /// A compaction was carried out (or was by somebody else), or it failed.
    pub fn done(&mut self, now_ticks: u64, revision: Revision, has_compacted: bool) {
        let Some(target) = self.under_way.take() else {
            return;
        };
        if has_compacted {
            self.last = target;
            self.last_ticks = now_ticks;
        }
        self.look_again(now_ticks, revision);
    }

    fn due(&mut self, now_ticks: u64, revision: Revision) -> Option<Revision> {
        let target = match self.mode {
            AutoCompaction::Off => return None,
            AutoCompaction::Revisions(kept) => {
                let target = Revision(revision.0.saturating_sub(kept));
                return (target.0 > 0 && target != self.last).then_some(target);
            }
            AutoCompaction::PeriodMs(period_ms) => {
                let waited_ms = (now_ticks - self.last_ticks).saturating_mul(self.tick_ms);
                let wanted_ms = if self.has_begun {
                    interval_ms(period_ms)
                } else {
                    period_ms
                };
                let target = *self.seen.front()?;
                (waited_ms >= wanted_ms && target != self.last).then_some(target)?
            }
        };
        self.has_begun = true;
        Some(target)
    }

    fn look_again(&mut self, now_ticks: u64, revision: Revision) {
        self.note(revision);
        self.wait(now_ticks);
    }

    fn note(&mut self, revision: Revision) {
        if let AutoCompaction::PeriodMs(period_ms) = self.mode {
            self.seen.push_back(revision);
            if self.seen.len() as u64 > period_ms / pause_ms(period_ms) + 1 {
                self.seen.pop_front();
            }
        }
    }

    fn wait(&mut self, now_ticks: u64) {
        let pause_ms = match self.mode {
            AutoCompaction::Off => return,
            AutoCompaction::Revisions(_) => REVISIONS_INTERVAL_MS,
            AutoCompaction::PeriodMs(period_ms) => pause_ms(period_ms),
        };
        self.next_ticks = now_ticks + pause_ms.div_ceil(self.tick_ms).max(1);
    }
}

/// Time between two compactions by period.
fn interval_ms(period_ms: u64) -> u64 {
    period_ms.min(PERIOD_INTERVAL_MS_MAX)
}

/// Time between two looks, and until a compaction that failed is tried again.
fn pause_ms(period_ms: u64) -> u64 {
    (interval_ms(period_ms) / LOOKS_PER_INTERVAL).max(1)
}

/// etcd's 5 minutes.
const REVISIONS_INTERVAL_MS: u64 = 5 * 60 * 1_000;
/// etcd's hour.
const PERIOD_INTERVAL_MS_MAX: u64 = 60 * 60 * 1_000;
/// etcd's `retryDivisor`.
const LOOKS_PER_INTERVAL: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    const TICK_MS: u32 = 100;
    const MINUTE_TICKS: u64 = 600;

    // As in etcd, the oldest note is a tenth of an interval older than the period.

    /// One revision a minute, beginning with 1, for so many minutes: when it compacted, and
    /// where.
    fn compactions(mode: AutoCompaction, minutes: u64) -> Vec<(u64, i64)> {
        let mut compactor = Compactor::new(mode, TICK_MS, Revision(1));
        let mut found = Vec::new();
        for tick in 1..=minutes * MINUTE_TICKS {
            let revision = Revision(1 + (tick / MINUTE_TICKS).cast_signed());
            if let Some(target) = compactor.tick(tick, revision, true) {
                found.push((tick / MINUTE_TICKS, target.0));
                compactor.done(tick, revision, true);
            }
        }
        found
    }

    #[test]
    fn by_revision_it_looks_every_five_minutes() {
        let found = compactions(AutoCompaction::Revisions(10), 30);
        assert_eq!(found, [(10, 1), (15, 6), (20, 11), (25, 16), (30, 21)]);
    }

    /// etcd's `TestPeriodicMinutes`: with 5 minutes, one after five and then every five.
    #[test]
    fn a_short_period_is_its_own_interval() {
        let found = compactions(AutoCompaction::PeriodMs(5 * 60_000), 20);
        assert_eq!(found, [(5, 1), (10, 5), (15, 10), (20, 15)]);
    }

    /// etcd's `TestPeriodicHourly`: with 2 hours, one after two and then every hour.
    #[test]
    fn a_long_period_is_waited_out_once() {
        let found = compactions(AutoCompaction::PeriodMs(120 * 60_000), 300);
        assert_eq!(found, [(120, 1), (180, 55), (240, 115), (300, 175)]);
    }

    #[test]
    fn nothing_is_done_without_a_change_or_without_leading() {
        for mode in [
            AutoCompaction::Off,
            AutoCompaction::Revisions(0),
            AutoCompaction::PeriodMs(60_000),
        ] {
            let mut compactor = Compactor::new(mode, TICK_MS, Revision(7));
            for tick in 1..100 * MINUTE_TICKS {
                assert_eq!(compactor.tick(tick, Revision(7), false), None);
            }
            let mut compactor = Compactor::new(mode, TICK_MS, Revision(7));
            let mut found = Vec::new();
            for tick in 1..100 * MINUTE_TICKS {
                if let Some(target) = compactor.tick(tick, Revision(7), true) {
                    found.push(target.0);
                    compactor.done(tick, Revision(7), true);
                }
            }
            let once = usize::from(mode != AutoCompaction::Off);
            assert_eq!(found.len(), once, "{mode:?}: {found:?}");
        }
    }

    #[test]
    fn one_that_begins_to_lead_knows_what_was_a_period_ago() {
        let mode = AutoCompaction::PeriodMs(10 * 60_000);
        let mut compactor = Compactor::new(mode, TICK_MS, Revision(1));
        for tick in 1..=60 * MINUTE_TICKS {
            let revision = Revision(1 + (tick / MINUTE_TICKS).cast_signed());
            let target = compactor.tick(tick, revision, tick > 59 * MINUTE_TICKS);
            if let Some(target) = target {
                assert_eq!((tick, target.0), (60 * MINUTE_TICKS, 50));
                return;
            }
        }
        panic!("it should have compacted");
    }

    #[test]
    fn what_fails_is_tried_again_after_a_tenth() {
        let mode = AutoCompaction::PeriodMs(10 * 60_000);
        let mut compactor = Compactor::new(mode, TICK_MS, Revision(1));
        let mut found = Vec::new();
        for tick in 1..=12 * MINUTE_TICKS {
            let revision = Revision(1 + (tick / MINUTE_TICKS).cast_signed());
            if let Some(target) = compactor.tick(tick, revision, true) {
                found.push((tick / MINUTE_TICKS, target.0));
                compactor.done(tick, revision, tick >= 12 * MINUTE_TICKS);
            }
        }
        assert_eq!(found, [(10, 1), (11, 1), (12, 2)]);
    }
}
