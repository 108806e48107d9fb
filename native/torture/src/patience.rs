//! How long to wait for what must come, on a machine that others use as well.
//!
//! A cluster with short election timeouts cannot elect while its processes are not run or its
//! disk does not answer; that it has no leader then says nothing of it. So time counts here only
//! while this machine does in time what it is asked: a thread sleeps, writes and syncs a little,
//! and looks at the clock.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::failure::Failure;

/// How long what must come may take, in time that counts.
const LIMIT: Duration = Duration::from_secs(30);
/// When it is given up, in any case.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(300);
/// What is slept between two looks at the clock.
const STEP: Duration = Duration::from_millis(20);
/// What a step may take to count: a quarter of an election timeout.
const STEP_MAX: Duration = Duration::from_millis(50);

/// Measures the time that counts, until it is dropped.
pub(crate) struct Patience {
    shared: Arc<Shared>,
}

/// What the thread that measures shares with those that wait.
#[derive(Default)]
struct Shared {
    good_ms: AtomicU64,
    /// Nothing is measured while nobody waits.
    waiting: AtomicU64,
    is_over: AtomicBool,
}

/// Something is waited for.
pub(crate) struct Wait<'a> {
    shared: &'a Shared,
    what: String,
    begun: Instant,
    begun_good_ms: u64,
}

impl Patience {
    /// Begins to measure, by a file of its own.
    pub(crate) fn start(path: PathBuf) -> Result<Self> {
        let mut file =
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let shared = Arc::new(Shared::default());
        let measured = shared.clone();
        thread::Builder::new()
            .name("patience".to_owned())
            .spawn(move || {
                while !measured.is_over.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    thread::sleep(STEP);
                    if measured.waiting.load(Ordering::Relaxed) == 0 {
                        continue;
                    }
                    let is_written = file.write_all(b".").and_then(|()| file.sync_data());
                    if is_written.is_ok() && begun.elapsed() <= STEP_MAX {
                        let step_ms = u64::try_from(STEP.as_millis()).unwrap_or(u64::MAX);
                        measured.good_ms.fetch_add(step_ms, Ordering::Relaxed);
                    }
                }
            })?;
        Ok(Self { shared })
    }

    /// Begins to wait for something.
    pub(crate) fn wait_for(&self, what: &str) -> Wait<'_> {
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        Wait {
            shared: &self.shared,
            what: what.to_owned(),
            begun: Instant::now(),
            begun_good_ms: self.shared.good_ms.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Wait<'_> {
    /// Says whether to go on waiting.
    ///
    /// # Errors
    /// A [`Failure`] when it should have come by now, with what is seen instead; another error
    /// when this machine is too busy to tell.
    pub(crate) fn check(&self, property: &str, source: &str, seen: &str) -> Result<()> {
        let good_ms = self.shared.good_ms.load(Ordering::Relaxed) - self.begun_good_ms;
        if Duration::from_millis(good_ms) > LIMIT {
            let text = format!(
                "waited in vain for {} ({:.0} s by the clock): {seen}",
                self.what,
                self.begun.elapsed().as_secs_f64()
            );
            return Err(Failure::new(property, source, text).into());
        }
        if self.begun.elapsed() > GIVEN_UP_AFTER {
            bail!(
                "this machine is too busy: {} did not come within {GIVEN_UP_AFTER:?}, of which {} \
                 s count",
                self.what,
                good_ms / 1_000
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_too_long_is_told_what_is_seen_instead() {
        let folder = tempfile::tempdir().expect("a folder");
        let patience = Patience::start(folder.path().join("patience")).expect("a file");
        let wait = patience.wait_for("a leader");
        wait.check("liveness", "", "nobody")
            .expect("it has only begun");
        // As if so much good time had gone by.
        patience.shared.good_ms.fetch_add(31_000, Ordering::Relaxed);
        let error = wait
            .check("liveness", "", "nobody")
            .expect_err("it is over");
        let failure = error.downcast::<Failure>().expect("a failure");
        assert!(failure.text.contains("a leader") && failure.text.ends_with("nobody"));
    }
}
