//! `auth`: switches users and roles on and off.

use clap::{Args, Subcommand};
use quorate_api::etcdserverpb::{
    AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest, AuthStatusRequest,
    AuthStatusResponse, AuthUserGrantRoleRequest,
};

use super::client::CallError;
use super::context::Context;
use super::failure::Failure;
use super::print::{Answer, Encoded, Page};
use super::user::none;

/// Enable or disable authentication
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Auth {
    #[command(subcommand)]
    command: AuthCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum AuthCommand {
    /// Enables authentication
    Enable {
        #[arg(hide = true)]
        rest: Vec<String>,
    },
    /// Disables authentication
    Disable {
        #[arg(hide = true)]
        rest: Vec<String>,
    },
    /// Returns authentication status
    Status {
        #[arg(hide = true)]
        rest: Vec<String>,
    },
}

impl Auth {
    /// Asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            AuthCommand::Enable { rest } => {
                none(&rest, "auth enable command does not accept any arguments")?;
                enable(context).await?;
                context.printer.line("Authentication Enabled")
            }
            AuthCommand::Disable { rest } => {
                none(&rest, "auth disable command does not accept any arguments")?;
                let client = context.client()?;
                client.auth_disable(AuthDisableRequest {}).await?;
                context.printer.line("Authentication Disabled")
            }
            AuthCommand::Status { rest } => {
                none(&rest, "auth status command does not accept any arguments")?;
                let client = context.client()?;
                let response = client.auth_status(AuthStatusRequest {}).await?;
                context.print(&response)
            }
        }
    }
}

/// Enables it; when the root user lacks the root role, gives it that first, as etcdctl does.
async fn enable(context: &Context) -> Result<(), Failure> {
    let client = context.client()?;
    let enabled = client.auth_enable(AuthEnableRequest {}).await;
    let lacks_role = |error: &CallError| error.is("etcdserver: root user does not have root role");
    match enabled {
        Err(error) if lacks_role(&error) => {}
        other => {
            other?;
            return Ok(());
        }
    }
    let root = || "root".to_owned();
    let add = AuthRoleAddRequest { name: root() };
    client.role_add(add).await?;
    let grant = AuthUserGrantRoleRequest {
        user: root(),
        role: root(),
    };
    client.user_grant_role(grant).await?;
    client.auth_enable(AuthEnableRequest {}).await?;
    Ok(())
}

impl Answer for AuthStatusResponse {
    fn simple(&self, page: &mut Page) {
        page.line(format_args!("Authentication Status: {}", self.enabled));
        page.line(format_args!("AuthRevision: {}", self.auth_revision));
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }
}
