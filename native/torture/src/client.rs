//! A client of one member: asks the core's commands over gRPC, and says what came of each.

mod members;
mod reply;
mod request;
mod watch;

use std::time::Duration;

use quorate_api::etcdserverpb as pb;
use quorate_core::audit::Outcome;
use quorate_core::command::{Command, Reply, ReplyHeader, WatchCreate};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, MemberId};
use tokio::time::timeout;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

pub(crate) use self::members::Members;
pub(crate) use self::watch::WatchStream;
use pb::kv_client::KvClient;
use pb::lease_client::LeaseClient;
use pb::maintenance_client::MaintenanceClient;

/// How long a member on this machine may take to say that it is there.
const CONNECT_LIMIT: Duration = Duration::from_millis(500);

/// One connection to one member.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    channel: Channel,
    kv: KvClient<Channel>,
    lease: LeaseClient<Channel>,
    maintenance: MaintenanceClient<Channel>,
}

/// What a member says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Its id and term, and its store's revision.
    pub(crate) header: ReplyHeader,
    /// Whom it takes for the leader; 0 for nobody.
    pub(crate) leader: u64,
    /// The last index it has applied.
    pub(crate) applied: u64,
}

impl Client {
    /// Connects to a member and sees that it serves; nothing when it does not, at least not now.
    pub(crate) async fn connect(port: u16) -> Option<Self> {
        let client = timeout(CONNECT_LIMIT, Self::dial(port)).await.ok()??;
        client.standing(CONNECT_LIMIT).await?;
        Some(client)
    }

    async fn dial(port: u16) -> Option<Self> {
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).ok()?;
        let channel = endpoint.tcp_nodelay(true).connect().await.ok()?;
        Some(Self {
            kv: KvClient::new(channel.clone()),
            lease: LeaseClient::new(channel.clone()),
            maintenance: MaintenanceClient::new(channel.clone()),
            channel,
        })
    }

    /// Asks whoever listens at a port for its state.
    pub(crate) async fn standing_at(port: u16, limit: Duration) -> Option<Standing> {
        let client = timeout(limit, Self::dial(port)).await.ok()??;
        client.standing(limit).await
    }

    /// Asks a member for its state.
    async fn standing(&self, limit: Duration) -> Option<Standing> {
        let mut maintenance = self.maintenance.clone();
        let status = maintenance.status(pb::StatusRequest {});
        let status = timeout(limit, status).await.ok()?.ok()?.into_inner();
        Some(Standing {
            header: reply::header(status.header),
            leader: status.leader,
            applied: status.raft_applied_index,
        })
    }

    /// Asks, once. Who hears nothing within the limit does not know what came of it.
    pub(crate) async fn ask(&self, command: &Command, limit: Duration) -> Outcome {
        match timeout(limit, self.send(command)).await {
            Ok(Ok((header, reply))) => Outcome::Done { header, reply },
            Ok(Err(status)) => failure(&status),
            Err(_) => Outcome::Unknown("the client waited no longer".to_owned()),
        }
    }

    /// Begins a watch, on a stream of its own.
    pub(crate) async fn watch(&self, create: &WatchCreate) -> Result<WatchStream, Status> {
        WatchStream::open(self.channel.clone(), create).await
    }

    async fn send(&self, command: &Command) -> Result<(ReplyHeader, Reply), Status> {
        let mut kv = self.kv.clone();
        match command {
            Command::Range(range) => {
                let answer = kv.range(request::range(range)).await?.into_inner();
                let header = reply::header(answer.header);
                Ok((header, Reply::Range(reply::range(answer))))
            }
            Command::Put(put) => {
                let answer = kv.put(request::put(put)).await?.into_inner();
                Ok((reply::header(answer.header), Reply::Put(reply::put(answer))))
            }
            Command::DeleteRange(delete) => {
                let answer = kv.delete_range(request::delete_range(delete)).await?;
                let answer = answer.into_inner();
                let header = reply::header(answer.header);
                Ok((header, Reply::DeleteRange(reply::delete_range(answer))))
            }
            Command::Txn(txn) => {
                let answer = kv.txn(request::txn(txn)).await?.into_inner();
                let header = reply::header(answer.header);
                Ok((header, Reply::Txn(reply::txn(answer)?)))
            }
            Command::Compact(compact) => {
                let answer = kv.compact(request::compact(compact)).await?.into_inner();
                Ok((reply::header(answer.header), Reply::Compact))
            }
            Command::HashKv(hash) => {
                let mut maintenance = self.maintenance.clone();
                let revision = hash.revision.0;
                let answer = maintenance.hash_kv(pb::HashKvRequest { revision }).await?;
                let answer = answer.into_inner();
                let header = reply::header(answer.header);
                Ok((header, Reply::HashKv(reply::hash_kv(&answer))))
            }
            Command::MoveLeader(MemberId(target_id)) => {
                let mut maintenance = self.maintenance.clone();
                let request = pb::MoveLeaderRequest {
                    target_id: *target_id,
                };
                let answer = maintenance.move_leader(request).await?.into_inner();
                Ok((reply::header(answer.header), Reply::MoveLeader))
            }
            other => self.send_of_leases(other).await,
        }
    }

    async fn send_of_leases(&self, command: &Command) -> Result<(ReplyHeader, Reply), Status> {
        let mut lease = self.lease.clone();
        match command {
            Command::LeaseGrant(grant) => {
                let (id, ttl) = (grant.id.0, grant.ttl_seconds);
                let answer = lease.lease_grant(pb::LeaseGrantRequest { ttl, id }).await?;
                let answer = answer.into_inner();
                let header = reply::header(answer.header);
                Ok((header, Reply::LeaseGrant(reply::lease_grant(&answer))))
            }
            Command::LeaseRevoke(LeaseId(id)) => {
                let request = pb::LeaseRevokeRequest { id: *id };
                let answer = lease.lease_revoke(request).await?.into_inner();
                Ok((reply::header(answer.header), Reply::LeaseRevoke))
            }
            Command::LeaseKeepAlive(LeaseId(id)) => {
                let requests = tokio_stream::once(pb::LeaseKeepAliveRequest { id: *id });
                let mut answers = lease.lease_keep_alive(requests).await?.into_inner();
                let answer = answers.message().await?;
                let answer = answer.ok_or_else(|| Status::unavailable("the stream ended"))?;
                let header = reply::header(answer.header);
                Ok((
                    header,
                    Reply::LeaseKeepAlive(reply::lease_keep_alive(&answer)),
                ))
            }
            Command::LeaseTimeToLive(question) => {
                let request = pb::LeaseTimeToLiveRequest {
                    id: question.id.0,
                    keys: question.keys,
                };
                let answer = lease.lease_time_to_live(request).await?.into_inner();
                let header = reply::header(answer.header);
                let reply = reply::lease_time_to_live(answer);
                Ok((header, Reply::LeaseTimeToLive(reply)))
            }
            other => Err(Status::unimplemented(format!(
                "the torture test does not ask {other:?}"
            ))),
        }
    }
}

/// What a status says of an operation: nothing sure, unless the member itself refused it.
fn failure(status: &Status) -> Outcome {
    let text = status.message();
    let is_refusal = text.starts_with("etcdserver: ") && {
        let indefinite = INDEFINITE.iter().map(Error::to_string);
        !indefinite.into_iter().any(|one| one == text)
    };
    let said = format!("{:?}: {text}", status.code());
    if is_refusal {
        Outcome::Failed(said)
    } else {
        Outcome::Unknown(said)
    }
}

/// Errors of a member that leave open what came of a write.
const INDEFINITE: [Error; 6] = [
    Error::Timeout,
    Error::TimeoutLeaderFailure,
    Error::TimeoutConnectionLost,
    Error::TimeoutLeaderTransfer,
    Error::LeaderChanged,
    Error::Stopped,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_members_own_refusal_is_a_failure() {
        for (status, is_failure) in [
            (Status::unavailable("etcdserver: no leader"), true),
            (Status::out_of_range(Error::Compacted.to_string()), true),
            (Status::unavailable("etcdserver: request timed out"), false),
            (Status::unavailable("etcdserver: leader changed"), false),
            (Status::unavailable("tcp connect error"), false),
            (Status::cancelled("etcd went away"), false),
        ] {
            let outcome = failure(&status);
            assert_eq!(
                matches!(outcome, Outcome::Failed(_)),
                is_failure,
                "{outcome:?}"
            );
        }
    }
}
