//! `check datascale`: how much memory a server takes for so many keys.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use indicatif::ProgressBar;
use tokio::task::JoinSet;

use super::keys::Keys;
use super::memory::resident_bytes;
use super::{Load, compact, defragment, delete, ensure_empty};
use crate::ctl::client::Client;
use crate::ctl::context::Context;
use crate::ctl::failure::{Exit, Failure};

/// The datascale check's flags
#[derive(Args, Clone, Debug)]
pub(crate) struct Datascale {
    /// The workload model: s(small), m(medium), l(large), xl(xLarge)
    #[arg(long, default_value = "s")]
    load: String,
    /// The prefix for writing the datascale check's keys
    #[arg(long, default_value = "/etcdctl-check-datascale/")]
    prefix: String,
    /// Compact storage with last revision after test is finished
    #[arg(long)]
    auto_compact: bool,
    /// Defragment storage after test is finished
    #[arg(long)]
    auto_defrag: bool,
}

impl Datascale {
    /// Looks, writes, looks again, tidies up.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let (count, writers) = match Load::parse(&self.load)? {
            Load::Small => (10_000, 50),
            Load::Medium => (100_000, 200),
            Load::Large => (1_000_000, 500),
            Load::ExtraLarge => (3_000_000, 1_000),
        };
        let client = context.patient_client()?;
        ensure_empty(&context.client()?, &self.prefix).await?;
        let endpoint = &context.settings.endpoints[0];
        let before = memory(context, endpoint, "before").await?;
        context.printer.line(&format!(
            "Start data scale check for work load [{count} key-value pairs, {} bytes per \
             key-value, {writers} concurrent clients].",
            KEY_BYTES + VALUE_BYTES
        ))?;
        let errors = self.write(context, count, writers).await?;
        let after = memory(context, endpoint, "after").await?;
        let revision = delete(&client, &self.prefix).await?;
        if self.auto_compact {
            compact(context, &client, revision).await?;
        }
        if self.auto_defrag {
            defragment(context).await?;
        }
        if !errors.is_empty() {
            context.printer.line("FAIL: too many errors")?;
            for (error, count) in errors {
                let text = format!("FAIL: ERROR({error}) -> {count}");
                context.printer.line(&text)?;
            }
            return Err(Failure::silent(Exit::Error as u8));
        }
        let used_megabytes = (after - before) / (1_024.0 * 1_024.0);
        context.printer.line(&format!(
            "PASS: Approximate system memory used : {used_megabytes:.2} MB."
        ))
    }

    async fn write(
        &self,
        context: &Context,
        count: u64,
        writers: usize,
    ) -> Result<BTreeMap<String, u64>, Failure> {
        let left = Arc::new(AtomicU64::new(count));
        // Hidden where no terminal is.
        let bar = ProgressBar::new(count);
        let mut tasks = JoinSet::new();
        for number in 0..writers {
            let client = context.patient_client()?;
            let keys = Keys::new(&self.prefix, number, KEY_BYTES, VALUE_BYTES);
            tasks.spawn(write_some(client, keys, Arc::clone(&left), bar.clone()));
        }
        let mut errors = BTreeMap::new();
        while let Some(failed) = tasks.join_next().await {
            let failed = failed.map_err(|error| Failure::new(Exit::Error, error))?;
            for error in failed {
                *errors.entry(error).or_default() += 1;
            }
        }
        bar.finish_and_clear();
        Ok(errors)
    }
}

async fn write_some(
    client: Client,
    mut keys: Keys,
    left: Arc<AtomicU64>,
    bar: ProgressBar,
) -> Vec<String> {
    let mut errors = Vec::new();
    let take = |left: u64| left.checked_sub(1);
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
        .is_ok()
    {
        if let Err(error) = client.put(keys.next_put()).await {
            errors.push(error.to_string());
        }
        bar.inc(1);
    }
    errors
}

async fn memory(context: &Context, endpoint: &str, when: &str) -> Result<f64, Failure> {
    match resident_bytes(endpoint).await {
        Ok(bytes) => Ok(bytes),
        Err(reason) => {
            context.printer.line(&reason)?;
            context.printer.line(&format!(
                "FAIL: Could not read process_resident_memory_bytes {when} the put operations."
            ))?;
            Err(Failure::silent(Exit::Error as u8))
        }
    }
}

/// etcdctl's.
const KEY_BYTES: usize = 512;
/// etcdctl's.
const VALUE_BYTES: usize = 512;
