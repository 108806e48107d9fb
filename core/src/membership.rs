//! Who is in the cluster, how that changes, and how members and clusters come by their ids.
//!
//! An id is the first eight bytes of a SHA-1, as in etcd, so that the same flags give the same
//! ids here and there (`server/etcdserver/api/membership`).

mod change;
mod list;
mod strict;
mod urls;

use sha1::{Digest, Sha1};

pub(crate) use change::{Change, ChangeRecord, MembershipEntry};
pub use list::Membership;
pub(crate) use strict::Connections;

use crate::collections::InOrder;
use crate::id::{ClusterId, MemberId};

/// The id of a member: of its peer URLs in ascending order and, for a first member, the cluster's
/// token; a member added at run time has the time in Unix seconds there instead.
pub fn member_id(peer_urls: &[String], token: &str, added_at_seconds: Option<u64>) -> MemberId {
    let mut urls: Vec<&str> = peer_urls.iter().map(String::as_str).collect();
    urls.order();
    let tail = match added_at_seconds {
        Some(seconds) => seconds.to_string(),
        None => token.to_owned(),
    };
    MemberId(first_eight_bytes(&[
        urls.concat().as_bytes(),
        tail.as_bytes(),
    ]))
}

/// The id of a cluster: of its first members' ids in ascending order.
pub fn cluster_id(members: &[MemberId]) -> ClusterId {
    let mut ids: Vec<u64> = members.iter().map(|id| id.0).collect();
    ids.order();
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_be_bytes()).collect();
    ClusterId(first_eight_bytes(&[&bytes]))
}

fn first_eight_bytes(parts: &[&[u8]]) -> u64 {
    let mut hasher = Sha1::new();
    for part in parts {
        hasher.update(part);
    }
    let digest = hasher.finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |id, byte| (id << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(url: &str, token: &str) -> String {
        member_id(&[url.to_owned()], token, None).to_string()
    }

    fn cluster(urls: &[&str], token: &str) -> String {
        let ids: Vec<MemberId> = urls
            .iter()
            .map(|url| member_id(&[(*url).to_owned()], token, None))
            .collect();
        cluster_id(&ids).to_string()
    }

    #[test]
    fn ids_of_the_notes_procfile() {
        let ids: Vec<String> = [12380, 22380, 32380]
            .map(|port| id(&format!("http://127.0.0.1:{port}"), "etcd-cluster-1"))
            .to_vec();
        assert_eq!(
            ids,
            ["8211f1d0f64f3269", "91bc3c398fb3c146", "fd422379fda50e48"]
        );
    }

    #[test]
    fn ids_of_the_notes_own_cluster() {
        let urls = [
            "http://127.0.0.1:2380",
            "http://127.0.0.1:2480",
            "http://127.0.0.1:2580",
        ];
        assert_eq!(
            urls.map(|url| id(url, "etcd-cluster-my")),
            ["47a42fb96a975854", "72ab37cc61e2023b", "470f778210a711ed"]
        );
        assert_eq!(cluster(&urls, "etcd-cluster-my"), "1355fcfe840232f5");
    }

    #[test]
    fn ids_of_the_notes_four_members() {
        let urls = [2380, 2480, 2580, 2680].map(|port| format!("http://127.0.0.1:{port}"));
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        assert_eq!(id(urls[3], "etcd-cluster-my"), "ee287c4d42f62ecf");
        assert_eq!(cluster(&urls, "etcd-cluster-my"), "f9d0c1ed90fb54b0");
    }

    #[test]
    fn a_member_added_at_run_time_has_the_time_in_its_id() {
        let urls = ["http://0.0.0.0:2680".to_owned()];
        let id = member_id(&urls, "etcd-cluster-my", Some(1_630_408_647));
        assert_eq!(id.to_string(), "462d837236b726b4");
    }
}
