//! `compaction`: forgets history.

use clap::Args;
use quorate_api::etcdserverpb::CompactionRequest;

use super::context::Context;
use super::failure::{Exit, Failure};
use crate::go::parse_int;

/// Compacts the event history
#[derive(Args, Clone, Debug)]
pub(crate) struct Compaction {
    /// Wait for compaction to physically remove all old revisions
    #[arg(long)]
    physical: bool,
    /// Up to and including this revision
    #[arg(value_name = "REVISION")]
    revision: Vec<String>,
}

impl Compaction {
    /// Compacts and says so.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let [revision] = self.revision.as_slice() else {
            return Err(Failure::arguments("compaction command needs 1 argument"));
        };
        let revision =
            parse_int(revision, 10).map_err(|reason| Failure::new(Exit::Error, reason))?;
        let request = CompactionRequest {
            revision,
            physical: self.physical,
        };
        context.client()?.compact(request).await?;
        context
            .printer
            .line(&format!("compacted revision {revision}"))
    }
}
