//! `endpoint`: how servers are.

mod hash_kv;
mod health;
mod status;

use clap::{Args, Subcommand};
use prost::{Message, Name};
use quorate_api::etcdserverpb::MemberListRequest;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::print::Encoded;
use crate::go::{JsonObject, parse_flag_int};

/// Endpoint related commands
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Endpoint {
    /// Use all endpoints from the cluster member list
    #[arg(long, global = true)]
    cluster: bool,
    #[command(subcommand)]
    command: EndpointCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum EndpointCommand {
    /// Checks the healthiness of endpoints specified in `--endpoints` flag
    Health {
        /// As in etcdctl
        #[arg(hide = true)]
        ignored: Vec<String>,
    },
    /// Prints out the status of endpoints specified in `--endpoints` flag
    ///
    /// When --write-out is set to simple, this command prints out comma-separated status lists
    /// for each endpoint.
    Status {
        /// As in etcdctl
        #[arg(hide = true)]
        ignored: Vec<String>,
    },
    /// Prints the KV history hash for each endpoint in --endpoints
    Hashkv {
        /// Maximum revision to hash (default: latest revision)
        #[arg(long, default_value = "0", hide_default_value = true, value_parser = parse_flag_int)]
        rev: i64,
        /// As in etcdctl
        #[arg(hide = true)]
        ignored: Vec<String>,
    },
}

impl Endpoint {
    /// Asks each and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let endpoints = endpoints(context, self.cluster).await?;
        match self.command {
            EndpointCommand::Health { .. } => health::run(context, endpoints).await,
            EndpointCommand::Status { .. } => status::run(context, &endpoints).await,
            EndpointCommand::Hashkv { rev, .. } => hash_kv::run(context, &endpoints, rev).await,
        }
    }
}

/// The endpoints given, or those of all members.
///
/// # Errors
/// The members cannot be asked for.
pub(crate) async fn endpoints(context: &Context, cluster: bool) -> Result<Vec<String>, Failure> {
    if !cluster {
        return Ok(context.settings.endpoints.clone());
    }
    let request = MemberListRequest { linearizable: true };
    let members = context.client()?.member_list(request).await;
    let members = members.map_err(|error| {
        let text = format!("failed to fetch endpoints from etcd cluster member list: {error}");
        Failure::new(Exit::Error, text)
    })?;
    let members = members.members.into_iter();
    Ok(members.flat_map(|member| member.client_ur_ls).collect())
}

/// What each endpoint answered, under the name that Go gives it there.
fn json_list<M: Message + Name>(field: &str, answers: &[(String, M)]) -> String {
    if answers.is_empty() {
        return "null".to_owned();
    }
    let object = |(endpoint, answer): &(String, M)| {
        JsonObject::new()
            .string("Endpoint", endpoint)
            .raw(field, &Encoded::new(answer).json())
            .end()
    };
    let objects: Vec<String> = answers.iter().map(object).collect();
    format!("[{}]", objects.join(","))
}
