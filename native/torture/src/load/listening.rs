//! All watchers of a round.

use std::time::Duration;

use anyhow::{Context, Result};
use quorate_core::command::WatchCreate;
use quorate_core::id::Revision;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::draw::{all_keys, watch};
use super::watcher::Watcher;
use crate::patience::Patience;
use crate::plan::ClusterPlan;
use crate::recorder::Recorder;

/// The pause between two looks at those that have not heard all yet.
const PAUSE: Duration = Duration::from_millis(100);

/// Watchers that hear until they have heard enough.
pub(crate) struct Listening {
    watchers: JoinSet<()>,
    until: watch::Sender<Option<Revision>>,
}

impl Listening {
    /// Lets them begin: one hears of all changes behind a revision, so many others of something.
    pub(crate) fn start(
        plan: &ClusterPlan,
        round: u64,
        client_ports: &[u16],
        recorder: &Recorder,
        from: Revision,
        others: u64,
    ) -> Self {
        let (until, _) = watch::channel(None);
        let mut watchers = JoinSet::new();
        for number in 0..=others {
            let mut prng = plan.prng(&format!("watcher {number}"), round);
            let create = match number {
                0 => everything_behind(from),
                _ => watch(&mut prng, from),
            };
            let watcher = Watcher::new(prng, client_ports.to_vec(), recorder.clone(), create);
            watchers.spawn(watcher.run(until.subscribe()));
        }
        Self { watchers, until }
    }

    /// Waits until each has heard all up to a revision.
    pub(crate) async fn hear_all(mut self, until: Revision, patience: &Patience) -> Result<()> {
        self.until.send_replace(Some(until));
        let wait = patience.wait_for(&format!("watches that have heard all up to {until}"));
        loop {
            match timeout(PAUSE, self.watchers.join_next()).await {
                Ok(None) => return Ok(()),
                Ok(Some(ended)) => ended.context("a watcher did not come to its end")?,
                Err(_) => {
                    let seen = format!("{} have not", self.watchers.len());
                    let source = "etcd api_guarantees.md, Watch APIs";
                    wait.check("watch: reliable", source, &seen)?;
                }
            }
        }
    }
}

fn everything_behind(from: Revision) -> WatchCreate {
    let all = all_keys();
    WatchCreate {
        key: all.key,
        range_end: all.range_end,
        start_revision: Revision(from.0 + 1),
        previous: true,
        ..WatchCreate::default()
    }
}
