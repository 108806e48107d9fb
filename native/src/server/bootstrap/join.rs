//! Joining: which cluster it is, and which id it has given to this member.
//!
//! Whoever is to join was added by `member add`, so the members that run know of it: by its peer
//! URLs, for it had no name then. What they say must be what `--initial-cluster` says, member by
//! member, or the operator means another cluster than the one that answers.

mod versions;

use std::fmt::Write;
use std::time::Duration;

use quorate_core::command::MemberInfo;
use serde_json::json;
use tokio::time::Instant;

use super::{Bootstrap, BootstrapError};
use crate::flags::Endpoint;
use crate::log::Logger;
use crate::peer::{ClusterOf, Peer, fetch_cluster};
use crate::settings::{InitialMember, Settings, same_places};

/// How long one member may take to say who is in the cluster, as in etcd.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long names in URLs may take to be known, as in etcd.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(30);

/// Asks the others, and begins with what they say.
pub(super) async fn join(
    settings: &Settings,
    logger: &Logger,
) -> Result<Bootstrap, BootstrapError> {
    let cluster = ask(settings, logger).await?;
    let another = |reason: String| BootstrapError::AnotherCluster {
        cluster: printed(&cluster),
        reason,
    };
    let told = &settings.initial_cluster.members;
    if cluster.members.len() != told.len() {
        let (runs, flag) = (cluster.members.len(), told.len());
        return Err(another(format!(
            "member count is unequal: the cluster has {runs}, --initial-cluster names {flag}"
        )));
    }
    let mut own = None;
    let mut peers = Vec::new();
    for member in &cluster.members {
        let named = named(member, told, logger).await.map_err(another)?;
        if named.name == settings.name {
            own = Some(member);
        } else {
            peers.push(Peer {
                id: member.id,
                urls: endpoints(&member.peer_urls),
            });
        }
    }
    // The flags have been verified: one of them bears this name. Two members with the same URLs
    // are none of etcd's.
    let Some(own) = own else {
        let name = &settings.name;
        return Err(another(format!("no member is \"{name}\"")));
    };
    // It would be asked for promises that only its old disk holds.
    if !own.name.is_empty() {
        return Err(BootstrapError::Bootstrapped(own.id));
    }
    versions::check(settings, &peers, logger).await?;
    Ok(Bootstrap::joining(settings, own.id, cluster.id, peers))
}

/// The first of the others that answers says who is in the cluster.
async fn ask(settings: &Settings, logger: &Logger) -> Result<ClusterOf, BootstrapError> {
    let others = settings.initial_cluster.members.iter();
    let mut urls: Vec<&Endpoint> = others
        .filter(|member| member.name != settings.name)
        .flat_map(|member| &member.peer_urls)
        .collect();
    urls.sort();
    let mut failures = Vec::new();
    for url in urls {
        let failure = match fetch_cluster(url, settings.local_address(), ANSWER_TIMEOUT).await {
            // It has just begun to join itself.
            Ok(cluster) if cluster.members.is_empty() => {
                "it knows no member of the cluster yet".to_owned()
            }
            Ok(cluster) => return Ok(cluster),
            Err(error) => error.to_string(),
        };
        logger.warn(
            "failed to get cluster response",
            &[
                ("address", json!(format!("{}/members", url.url))),
                ("error", json!(failure)),
            ],
        );
        failures.push(format!("{}/members: {failure}", url.url));
    }
    if failures.is_empty() {
        failures.push("--initial-cluster names nobody but this member".to_owned());
    }
    Err(BootstrapError::NoAnswer(failures.join("; ")))
}

/// Whom the flags mean by a member: the one whose peer URLs lead to the same places.
async fn named<'a>(
    member: &MemberInfo,
    told: &'a [InitialMember],
    logger: &Logger,
) -> Result<&'a InitialMember, String> {
    let urls = endpoints(&member.peer_urls);
    // Names are looked up only if nobody is told in the very same words.
    if let Some(same) = told.iter().find(|told| told.peer_urls == urls) {
        return Ok(same);
    }
    let deadline = Instant::now() + RESOLVE_TIMEOUT;
    let mut last = "--initial-cluster names nobody".to_owned();
    for one in told {
        match same_places(&urls, &one.peer_urls, deadline, logger).await {
            Ok(()) => return Ok(one),
            Err(reason) => last = reason,
        }
    }
    Err(format!(
        "PeerURLs: no match found for existing member ({}, [{}]), last resolver error ({last})",
        member.id,
        member.peer_urls.join(" ")
    ))
}

/// In ascending order; what cannot be dialled from here is left out.
fn endpoints(urls: &[String]) -> Vec<Endpoint> {
    let urls = urls.iter().filter_map(|url| Endpoint::parse(url).ok());
    let mut urls: Vec<Endpoint> = urls.collect();
    urls.sort();
    urls
}

/// A cluster as Go prints etcd's.
fn printed(cluster: &ClusterOf) -> String {
    let mut text = format!("{{ClusterID:{} Members:[", cluster.id);
    for (number, member) in cluster.members.iter().enumerate() {
        let separator = if number == 0 { "" } else { " " };
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "{separator}&{{ID:{} RaftAttributes:{{PeerURLs:[{}] IsLearner:{}}} \
             Attributes:{{Name:{} ClientURLs:[{}]}}}}",
            member.id,
            member.peer_urls.join(" "),
            member.is_learner,
            member.name,
            member.client_urls.join(" ")
        );
    }
    text.push_str("] RemovedMemberIDs:[]}");
    text
}

#[cfg(test)]
mod tests {
    use quorate_core::id::{ClusterId, MemberId};

    use super::*;

    fn told(name: &str, url: &str) -> InitialMember {
        InitialMember {
            name: name.to_owned(),
            peer_urls: Endpoint::parse_list(url).expect("a URL"),
        }
    }

    fn member(id: u64, url: &str) -> MemberInfo {
        MemberInfo {
            id: MemberId(id),
            peer_urls: vec![url.to_owned()],
            ..MemberInfo::default()
        }
    }

    #[tokio::test]
    async fn members_are_known_by_their_urls_or_their_addresses() {
        let told = [
            told("a", "http://127.0.0.1:2380"),
            // No address as etcd reads them, and every resolver knows it.
            told("b", "http://127.1:2480"),
        ];
        let logger = Logger::silent();
        let found = named(&member(1, "http://127.0.0.1:2380"), &told, &logger).await;
        assert_eq!(found.map(|one| one.name.as_str()), Ok("a"));
        let found = named(&member(2, "http://127.0.0.1:2480"), &told, &logger).await;
        assert_eq!(found.map(|one| one.name.as_str()), Ok("b"));
        let failure = named(&member(3, "http://127.0.0.1:2580"), &told, &logger).await;
        assert_eq!(
            failure.expect_err("nobody is there"),
            "PeerURLs: no match found for existing member (3, [http://127.0.0.1:2580]), last \
             resolver error (resolved urls: \"http://127.0.0.1:2580\" != \
             \"http://127.0.0.1:2480\")"
        );
    }

    #[test]
    fn a_cluster_is_printed_as_go_does() {
        let cluster = ClusterOf {
            id: ClusterId(0x1355),
            members: vec![member(0xa, "http://a:1"), member(0xb, "http://b:1")],
        };
        assert_eq!(
            printed(&cluster),
            "{ClusterID:1355 Members:[&{ID:a RaftAttributes:{PeerURLs:[http://a:1] \
             IsLearner:false} Attributes:{Name: ClientURLs:[]}} &{ID:b \
             RaftAttributes:{PeerURLs:[http://b:1] IsLearner:false} Attributes:{Name: \
             ClientURLs:[]}}] RemovedMemberIDs:[]}"
        );
    }
}
