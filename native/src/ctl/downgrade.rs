//! `downgrade`: prepares a cluster for an older version.

use clap::{Args, Subcommand};
use quorate_api::etcdserverpb::downgrade_request::DowngradeAction;
use quorate_api::etcdserverpb::{DowngradeRequest, DowngradeResponse};

use super::context::Context;
use super::failure::Failure;
use super::print::{Answer, Encoded, Page};

/// Downgrade related commands
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Downgrade {
    #[command(subcommand)]
    command: DowngradeCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum DowngradeCommand {
    /// Validate downgrade capability before starting downgrade
    Validate {
        /// `major.minor`
        #[arg(value_name = "TARGET_VERSION")]
        version: Vec<String>,
    },
    /// Start a downgrade action to cluster
    Enable {
        /// `major.minor`
        #[arg(value_name = "TARGET_VERSION")]
        version: Vec<String>,
    },
    /// Cancel the ongoing downgrade action to cluster
    Cancel,
}

impl Downgrade {
    /// Asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let (action, name, version) = match self.command {
            DowngradeCommand::Validate { version } => {
                (DowngradeAction::Validate, "validate", target(version)?)
            }
            DowngradeCommand::Enable { version } => {
                (DowngradeAction::Enable, "enable", target(version)?)
            }
            DowngradeCommand::Cancel => (DowngradeAction::Cancel, "cancel", String::new()),
        };
        let request = DowngradeRequest {
            action: action.into(),
            version,
        };
        let response = context.client()?.downgrade(request).await?;
        context.print(&Downgraded { name, response })
    }
}

fn target(mut arguments: Vec<String>) -> Result<String, Failure> {
    match (arguments.len(), arguments.pop()) {
        (_, None) => Err(Failure::arguments("TARGET_VERSION not provided")),
        (1, Some(version)) if version.is_empty() => {
            Err(Failure::arguments("target version not provided"))
        }
        (1, Some(version)) => Ok(version),
        _ => Err(Failure::arguments("too many arguments")),
    }
}

struct Downgraded {
    name: &'static str,
    response: DowngradeResponse,
}

impl Answer for Downgraded {
    fn simple(&self, page: &mut Page) {
        let (name, version) = (self.name, &self.response.version);
        page.line(format_args!(
            "Downgrade {name} success, cluster version {version}"
        ));
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }
}
