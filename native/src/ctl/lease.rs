//! `lease`: grants, revokes, renews and lists leases.

mod answers;

use clap::{Args, Subcommand};
use quorate_api::etcdserverpb::{
    LeaseGrantRequest, LeaseLeasesRequest, LeaseRevokeRequest, LeaseTimeToLiveRequest,
};

use self::answers::{Revoked, TimeToLive};
use super::client::{keep_alive, keep_alive_once};
use super::context::Context;
use super::failure::{Exit, Failure};
use crate::go::parse_int;

/// Lease related commands
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Lease {
    #[command(subcommand)]
    command: LeaseCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum LeaseCommand {
    /// Creates leases
    Grant {
        /// How long it lives without a keep-alive, in seconds
        #[arg(value_name = "TTL")]
        ttl: Vec<String>,
    },
    /// Revokes leases
    Revoke {
        /// The lease's id, in hexadecimal
        #[arg(value_name = "LEASE_ID")]
        id: Vec<String>,
    },
    /// Get lease information
    Timetolive {
        /// Get keys attached to this lease
        #[arg(long)]
        keys: bool,
        /// The lease's id, in hexadecimal
        #[arg(value_name = "LEASE_ID")]
        id: Vec<String>,
    },
    /// List all active leases
    List {
        /// As in etcdctl
        #[arg(hide = true)]
        ignored: Vec<String>,
    },
    /// Keeps leases alive (renew)
    KeepAlive {
        /// Resets the keep-alive time to its original value and exits immediately
        #[arg(long)]
        once: bool,
        /// The lease's id, in hexadecimal
        #[arg(value_name = "LEASE_ID")]
        id: Vec<String>,
    },
}

impl Lease {
    /// Asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            LeaseCommand::Grant { ttl } => grant(context, &ttl).await,
            LeaseCommand::Revoke { id } => revoke(context, &id).await,
            LeaseCommand::Timetolive { keys, id } => time_to_live(context, &id, keys).await,
            LeaseCommand::List { .. } => {
                let response = context.client()?.lease_leases(LeaseLeasesRequest {}).await;
                context.print(&response.map_err(no_connection)?)
            }
            LeaseCommand::KeepAlive { once, id } => renew(context, &id, once).await,
        }
    }
}

async fn grant(context: &Context, arguments: &[String]) -> Result<(), Failure> {
    let [ttl] = arguments else {
        return Err(Failure::arguments("lease grant command needs TTL argument"));
    };
    let ttl =
        parse_int(ttl, 10).map_err(|reason| Failure::arguments(format!("bad TTL ({reason})")))?;
    let request = LeaseGrantRequest { ttl, id: 0 };
    let response = context.client()?.lease_grant(request).await;
    let response = response.map_err(|error| failed("grant", error))?;
    context.print(&response)
}

async fn revoke(context: &Context, arguments: &[String]) -> Result<(), Failure> {
    let id = lease_id(arguments, "lease revoke command needs 1 argument")?;
    let response = context
        .client()?
        .lease_revoke(LeaseRevokeRequest { id })
        .await;
    let response = response.map_err(|error| failed("revoke", error))?;
    context.print(&Revoked { id, response })
}

async fn time_to_live(
    context: &Context,
    arguments: &[String],
    with_keys: bool,
) -> Result<(), Failure> {
    let needs = "lease timetolive command needs lease ID as argument";
    let id = lease_id(arguments, needs)?;
    let request = LeaseTimeToLiveRequest {
        id,
        keys: with_keys,
    };
    let response = context.client()?.lease_time_to_live(request).await;
    let response = response.map_err(no_connection)?;
    context.print(&TimeToLive {
        response,
        with_keys,
    })
}

async fn renew(context: &Context, arguments: &[String], once: bool) -> Result<(), Failure> {
    let needs = "lease keep-alive command needs lease ID as argument";
    let id = lease_id(arguments, needs)?;
    if once {
        let response = keep_alive_once(&context.client()?, id).await;
        return context.print(&response.map_err(no_connection)?);
    }
    let mut answers = keep_alive(&context.patient_client()?, id);
    while let Some(response) = answers.recv().await {
        context.print(&response)?;
    }
    if context.printer.is_simple() {
        context
            .printer
            .line(&format!("lease {id:016x} expired or revoked."))?;
    }
    Ok(())
}

fn lease_id(arguments: &[String], needs: &str) -> Result<i64, Failure> {
    let [id] = arguments else {
        return Err(Failure::arguments(needs));
    };
    parse_int(id, 16).map_err(|reason| {
        Failure::arguments(format!("bad lease ID arg ({reason}), expecting ID in Hex"))
    })
}

fn failed(what: &str, error: impl ToString) -> Failure {
    let text = format!("failed to {what} lease ({})", error.to_string());
    Failure::new(Exit::Error, text)
}

/// etcdctl takes any failure of these calls for want of a connection.
fn no_connection(error: impl ToString) -> Failure {
    Failure::new(Exit::BadConnection, error)
}
