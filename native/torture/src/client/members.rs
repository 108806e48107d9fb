//! Changes of the members, asked of whoever answers until they are so.

use std::time::Duration;

use quorate_api::etcdserverpb as pb;
use quorate_core::id::MemberId;
use quorate_core::prng::Prng;
use tokio::time::{sleep, timeout};
use tonic::transport::{Channel, Endpoint};

use pb::cluster_client::ClusterClient;

/// How long a member may take to say that it is there.
const CONNECT_LIMIT: Duration = Duration::from_millis(500);
/// How long an answer is waited for; longer than an election.
const ANSWER_LIMIT: Duration = Duration::from_millis(1_500);
/// The pause before the next is asked.
const PAUSE: Duration = Duration::from_millis(30);

/// Somebody who changes the members of a cluster. What comes of a question is not believed: who
/// is a member is asked again, linearizably, and the change asked for until it shows.
pub(crate) struct Members {
    client_ports: Vec<u16>,
    prng: Prng,
}

/// One member, as the cluster knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its id.
    pub(crate) id: MemberId,
    /// Whether it has no vote.
    pub(crate) is_learner: bool,
}

impl Members {
    /// Somebody who asks at these ports.
    pub(crate) fn new(client_ports: Vec<u16>, prng: Prng) -> Self {
        Self { client_ports, prng }
    }

    /// Has a member removed, and another added that is reached at the same URL; answers its id.
    pub(crate) async fn replace(
        mut self,
        old: MemberId,
        url: String,
        is_learner: bool,
    ) -> MemberId {
        loop {
            if let Some(mut client) = self.client().await
                && let Some(list) = list(&mut client).await
            {
                match at(&list, &url) {
                    Some(known) if known.id != old => return known.id,
                    Some(_) => {
                        let request = pb::MemberRemoveRequest { id: old.0 };
                        let _ = timeout(ANSWER_LIMIT, client.member_remove(request)).await;
                    }
                    None => {
                        let request = pb::MemberAddRequest {
                            peer_ur_ls: vec![url.clone()],
                            is_learner,
                        };
                        let _ = timeout(ANSWER_LIMIT, client.member_add(request)).await;
                    }
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// Has a learner promoted, as soon as it has caught up.
    pub(crate) async fn promote(mut self, id: MemberId, url: String) {
        loop {
            if let Some(mut client) = self.client().await
                && let Some(list) = list(&mut client).await
            {
                if at(&list, &url).is_some_and(|known| known.id == id && !known.is_learner) {
                    return;
                }
                let request = pb::MemberPromoteRequest { id: id.0 };
                let _ = timeout(ANSWER_LIMIT, client.member_promote(request)).await;
            }
            sleep(PAUSE).await;
        }
    }

    /// Somebody who is there.
    async fn client(&mut self) -> Option<ClusterClient<Channel>> {
        let port = *self.prng.choose(&self.client_ports)?;
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).ok()?;
        let channel = timeout(CONNECT_LIMIT, endpoint.connect()).await.ok()?;
        Some(ClusterClient::new(channel.ok()?))
    }
}

/// The members, as of now.
async fn list(client: &mut ClusterClient<Channel>) -> Option<Vec<pb::Member>> {
    let request = pb::MemberListRequest { linearizable: true };
    let answer = timeout(ANSWER_LIMIT, client.member_list(request)).await;
    Some(answer.ok()?.ok()?.into_inner().members)
}

/// Who is reached at a URL.
fn at(members: &[pb::Member], url: &str) -> Option<Known> {
    let found = members
        .iter()
        .find(|member| member.peer_ur_ls.iter().any(|own| own == url))?;
    Some(Known {
        id: MemberId(found.id),
        is_learner: found.is_learner,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_where_it_is_reached() {
        let member = |id, url: &str| pb::Member {
            id,
            peer_ur_ls: vec![url.to_owned()],
            ..pb::Member::default()
        };
        let members = [member(1, "http://a:1"), member(2, "http://b:1")];
        let found = at(&members, "http://b:1");
        assert_eq!(found.map(|known| known.id), Some(MemberId(2)));
        assert_eq!(at(&members, "http://c:1"), None);
    }
}
