//! etcd's gRPC services: the wire's types in, the core's commands out, and back.
//!
//! One RPC, one file. Nothing here knows what a request does: that is the core's.

mod cluster;
mod convert;
mod deadline;
mod kv;
mod maintenance;
mod status;

use bytes::Bytes;
use http::{Request, Response};
use quorate_core::command::{Command, Reply, ReplyHeader};
use tonic::Status;
use tonic::body::Body;
use tower::Service;

use crate::member_thread::MemberHandle;
use crate::proto::etcdserverpb::cluster_server::ClusterServer;
use crate::proto::etcdserverpb::kv_server::KvServer;
use crate::proto::etcdserverpb::maintenance_server::MaintenanceServer;

/// What a message may be larger than `--max-request-bytes`, for all that is around the request.
const OVERHEAD_SIZE_BYTES: usize = 512 * 1_024;

/// The member, as the services see it.
#[derive(Clone)]
pub(crate) struct Api {
    member: MemberHandle,
}

/// All services of the client port.
#[derive(Clone)]
pub(crate) struct Services {
    kv: KvServer<Api>,
    cluster: ClusterServer<Api>,
    maintenance: MaintenanceServer<Api>,
}

impl Api {
    /// The services' view of this member.
    pub(crate) fn new(member: MemberHandle) -> Self {
        Self { member }
    }

    /// Asks the member; errors come as etcd's clients know them.
    async fn ask(&self, command: Command) -> Result<(ReplyHeader, Reply), Status> {
        let (header, result) = self.member.ask(command).await;
        match result {
            Ok(reply) => Ok((header, reply)),
            Err(error) => Err(status::status(&error)),
        }
    }
}

impl Services {
    /// Services that take requests up to this size.
    pub(crate) fn new(api: &Api, request_size_bytes_max: usize) -> Self {
        let most = request_size_bytes_max.saturating_add(OVERHEAD_SIZE_BYTES);
        Self {
            kv: KvServer::new(api.clone())
                .max_decoding_message_size(most)
                .max_encoding_message_size(usize::MAX),
            cluster: ClusterServer::new(api.clone()).max_decoding_message_size(most),
            maintenance: MaintenanceServer::new(api.clone()).max_decoding_message_size(most),
        }
    }

    /// Answers one call, within the time its client gives it.
    pub(crate) async fn answer<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let limit = deadline::read(request.headers());
        let answer = self.call(request);
        match limit {
            None => answer.await,
            Some(limit) => tokio::time::timeout(limit, answer)
                .await
                .unwrap_or_else(|_| deadline::exceeded().into_http()),
        }
    }

    async fn call<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let path = request.uri().path();
        let service = path.trim_start_matches('/').split('/').next();
        let answer = match service {
            Some("etcdserverpb.KV") => self.kv.clone().call(request).await,
            Some("etcdserverpb.Cluster") => self.cluster.clone().call(request).await,
            Some("etcdserverpb.Maintenance") => self.maintenance.clone().call(request).await,
            _ => Ok(not_yet(path).into_http()),
        };
        match answer {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// What a call is answered that this version does not carry out.
fn not_yet(what: &str) -> Status {
    Status::unimplemented(format!(
        "quorate: {what} is not supported yet by quorate {}",
        crate::version::QUORATE
    ))
}

/// The member answered a request with another one's reply: a defect of ours, not the client's.
fn wrong_reply() -> Status {
    Status::internal("quorate: the member gave the wrong kind of reply")
}
