//! How long many things of one kind took: percentiles, and a histogram for a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::go::GoDuration;

/// Times, to a thousandth of each.
pub(crate) struct Latencies {
    nanoseconds: Histogram<u64>,
}

impl Latencies {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self {
            nanoseconds: Histogram::new(SIGNIFICANT_DIGITS)
                .expect("the number of digits is one that there is"),
        }
    }

    /// Adds one.
    pub(crate) fn record(&mut self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        // It grows by itself; what no histogram can hold is longer than anybody waits.
        let _ = self.nanoseconds.record(nanoseconds);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.nanoseconds.len()
    }

    /// The time that this share of all (0 to 100) took at most.
    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        Duration::from_nanos(self.nanoseconds.value_at_percentile(percent))
    }

    /// The longest.
    pub(crate) fn slowest(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.max())
    }

    /// The standard deviation.
    pub(crate) fn deviation(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.stdev() as u64)
    }

    /// Rows of bars, each for twice the time of the one before; empty ones at both ends left out.
    pub(crate) fn bars(&self) -> String {
        let mut counts: Vec<(u64, u64)> = Vec::new();
        let mut upper = FIRST_BAR_NANOSECONDS;
        let mut lower = 0;
        while lower <= self.nanoseconds.max() && upper < u64::MAX / 2 {
            counts.push((upper, self.nanoseconds.count_between(lower, upper - 1)));
            (lower, upper) = (upper, upper * 2);
        }
        let first = counts.iter().position(|(_, count)| *count > 0).unwrap_or(0);
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let mut text = String::new();
        for (upper, count) in counts.into_iter().skip(first) {
            let length = (count * BAR_WIDTH).div_ceil(most.max(1));
            let bar = "∎".repeat(usize::try_from(length).unwrap_or(0));
            let below = GoDuration(Duration::from_nanos(upper)).to_string();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  < {below:>9} [{count}]\t|{bar}");
        }
        text
    }

    /// One line for each of some percentiles.
    pub(crate) fn percentiles(&self, percents: &[f64]) -> String {
        let line = |percent: &f64| {
            let time = GoDuration(rounded(self.percentile(*percent))).to_string();
            format!("  {percent:>5}% in {time}\n")
        };
        percents.iter().map(line).collect()
    }
}

/// Whole microseconds: what is finer is no more than noise.
pub(crate) fn rounded(time: Duration) -> Duration {
    Duration::from_micros(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}

/// Digits of each time that are kept.
const SIGNIFICANT_DIGITS: u8 = 3;
/// The first row of the histogram is of times below this.
const FIRST_BAR_NANOSECONDS: u64 = 1_000;
/// Width of the longest bar, in characters.
const BAR_WIDTH: u64 = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_percentiles() {
        let mut latencies = Latencies::new();
        for _ in 0..98 {
            latencies.record(Duration::from_micros(3));
        }
        latencies.record(Duration::from_micros(900));
        latencies.record(Duration::from_millis(12));
        assert_eq!(latencies.count(), 100);
        let bars = latencies.bars();
        assert!(bars.starts_with("  <       4µs [98]\t|∎∎∎∎"), "{bars}");
        assert!(bars.ends_with("  <  16.384ms [1]\t|∎\n"), "{bars}");
        assert_eq!(latencies.percentiles(&[50.0]), "     50% in 3µs\n");
        assert!(latencies.slowest() >= Duration::from_millis(12));
        let p99 = latencies.percentile(99.0);
        assert!(p99 < Duration::from_millis(1), "{p99:?}");
    }
}
