//! `check perf`: whether the cluster carries so many writes a second, quickly and evenly.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::ProgressBar;
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use super::keys::Keys;
use super::{Load, compact, defragment, delete, ensure_empty};
use crate::ctl::client::Client;
use crate::ctl::context::Context;
use crate::ctl::failure::{Exit, Failure};
use crate::ctl::session::Signals;
use crate::go::parse_duration;
use crate::latency::Latencies;

/// The performance check's flags
#[derive(Args, Clone, Debug)]
pub(crate) struct Perf {
    /// The workload model: s(small), m(medium), l(large), xl(xLarge)
    #[arg(long, default_value = "s")]
    load: String,
    /// The prefix for writing the performance check's keys
    #[arg(long, default_value = "/etcdctl-check-perf/")]
    prefix: String,
    /// How long it writes
    #[arg(long, default_value = "60s", value_parser = parse_duration)]
    duration: Duration,
    /// Compact storage with last revision after test is finished
    #[arg(long)]
    auto_compact: bool,
    /// Defragment storage after test is finished
    #[arg(long)]
    auto_defrag: bool,
}

impl Perf {
    /// Writes at the load's rate, tidies up, and judges.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let (rate, writers) = match Load::parse(&self.load)? {
            Load::Small => (150, 50),
            Load::Medium => (1_000, 200),
            Load::Large => (8_000, 500),
            Load::ExtraLarge => (15_000, 1_000),
        };
        let client = context.patient_client()?;
        ensure_empty(&context.client()?, &self.prefix).await?;
        let mut signals = Signals::catch()?;
        let measured = tokio::select! {
            measured = self.write(context, rate, writers) => measured?,
            () = signals.come() => {
                signals.unless_one_comes(delete(&client, &self.prefix)).await??;
                return Err(Failure::new(Exit::Error, "interrupted; its keys are deleted"));
            }
        };
        let tidying = self.tidy(context, &client);
        signals.unless_one_comes(tidying).await??;
        measured.judge(context, f64::from(rate))
    }

    async fn tidy(&self, context: &Context, client: &Client) -> Result<(), Failure> {
        match delete(client, &self.prefix).await {
            Ok(revision) if self.auto_compact => compact(context, client, revision).await?,
            Ok(_) => {}
            Err(error) => context.printer.line(&format!(
                "FAIL: Cleanup failed during key deletion: ERROR({error})"
            ))?,
        }
        if self.auto_defrag {
            defragment(context).await?;
        }
        Ok(())
    }

    async fn write(
        &self,
        context: &Context,
        rate: u32,
        writers: usize,
    ) -> Result<Measured, Failure> {
        let schedule = Arc::new(Schedule {
            start: tokio::time::Instant::now(),
            interval: Duration::from_secs(1) / rate,
            duration: self.duration,
            next: AtomicU32::new(0),
        });
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for number in 0..writers {
            // Each with a connection of its own, as many clients would have.
            let client = context.patient_client()?;
            let keys = Keys::new(&self.prefix, number, KEY_BYTES, VALUE_BYTES);
            tasks.spawn(write_one(client, keys, Arc::clone(&schedule)));
        }
        // Hidden where no terminal is.
        let bar = ProgressBar::new(self.duration.as_secs());
        let mut measured = Measured::new();
        loop {
            tokio::select! {
                results = tasks.join_next() => match results {
                    None => break,
                    Some(Ok(results)) => measured.add(results),
                    Some(Err(error)) => return Err(Failure::new(Exit::Error, error)),
                },
                () = tokio::time::sleep(Duration::from_millis(200)) => {
                    bar.set_position(start.elapsed().as_secs());
                }
            }
        }
        bar.finish_and_clear();
        measured.total = start.elapsed();
        Ok(measured)
    }
}

/// When the next write is due, whoever makes it.
struct Schedule {
    start: tokio::time::Instant,
    interval: Duration,
    duration: Duration,
    next: AtomicU32,
}

type Results = Vec<Result<Duration, String>>;

async fn write_one(client: Client, mut keys: Keys, schedule: Arc<Schedule>) -> Results {
    let mut results = Vec::new();
    loop {
        let number = schedule.next.fetch_add(1, Ordering::Relaxed);
        let after = schedule.interval * number;
        if after >= schedule.duration {
            return results;
        }
        let due = schedule.start + after;
        sleep_until(due).await;
        let start = Instant::now();
        let result = client.put(keys.next_put()).await;
        results.push(match result {
            Ok(_) => Ok(start.elapsed()),
            Err(error) => Err(error.to_string()),
        });
        // A cluster that is too slow is not asked for more than the time that was given.
        if schedule.start.elapsed() >= schedule.duration {
            return results;
        }
    }
}

struct Measured {
    latencies: Latencies,
    errors: BTreeMap<String, u64>,
    total: Duration,
}

impl Measured {
    fn new() -> Self {
        Self {
            latencies: Latencies::new(),
            errors: BTreeMap::new(),
            total: Duration::ZERO,
        }
    }

    fn add(&mut self, results: Results) {
        for result in results {
            match result {
                Ok(time) => self.latencies.record(time),
                Err(error) => *self.errors.entry(error).or_default() += 1,
            }
        }
    }

    fn judge(&self, context: &Context, rate: f64) -> Result<(), Failure> {
        let printer = &context.printer;
        if self.latencies.count() > 0 {
            printer.line("Response time histogram:")?;
            printer.line(self.latencies.bars().trim_end())?;
            printer.line("Latency distribution:")?;
            printer.line(self.latencies.percentiles(&PERCENTS).trim_end())?;
        }
        let mut passed = self.errors.is_empty();
        if !passed {
            printer.line("FAIL: too many errors")?;
            for (error, count) in &self.errors {
                printer.line(&format!("FAIL: ERROR({error}) -> {count}"))?;
            }
        }
        let per_second = self.latencies.count() as f64 / self.total.as_secs_f64();
        let shown = per_second as u64 + 1;
        let slowest = self.latencies.slowest().as_secs_f64();
        let deviation = self.latencies.deviation().as_secs_f64();
        for (good, yes, no) in [
            (
                per_second / rate > THROUGHPUT_SHARE_MIN,
                format!("PASS: Throughput is {shown} writes/s"),
                format!("FAIL: Throughput too low: {shown} writes/s"),
            ),
            (
                slowest <= SLOWEST_SECONDS_MAX,
                format!("PASS: Slowest request took {slowest:.6}s"),
                format!("Slowest request took too long: {slowest:.6}s"),
            ),
            (
                deviation <= DEVIATION_SECONDS_MAX,
                format!("PASS: Stddev is {deviation:.6}s"),
                format!("Stddev too high: {deviation:.6}s"),
            ),
        ] {
            printer.line(if good { &yes } else { &no })?;
            passed &= good;
        }
        if passed {
            return printer.line("PASS");
        }
        printer.line("FAIL")?;
        Err(Failure::silent(Exit::Error as u8))
    }
}

/// etcdctl's.
const KEY_BYTES: usize = 256;
/// etcdctl's.
const VALUE_BYTES: usize = 1_024;
/// The share of the load that has to be carried.
const THROUGHPUT_SHARE_MIN: f64 = 0.9;
/// No write may take longer.
const SLOWEST_SECONDS_MAX: f64 = 0.5;
/// Writes have to take about the same time.
const DEVIATION_SECONDS_MAX: f64 = 0.1;
/// What is printed of the distribution.
const PERCENTS: [f64; 6] = [50.0, 75.0, 90.0, 95.0, 99.0, 99.9];
