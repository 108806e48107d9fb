//! How virtual time passes while the page plays.
//!
//! A message is under way for some 16 ms of virtual time and an election timeout takes a second:
//! at one even pace either the flight cannot be seen or the waiting cannot be borne. So time
//! passes slowly while something travels that may change something, quicker while only heartbeats
//! travel, and quickest while nothing does; after a turn of the story it rests for a moment.

use quorate_core::sim::Frame;
use quorate_core::trace::MessageKind;

/// How fast it plays, in thousandths of the normal speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speed(pub(crate) u32);

impl Speed {
    /// All that can be chosen, slowest first.
    pub(crate) const ALL: [Speed; 7] = [
        Speed(100),
        Speed(250),
        Speed(500),
        Speed(1000),
        Speed(2000),
        Speed(4000),
        Speed(8000),
    ];
    /// What the page starts with.
    pub(crate) const NORMAL: Speed = Speed(1000);

    /// `0.25×`.
    pub(crate) fn label(self) -> String {
        format!("{}×", f64::from(self.0) / 1000.0)
    }
}

/// A playing page's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Playback {
    /// Virtual time, in microseconds: between the last event and the next.
    now_us: f64,
    /// How long it still rests, in milliseconds of the person's time at normal speed.
    rest_ms: f64,
}

impl Playback {
    /// Begins at a moment.
    pub(crate) fn at(now_us: u64) -> Self {
        Self {
            now_us: now_us as f64,
            rest_ms: 0.0,
        }
    }

    /// Virtual time, in microseconds.
    pub(crate) fn now_us(&self) -> u64 {
        self.now_us as u64
    }

    /// Lets a person's time pass until the next event is due or the time is used up. Gives what is
    /// left when the event is due, nothing when it is not due yet.
    pub(crate) fn advance(&mut self, budget_ms: f64, pace: f64, due_us: u64) -> Option<f64> {
        let mut budget_ms = budget_ms;
        let rest_ms = self.rest_ms.min(budget_ms);
        self.rest_ms -= rest_ms;
        budget_ms -= rest_ms;
        let needed_ms = (due_us as f64 - self.now_us).max(0.0) / pace;
        if self.rest_ms > 0.0 || needed_ms > budget_ms {
            self.now_us += budget_ms * pace;
            return None;
        }
        self.now_us = due_us as f64;
        Some(budget_ms - needed_ms)
    }

    /// Rests after a turn of the story.
    pub(crate) fn rest(&mut self) {
        self.rest_ms = REST_MS;
    }
}

/// How many virtual microseconds pass in a millisecond at normal speed.
pub(crate) fn pace(frame: &Frame) -> f64 {
    let only_heartbeats = frame.messages.iter().all(|message| {
        matches!(
            message.summary.kind,
            MessageKind::Heartbeat | MessageKind::HeartbeatResponse
        )
    });
    let disk_works = frame
        .members
        .iter()
        .filter_map(|member| member.view.as_ref())
        .any(|view| view.batch.is_some());
    if !only_heartbeats || disk_works {
        40.0
    } else if !frame.messages.is_empty() {
        160.0
    } else {
        800.0
    }
}

const REST_MS: f64 = 500.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn time_stops_at_the_next_event_and_gives_back_what_is_left() {
        let mut playback = Playback::at(1000);
        assert_eq!(playback.advance(10.0, 100.0, 1500), Some(5.0));
        assert_eq!(playback.now_us(), 1500);
        assert_eq!(playback.advance(5.0, 100.0, 5000), None);
        assert_eq!(playback.now_us(), 2000);
    }

    #[test]
    fn a_rest_is_waited_out_first() {
        let mut playback = Playback::at(0);
        playback.rest();
        assert_eq!(playback.advance(400.0, 100.0, 1000), None);
        assert_eq!(playback.now_us(), 0);
        assert_eq!(playback.advance(200.0, 100.0, 1000), Some(90.0));
    }

    #[test]
    fn waiting_is_quicker_than_travelling() {
        let quiet = fixture::frame(3);
        let mut beating = quiet.clone();
        beating
            .messages
            .push(fixture::message(1, 1, 2, MessageKind::Heartbeat));
        let mut busy = beating.clone();
        busy.messages
            .push(fixture::message(2, 1, 2, MessageKind::Append));
        assert!(pace(&quiet) > pace(&beating));
        assert!(pace(&beating) > pace(&busy));
    }
}
