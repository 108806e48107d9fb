//! `/members` on the peer port: who is in the cluster, as one member says and another asks before
//! it joins.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use quorate_core::command::MemberInfo;
use quorate_core::id::{ClusterId, MemberId};
use quorate_core::version::ServerVersion;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::handshake;
use super::question::Questions;
use crate::flags::Endpoint;

/// Where it is asked for.
pub(super) const MEMBERS_PATH: &str = "/members";
/// Where versions are asked for.
pub(super) const VERSION_PATH: &str = "/version";
/// What is said of versions is not longer.
const VERSION_SIZE_BYTES_MAX: usize = 4 * 1_024;
/// A list of members is not longer.
const LIST_SIZE_BYTES_MAX: usize = 1_024 * 1_024;

/// One member, as etcd writes it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ShownMember {
    id: u64,
    #[serde(rename = "peerURLs")]
    peer_urls: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(rename = "clientURLs", default, skip_serializing_if = "Vec::is_empty")]
    client_urls: Vec<String>,
    #[serde(
        rename = "isLearner",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    is_learner: bool,
}

/// A cluster as one of its members tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterOf {
    /// Its id.
    pub(crate) id: ClusterId,
    /// Its members.
    pub(crate) members: Vec<MemberInfo>,
}

impl From<MemberInfo> for ShownMember {
    fn from(member: MemberInfo) -> Self {
        Self {
            id: member.id.0,
            peer_urls: member.peer_urls,
            name: member.name,
            client_urls: member.client_urls,
            is_learner: member.is_learner,
        }
    }
}

impl From<ShownMember> for MemberInfo {
    fn from(shown: ShownMember) -> Self {
        Self {
            id: MemberId(shown.id),
            name: shown.name,
            peer_urls: shown.peer_urls,
            client_urls: shown.client_urls,
            is_learner: shown.is_learner,
        }
    }
}

/// The members as `/members` shows them.
pub(super) fn render(members: Vec<MemberInfo>) -> serde_json::Result<String> {
    let shown: Vec<ShownMember> = members.into_iter().map(ShownMember::from).collect();
    serde_json::to_string(&shown)
}

/// Asks one member who is in its cluster, from an own address if one is given.
///
/// # Errors
/// It cannot be reached in this time, or answers with something else.
pub(crate) async fn fetch_cluster(
    endpoint: &Endpoint,
    local: Option<IpAddr>,
    limit: Duration,
) -> io::Result<ClusterOf> {
    timeout(limit, ask(endpoint, local))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

async fn ask(endpoint: &Endpoint, local: Option<IpAddr>) -> io::Result<ClusterOf> {
    let mut peer = Questions::begin(endpoint, local).await?;
    let (headers, list) = peer.page(MEMBERS_PATH, LIST_SIZE_BYTES_MAX).await?;
    let id = handshake::cluster_of(&headers)
        .ok_or_else(|| io::Error::other("the peer does not say of which cluster it is"))?;
    let shown: Vec<ShownMember> = serde_json::from_slice(&list).map_err(io::Error::other)?;
    let members = shown.into_iter().map(MemberInfo::from).collect();
    Ok(ClusterOf { id, members })
}

/// Asks one member at which version its cluster runs; nothing while that is not decided.
///
/// # Errors
/// As [`fetch_cluster`].
pub(crate) async fn fetch_cluster_version(
    endpoint: &Endpoint,
    local: Option<IpAddr>,
    limit: Duration,
) -> io::Result<Option<ServerVersion>> {
    let ask = async {
        let mut peer = Questions::begin(endpoint, local).await?;
        let (_, page) = peer.page(VERSION_PATH, VERSION_SIZE_BYTES_MAX).await?;
        let shown: ShownVersions = serde_json::from_slice(&page).map_err(io::Error::other)?;
        Ok(ServerVersion::parse(&shown.etcdcluster))
    };
    timeout(limit, ask)
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// What of `/version` is of interest.
#[derive(Deserialize)]
struct ShownVersions {
    etcdcluster: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_look_as_etcd_shows_them() {
        let started = MemberInfo {
            id: MemberId(0x8211_f1d0_f64f_3269),
            name: "infra1".to_owned(),
            peer_urls: vec!["http://127.0.0.1:12380".to_owned()],
            client_urls: vec!["http://127.0.0.1:12379".to_owned()],
            is_learner: false,
        };
        let learner = MemberInfo {
            id: MemberId(7),
            peer_urls: vec!["http://127.0.0.1:42380".to_owned()],
            is_learner: true,
            ..MemberInfo::default()
        };
        let list = vec![started, learner];
        let text = render(list.clone()).expect("JSON");
        assert_eq!(
            text,
            "[{\"id\":9372538179322589801,\"peerURLs\":[\"http://127.0.0.1:12380\"],\
             \"name\":\"infra1\",\"clientURLs\":[\"http://127.0.0.1:12379\"]},\
             {\"id\":7,\"peerURLs\":[\"http://127.0.0.1:42380\"],\"isLearner\":true}]"
        );
        let read: Vec<ShownMember> = serde_json::from_str(&text).expect("read back");
        let read: Vec<MemberInfo> = read.into_iter().map(MemberInfo::from).collect();
        assert_eq!(read, list);
    }
}
