//! `check`: writes a load and judges how the cluster carries it.

mod datascale;
mod keys;
mod memory;
mod perf;

use clap::{Args, Subcommand};
use quorate_api::etcdserverpb::{
    CompactionRequest, DefragmentRequest, DeleteRangeRequest, RangeRequest,
};

use super::client::{CallError, Client, deadline_in};
use super::context::Context;
use super::failure::{Exit, Failure};
use super::range::KeyRange;

/// Commands for checking properties of the cluster
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Check {
    #[command(subcommand)]
    command: CheckCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum CheckCommand {
    /// Check the performance of the cluster
    Perf(perf::Perf),
    /// Check the memory usage of holding data for different workloads on a given server endpoint
    ///
    /// If multiple endpoints are provided, first endpoint will be used.
    Datascale(datascale::Datascale),
}

impl Check {
    /// Writes, measures, judges and tidies up.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            CheckCommand::Perf(perf) => perf.run(context).await,
            CheckCommand::Datascale(datascale) => datascale.run(context).await,
        }
    }
}

/// How large a load is: `s`, `m`, `l` or `xl`, or the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    Small,
    Medium,
    Large,
    ExtraLarge,
}

impl Load {
    fn parse(name: &str) -> Result<Self, Failure> {
        match name {
            "s" | "small" => Ok(Self::Small),
            "m" | "medium" => Ok(Self::Medium),
            "l" | "large" => Ok(Self::Large),
            "xl" | "xLarge" => Ok(Self::ExtraLarge),
            _ => {
                let text = format!("unknown load option {name}");
                Err(Failure::new(Exit::BadFeature, text))
            }
        }
    }
}

/// Refuses a prefix that has keys: they would be deleted in the end.
async fn ensure_empty(client: &Client, prefix: &str) -> Result<(), Failure> {
    let range = KeyRange::prefix(prefix.to_owned().into());
    let request = RangeRequest {
        key: range.key,
        range_end: range.end,
        limit: 1,
        ..RangeRequest::default()
    };
    if client.range(request).await?.kvs.is_empty() {
        return Ok(());
    }
    let text =
        format!("prefix {prefix:?} has keys. Delete with 'quoratectl del --prefix {prefix}' first");
    Err(Failure::new(Exit::InvalidInput, text))
}

/// Deletes what was written; answers at which revision.
async fn delete(client: &Client, prefix: &str) -> Result<i64, CallError> {
    let range = KeyRange::prefix(prefix.to_owned().into());
    let request = DeleteRangeRequest {
        key: range.key,
        range_end: range.end,
        prev_kv: false,
    };
    let client = client.until(deadline_in(TIDY_TIMEOUT));
    let response = client.delete_range(request).await?;
    Ok(response.header.map_or(0, |header| header.revision))
}

async fn compact(context: &Context, client: &Client, revision: i64) -> Result<(), Failure> {
    let printer = &context.printer;
    printer.line(&format!("Compacting with revision {revision}"))?;
    let request = CompactionRequest {
        revision,
        physical: true,
    };
    let client = client.until(deadline_in(TIDY_TIMEOUT));
    client.compact(request).await?;
    printer.line(&format!("Compacted with revision {revision}"))
}

async fn defragment(context: &Context) -> Result<(), Failure> {
    for endpoint in &context.settings.endpoints {
        let printer = &context.printer;
        printer.line(&format!("Defragmenting {endpoint:?}"))?;
        let client = context
            .client_of(endpoint)?
            .until(deadline_in(TIDY_TIMEOUT));
        client.defragment(DefragmentRequest {}).await?;
        printer.line(&format!("Defragmented {endpoint:?}"))?;
    }
    Ok(())
}

/// Tidying up a large load takes longer than a short command.
const TIDY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);
