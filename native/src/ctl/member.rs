//! `member`: who is in the cluster.

mod answers;

use clap::{Args, Subcommand};
use quorate_api::etcdserverpb::{
    MemberAddRequest, MemberListRequest, MemberPromoteRequest, MemberRemoveRequest,
    MemberUpdateRequest,
};

use self::answers::{Added, Promoted, Removed, Updated};
use super::context::Context;
use super::failure::{Exit, Failure};
use super::get::is_serializable;
use crate::go::parse_uint;

/// Membership related commands
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Member {
    #[command(subcommand)]
    command: MemberCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum MemberCommand {
    /// Adds a member into the cluster
    Add {
        /// Comma separated peer URLs for the new member
        #[arg(long, default_value = "", hide_default_value = true)]
        peer_urls: String,
        /// Indicates if the new member is raft learner
        #[arg(long)]
        learner: bool,
        /// Its name
        #[arg(value_name = "NAME")]
        name: Vec<String>,
    },
    /// Removes a member from the cluster
    Remove {
        /// The member's id, in hexadecimal
        #[arg(value_name = "MEMBER_ID")]
        id: Vec<String>,
    },
    /// Updates a member in the cluster
    Update {
        /// Comma separated peer URLs for the updated member
        #[arg(long, default_value = "", hide_default_value = true)]
        peer_urls: String,
        /// The member's id, in hexadecimal
        #[arg(value_name = "MEMBER_ID")]
        id: Vec<String>,
    },
    /// Lists all members in the cluster
    ///
    /// When --write-out is set to simple, this command prints out comma-separated member lists.
    /// The items in the lists are ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.
    List {
        /// Linearizable(l) or Serializable(s)
        #[arg(long, default_value = "l")]
        consistency: String,
        /// As in etcdctl
        #[arg(hide = true)]
        ignored: Vec<String>,
    },
    /// Promotes a non-voting member in the cluster
    Promote {
        /// The member's id, in hexadecimal
        #[arg(value_name = "MEMBER_ID")]
        id: Vec<String>,
    },
}

impl Member {
    /// Asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            MemberCommand::Add {
                peer_urls,
                learner,
                name,
            } => add(context, &name, &peer_urls, learner).await,
            MemberCommand::Remove { id } => {
                let id = member_id(&id)?;
                let request = MemberRemoveRequest { id };
                let response = context.client()?.member_remove(request).await?;
                context.print(&Removed { id, response })
            }
            MemberCommand::Update { peer_urls, id } => {
                let id = member_id(&id)?;
                let peer_ur_ls = urls(&peer_urls)?;
                let request = MemberUpdateRequest { id, peer_ur_ls };
                let response = context.client()?.member_update(request).await?;
                context.print(&Updated { id, response })
            }
            MemberCommand::List { consistency, .. } => {
                let linearizable = !is_serializable(&consistency)?;
                let request = MemberListRequest { linearizable };
                let response = context.client()?.member_list(request).await?;
                context.print(&response)
            }
            MemberCommand::Promote { id } => {
                let id = member_id(&id)?;
                let request = MemberPromoteRequest { id };
                let response = context.client()?.member_promote(request).await?;
                context.print(&Promoted { id, response })
            }
        }
    }
}

async fn add(
    context: &Context,
    arguments: &[String],
    peer_urls: &str,
    is_learner: bool,
) -> Result<(), Failure> {
    let name = match arguments {
        [] => return Err(Failure::arguments("member name not provided")),
        [name] => name,
        many => {
            let is_url = |text: &&String| text.to_lowercase().starts_with("http");
            let meant = many.iter().filter(is_url);
            let meant: String = meant
                .map(|url| format!(", did you mean --peer-urls={url}"))
                .collect();
            return Err(Failure::arguments(format!("too many arguments{meant}")));
        }
    };
    let request = MemberAddRequest {
        peer_ur_ls: urls(peer_urls)?,
        is_learner,
    };
    let response = context.client()?.member_add(request).await?;
    context.print(&Added {
        name,
        peer_urls,
        response,
    })
}

fn urls(list: &str) -> Result<Vec<String>, Failure> {
    if list.is_empty() {
        return Err(Failure::arguments("member peer urls not provided"));
    }
    let check = |url: &str| match wrong_url(url) {
        Some(reason) => Err(Failure::new(Exit::Error, format!("{reason}: {url}"))),
        None => Ok(url.to_owned()),
    };
    list.split(',').map(check).collect()
}

/// What etcd's client finds wrong with a peer's URL before it asks a server.
fn wrong_url(url: &str) -> Option<&'static str> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    match scheme {
        "http" | "https" => {}
        "unix" | "unixs" => return None,
        _ => return Some("URL scheme must be http, https, unix, or unixs"),
    }
    let (authority, path) = rest
        .split_once('/')
        .map_or((rest, None), |(a, p)| (a, Some(p)));
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if !has_port {
        return Some("URL address does not have the form \"host:port\"");
    }
    path.map(|_| "URL must not contain a path")
}

fn member_id(arguments: &[String]) -> Result<u64, Failure> {
    let [id] = arguments else {
        return Err(Failure::arguments("member ID is not provided"));
    };
    parse_uint(id, 16).map_err(|reason| {
        Failure::arguments(format!("bad member ID arg ({reason}), expecting ID in Hex"))
    })
}
