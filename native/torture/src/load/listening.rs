//! All watchers of a round.

use std::time::Duration;

use anyhow::Result;
use quorate_core::command::WatchCreate;
use quorate_core::id::Revision;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::draw::{all_keys, watch};
use super::watcher::Watcher;
use crate::failure::Failure;
use crate::plan::ClusterPlan;
use crate::recorder::Recorder;

/// How long watchers of a whole cluster may take to hear all there is.
const HEAR_LIMIT: Duration = Duration::from_secs(30);

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
    pub(crate) async fn hear_all(mut self, until: Revision) -> Result<()> {
        self.until.send_replace(Some(until));
        let all = async { while self.watchers.join_next().await.is_some() {} };
        if timeout(HEAR_LIMIT, all).await.is_err() {
            let text = format!(
                "{} watches have not heard all up to revision {until} within {HEAR_LIMIT:?}",
                self.watchers.len()
            );
            let property = "watch: reliable";
            return Err(Failure::new(property, "etcd api_guarantees.md, Watch APIs", text).into());
        }
        Ok(())
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
