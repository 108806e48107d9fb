//! So many requests, made by so many clients.

use std::future::Future;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::sleep_until;
use tonic::Status;
use tonic::transport::Channel;

use super::connections;
use super::report::{Report, Tally};
use super::settings::Settings;
use crate::ctl::client::CallError;
use crate::ctl::failure::{Exit, Failure};

/// What every command is given.
pub(super) struct Bench {
    /// The flags.
    pub(super) settings: Settings,
    channels: Vec<Channel>,
    is_interrupted: Arc<AtomicBool>,
    has_failures: AtomicBool,
}

/// Who makes a request.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The client's number, from 0.
    pub(super) client: usize,
    /// Its connection, which it may share with others.
    pub(super) channel: Channel,
}

/// How much is to be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount {
    /// Requests in all.
    pub(super) total: u64,
    /// Requests a second at most; 0 for as many as can be.
    pub(super) rate: u64,
}

impl Bench {
    /// Connects.
    ///
    /// # Errors
    /// An endpoint that cannot be, or cannot be reached.
    pub(super) async fn new(settings: Settings) -> Result<Self, Failure> {
        let channels = connections::open(&settings).await?;
        let is_interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&is_interrupted);
        tokio::spawn(async move {
            // The first lets what is under way end, and what was measured be printed.
            while tokio::signal::ctrl_c().await.is_ok() {
                if flag.swap(true, Ordering::Relaxed) {
                    std::process::exit(EXIT_INTERRUPTED.into());
                }
            }
        });
        Ok(Self {
            settings,
            channels,
            is_interrupted,
            has_failures: AtomicBool::new(false),
        })
    }

    /// The connection of a client, by its number.
    pub(super) fn channel(&self, client: usize) -> Channel {
        self.channels[client % self.channels.len()].clone()
    }

    /// Whether the user has had enough.
    pub(super) fn is_interrupted(&self) -> bool {
        self.is_interrupted.load(Ordering::Relaxed)
    }

    /// Makes requests until all are made. `request` is given who makes it, and its number.
    ///
    /// # Errors
    /// A client that did not come to its end.
    pub(super) async fn run<F, Answer>(&self, amount: Amount, request: F) -> Result<Report, Failure>
    where
        F: Fn(Caller, u64) -> Answer + Clone + Send + Sync + 'static,
        Answer: Future<Output = Result<(), Status>> + Send,
    {
        let [report] = self.run_apart(amount, |_| 0, request).await?;
        Ok(report)
    }

    /// The same for requests of several kinds, each reported by itself. `kind` tells which a
    /// request of a number is, from 0.
    ///
    /// # Errors
    /// A client that did not come to its end.
    pub(super) async fn run_apart<const KINDS: usize, F, Answer>(
        &self,
        amount: Amount,
        kind: impl Fn(u64) -> usize + Clone + Send + Sync + 'static,
        request: F,
    ) -> Result<[Report; KINDS], Failure>
    where
        F: Fn(Caller, u64) -> Answer + Clone + Send + Sync + 'static,
        Answer: Future<Output = Result<(), Status>> + Send,
    {
        let by_second = self.settings.sample;
        let no_tallies = move || std::array::from_fn(|_| Tally::new(by_second));
        let shared = Arc::new(Shared {
            next: AtomicU64::new(0),
            amount,
            start: tokio::time::Instant::now(),
            is_interrupted: Arc::clone(&self.is_interrupted),
        });
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for client in 0..self.settings.clients {
            let channel = self.channel(client);
            let caller = Caller { client, channel };
            let (request, kind) = (request.clone(), kind.clone());
            let shared = Arc::clone(&shared);
            tasks.spawn(async move {
                let mut tallies: [Tally; KINDS] = no_tallies();
                while let Some(number) = shared.next_number().await {
                    let start = Instant::now();
                    let result = request(caller.clone(), number).await;
                    let tally = &mut tallies[kind(number)];
                    tally.add(start.elapsed(), result.map_err(text_of));
                }
                tallies
            });
        }
        let bar = progress_bar(amount.total);
        let mut tallies: [Tally; KINDS] = no_tallies();
        loop {
            tokio::select! {
                ended = tasks.join_next() => match ended {
                    None => break,
                    Some(Ok(measured)) => {
                        for (tally, of_client) in tallies.iter_mut().zip(measured) {
                            tally.merge(of_client);
                        }
                    }
                    Some(Err(error)) => return Err(Failure::new(Exit::Error, error)),
                },
                () = tokio::time::sleep(BAR_INTERVAL) => {
                    let made = shared.next.load(Ordering::Relaxed);
                    bar.set_position(made.min(amount.total));
                }
            }
        }
        let total = start.elapsed();
        bar.finish_and_clear();
        Ok(tallies.map(|tally| tally.report(total)))
    }

    /// Prints reports, each below its title.
    ///
    /// # Errors
    /// Nobody reads.
    pub(super) fn print(&self, reports: &[(&str, &Report)]) -> Result<(), Failure> {
        let mut out = std::io::stdout();
        if self.settings.json {
            let all = reports.iter().map(|(title, report)| {
                let name = title.trim_end_matches(':').to_lowercase().replace(' ', "_");
                (name, report.json())
            });
            // One report has no need of a name.
            let value = match reports {
                [(_, report)] => report.json(),
                _ => Value::Object(all.collect()),
            };
            writeln!(out, "{value}")?;
        } else {
            for (title, report) in reports {
                if !title.is_empty() {
                    writeln!(out, "\n{title}")?;
                }
                write!(out, "{}", report.text(self.settings.precise))?;
            }
        }
        if reports.iter().any(|(_, report)| report.failures() > 0) {
            self.has_failures.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Says something to whoever looks, where no program reads.
    ///
    /// # Errors
    /// Nobody reads.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        if !self.settings.json {
            writeln!(std::io::stdout(), "{text}")?;
        }
        Ok(())
    }

    /// How it all ended.
    ///
    /// # Errors
    /// It was interrupted, or requests failed: that is in the report already.
    pub(super) fn end(&self) -> Result<(), Failure> {
        if self.is_interrupted() {
            return Err(Failure {
                code: EXIT_INTERRUPTED,
                text: Some("interrupted: not all requests were made".to_owned()),
            });
        }
        match self.has_failures.load(Ordering::Relaxed) {
            true => Err(Failure::silent(Exit::Error as u8)),
            false => Ok(()),
        }
    }
}

struct Shared {
    next: AtomicU64,
    amount: Amount,
    start: tokio::time::Instant,
    is_interrupted: Arc<AtomicBool>,
}

impl Shared {
    /// The number of the next request, when it is due; nothing when all are made.
    async fn next_number(&self) -> Option<u64> {
        if self.is_interrupted.load(Ordering::Relaxed) {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if number >= self.amount.total {
            return None;
        }
        if self.amount.rate > 0 {
            let after = Duration::from_secs_f64(number as f64 / self.amount.rate as f64);
            sleep_until(self.start + after).await;
        }
        Some(number)
    }
}

/// Why a request failed, in the words of etcd's client.
pub(super) fn text_of(status: Status) -> String {
    CallError::from(status).to_string()
}

/// The same as an end of the whole.
pub(super) fn failed(status: Status) -> Failure {
    Failure::new(Exit::Error, text_of(status))
}

/// Shown on a terminal's standard error, and nowhere else.
pub(super) fn progress_bar(total: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{human_pos} / {human_len} {wide_bar} {percent}% {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style)
}

/// How often the progress bar moves.
const BAR_INTERVAL: Duration = Duration::from_millis(200);
/// As a shell says that Ctrl-C ended a program.
const EXIT_INTERRUPTED: u8 = 130;
