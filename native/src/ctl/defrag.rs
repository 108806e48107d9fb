//! `defrag`: gives back what members do not use.

use std::io::{self, Write};
use std::time::Instant;

use clap::Args;
use quorate_api::etcdserverpb::DefragmentRequest;

use super::context::Context;
use super::endpoint;
use super::failure::{Exit, Failure};
use crate::go::GoDuration;

/// Defragments the storage of the members with given endpoints
#[derive(Args, Clone, Debug)]
pub(crate) struct Defrag {
    /// Use all endpoints from the cluster member list
    #[arg(long)]
    cluster: bool,
}

impl Defrag {
    /// One after the other; a failure does not spare the next.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let mut failed = false;
        for name in endpoint::endpoints(context, self.cluster).await? {
            let client = context.client_of(&name)?;
            let start = Instant::now();
            let result = client.defragment(DefragmentRequest {}).await;
            let took = GoDuration(start.elapsed()).to_string();
            match result {
                Ok(_) => context.printer.line(&format!(
                    "Finished defragmenting etcd member[{name}]. took {took}"
                ))?,
                Err(error) => {
                    failed = true;
                    // Whoever cannot be told sees the exit code.
                    let _ = writeln!(
                        io::stderr(),
                        "Failed to defragment etcd member[{name}]. took {took}. ({error})"
                    );
                }
            }
        }
        if failed {
            return Err(Failure::silent(Exit::Error as u8));
        }
        Ok(())
    }
}
