//! What a load came to, as etcd's tool prints it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Add;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// What one client measured.
#[derive(Debug, Default)]
pub(super) struct Tally {
    times: Vec<Duration>,
    errors: BTreeMap<String, u64>,
    /// By the second of the clock in which a request ended; only when it was asked for.
    seconds: Option<BTreeMap<u64, Second>>,
}

/// The requests that ended in one second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    count: u64,
    total: Duration,
    fastest: Duration,
    slowest: Duration,
}

impl Tally {
    /// Nothing yet; by seconds too, if so asked.
    pub(super) fn new(by_second: bool) -> Self {
        Self {
            seconds: by_second.then(BTreeMap::new),
            ..Self::default()
        }
    }

    /// A request took so long, or failed.
    pub(super) fn add(&mut self, time: Duration, result: Result<(), String>) {
        match result {
            Ok(()) => self.add_time(time),
            Err(error) => *self.errors.entry(error).or_default() += 1,
        }
    }

    /// A request took so long.
    pub(super) fn add_time(&mut self, time: Duration) {
        self.times.push(time);
        if let Some(seconds) = &mut self.seconds {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.map_or(0, |since| since.as_secs());
            seconds.entry(now).or_default().add(Second {
                count: 1,
                total: time,
                fastest: time,
                slowest: time,
            });
        }
    }

    /// Takes in what another client measured.
    pub(super) fn merge(&mut self, other: Tally) {
        self.times.extend(other.times);
        for (error, count) in other.errors {
            *self.errors.entry(error).or_default() += count;
        }
        if let (Some(seconds), Some(others)) = (&mut self.seconds, other.seconds) {
            for (second, of_it) in others {
                seconds.entry(second).or_default().add(of_it);
            }
        }
    }

    /// The report of a load that took so long.
    pub(super) fn report(mut self, total: Duration) -> Report {
        self.times.sort_unstable();
        Report {
            total,
            times: self.times,
            errors: self.errors,
            seconds: self.seconds,
        }
    }
}

impl Second {
    fn add(&mut self, other: Second) {
        self.fastest = match self.count {
            0 => other.fastest,
            _ => self.fastest.min(other.fastest),
        };
        self.slowest = self.slowest.max(other.slowest);
        self.count += other.count;
        self.total += other.total;
    }
}

/// What a load came to.
#[derive(Debug)]
pub(super) struct Report {
    total: Duration,
    /// In ascending order.
    times: Vec<Duration>,
    errors: BTreeMap<String, u64>,
    seconds: Option<BTreeMap<u64, Second>>,
}

impl Report {
    /// How many requests succeeded.
    pub(super) fn count(&self) -> usize {
        self.times.len()
    }

    /// How many requests failed.
    pub(super) fn failures(&self) -> u64 {
        self.errors.values().sum()
    }

    /// The time that this share of all (0 to 100) took at most.
    fn percentile(&self, percent: f64) -> Duration {
        let place = (percent / 100.0 * self.times.len() as f64).ceil() as usize;
        let at = place.clamp(1, self.times.len().max(1)) - 1;
        self.times.get(at).copied().unwrap_or_default()
    }

    fn average_seconds(&self) -> f64 {
        // Of nothing the sum would be -0.
        let total = self
            .times
            .iter()
            .map(Duration::as_secs_f64)
            .fold(0.0, f64::add);
        total / self.times.len().max(1) as f64
    }

    fn deviation_seconds(&self) -> f64 {
        let average = self.average_seconds();
        let square = |time: &Duration| (time.as_secs_f64() - average).powi(2);
        let total = self.times.iter().map(square).fold(0.0, f64::add);
        (total / self.times.len().max(1) as f64).sqrt()
    }

    fn per_second(&self) -> f64 {
        let total = self.total.as_secs_f64();
        if total > 0.0 {
            self.times.len() as f64 / total
        } else {
            0.0
        }
    }

    fn ends(&self) -> (Duration, Duration) {
        let fastest = self.times.first().copied().unwrap_or_default();
        (fastest, self.times.last().copied().unwrap_or_default())
    }

    /// For a person; seconds in full precision if so asked.
    pub(super) fn text(&self, is_precise: bool) -> String {
        let number = |value: f64| match is_precise {
            true => format!("{value}"),
            false => format!("{value:.4}"),
        };
        let mut text = String::new();
        if !self.times.is_empty() {
            text.push_str(&self.summary(&number));
            text.push_str(&self.histogram(&number));
            text.push_str(&self.distribution(&number));
            text.push_str(&self.samples());
        }
        if !self.errors.is_empty() {
            text.push_str("\nError distribution:\n");
            for (error, count) in &self.errors {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "  [{count}]\t{error}");
            }
        }
        text
    }

    fn summary(&self, number: &dyn Fn(f64) -> String) -> String {
        let (fastest, slowest) = self.ends();
        let mut text = "\nSummary:\n".to_owned();
        for (name, seconds) in [
            ("Total", self.total.as_secs_f64()),
            ("Slowest", slowest.as_secs_f64()),
            ("Fastest", fastest.as_secs_f64()),
            ("Average", self.average_seconds()),
            ("Stddev", self.deviation_seconds()),
        ] {
            let _ = writeln!(text, "  {name}:\t{} secs.", number(seconds));
        }
        let _ = writeln!(text, "  Requests/sec:\t{}", number(self.per_second()));
        text
    }

    /// Eleven rows at even distances from the fastest to the slowest, each with how many took at
    /// most as long and longer than the row before.
    fn histogram(&self, number: &dyn Fn(f64) -> String) -> String {
        let (fastest, slowest) = self.ends();
        let step = (slowest - fastest) / BARS;
        let bounds = (0..=BARS).map(|bar| match bar {
            BARS => slowest,
            bar => fastest + step * bar,
        });
        let mut counted = 0;
        let rows: Vec<(Duration, usize)> = bounds
            .map(|bound| {
                let until = self.times.partition_point(|time| *time <= bound);
                let count = until - counted;
                counted = until;
                (bound, count)
            })
            .collect();
        let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let mut text = "\nResponse time histogram:\n".to_owned();
        for (bound, count) in rows {
            let bar = "∎".repeat(count * BAR_WIDTH / most.max(1));
            let bound = number(bound.as_secs_f64());
            let _ = writeln!(text, "  {bound} [{count}]\t|{bar}");
        }
        text
    }

    fn distribution(&self, number: &dyn Fn(f64) -> String) -> String {
        let mut text = "\nLatency distribution:\n".to_owned();
        for percent in PERCENTS {
            let seconds = self.percentile(percent).as_secs_f64();
            let _ = writeln!(text, "  {percent}% in {} secs.", number(seconds));
        }
        text
    }

    fn samples(&self) -> String {
        let Some(seconds) = &self.seconds else {
            return String::new();
        };
        let mut text = "\nSample in one second (unix latency throughput):\n\
                        UNIX-SECOND,MIN-LATENCY-MS,AVG-LATENCY-MS,MAX-LATENCY-MS,AVG-THROUGHPUT\n"
            .to_owned();
        for (second, of_it) in seconds {
            let average = of_it.total.as_secs_f64() / of_it.count.max(1) as f64;
            let _ = writeln!(
                text,
                "{second},{:.3},{:.3},{:.3},{}",
                of_it.fastest.as_secs_f64() * 1_000.0,
                average * 1_000.0,
                of_it.slowest.as_secs_f64() * 1_000.0,
                of_it.count
            );
        }
        text
    }

    /// For a program: seconds, and the errors with how often each came.
    pub(super) fn json(&self) -> Value {
        let (fastest, slowest) = self.ends();
        let percentiles: serde_json::Map<String, Value> = PERCENTS
            .iter()
            .map(|percent| {
                let seconds = self.percentile(*percent).as_secs_f64();
                (percent.to_string(), json!(seconds))
            })
            .collect();
        json!({
            "requests": self.count(),
            "total_seconds": self.total.as_secs_f64(),
            "requests_per_second": self.per_second(),
            "fastest_seconds": fastest.as_secs_f64(),
            "slowest_seconds": slowest.as_secs_f64(),
            "average_seconds": self.average_seconds(),
            "stddev_seconds": self.deviation_seconds(),
            "percentiles_seconds": percentiles,
            "errors": self.errors,
        })
    }
}

/// Rows of the histogram behind the first.
const BARS: u32 = 10;
/// Width of the longest bar, in characters.
const BAR_WIDTH: usize = 40;
/// What is told of the distribution.
const PERCENTS: [f64; 8] = [10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9];

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut tally = Tally::new(false);
        let mut other = Tally::new(false);
        for milliseconds in 1..=100 {
            let time = Duration::from_millis(milliseconds);
            match milliseconds % 2 {
                0 => tally.add(time, Ok(())),
                _ => other.add(time, Ok(())),
            }
        }
        other.add(
            Duration::ZERO,
            Err("etcdserver: too many requests".to_owned()),
        );
        tally.merge(other);
        tally.report(Duration::from_secs(2))
    }

    #[test]
    fn a_summary_looks_as_etcds_does() {
        let text = report().text(false);
        assert!(
            text.starts_with(
                "\nSummary:\n  Total:\t2.0000 secs.\n  Slowest:\t0.1000 secs.\n  Fastest:\t0.0010 \
                 secs.\n  Average:\t0.0505 secs.\n  Stddev:\t0.0289 secs.\n  Requests/sec:\t50.0000\
                 \n\nResponse time histogram:\n  0.0010 [1]\t|∎∎∎∎\n  0.0109 [9]\t|"
            ),
            "{text}"
        );
        assert!(text.contains("\n  0.1000 [10]\t|∎∎∎∎"), "{text}");
        let rows = text.lines().filter(|line| line.contains("]\t|"));
        assert_eq!(rows.count(), 11);
        assert!(
            text.contains("\nLatency distribution:\n  10% in 0.0100 secs.\n  25% in 0.0250 secs."),
            "{text}"
        );
        assert!(text.contains("  99.9% in 0.1000 secs.\n"), "{text}");
        assert!(
            text.ends_with("\nError distribution:\n  [1]\tetcdserver: too many requests\n"),
            "{text}"
        );
    }

    #[test]
    fn full_precision_is_given_when_asked_for() {
        let text = report().text(true);
        assert!(text.contains("  Slowest:\t0.1 secs.\n"), "{text}");
        assert!(text.contains("  Average:\t0.0505"), "{text}");
    }

    #[test]
    fn nothing_measured_is_no_summary() {
        let report = Tally::new(false).report(Duration::from_secs(1));
        assert_eq!(report.text(false), "");
        assert_eq!(report.json()["requests"], 0);
        assert_eq!(report.json()["requests_per_second"], 0.0);
    }

    #[test]
    fn seconds_are_told_apart() {
        let mut tally = Tally::new(true);
        tally.add_time(Duration::from_millis(2));
        let mut other = Tally::new(true);
        other.add_time(Duration::from_millis(4));
        tally.merge(other);
        let text = tally.report(Duration::from_secs(1)).text(false);
        let (_, samples) = text.split_once("AVG-THROUGHPUT\n").expect("its head");
        // Both in one second of the clock, or each in one of its own.
        assert!(
            samples.trim_end().ends_with(",2.000,3.000,4.000,2") || samples.lines().count() == 2,
            "{samples}"
        );
    }

    #[test]
    fn a_program_reads_the_same() {
        let json = report().json();
        assert_eq!(json["requests"], 100);
        assert_eq!(json["requests_per_second"], 50.0);
        assert_eq!(json["percentiles_seconds"]["99"], 0.099);
        assert_eq!(json["errors"]["etcdserver: too many requests"], 1);
    }
}
