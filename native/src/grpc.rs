//! etcd's gRPC services: the wire's types in, the core's commands out, and back.
//!
//! One RPC, one file. Nothing here knows what a request does: that is the core's.

mod auth;
mod call_end;
mod cluster;
mod convert;
mod deadline;
mod election;
mod gate;
mod health;
mod inside;
mod kv;
mod lease;
mod lock;
mod maintenance;
mod methods;
mod reflection;
mod slow_calls;
mod status;
mod turn;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Extensions, Request, Response};
use quorate_api::etcdserverpb as pb;
use quorate_api::v3electionpb::election_server::ElectionServer;
use quorate_api::v3lockpb::lock_server::LockServer;
use quorate_core::command::{Command, Reply, ReplyHeader};
use quorate_core::version::ServerVersion;
use tonic::Status;
use tonic::body::Body;
use tonic_health::pb::health_server::HealthServer;
use tower::Service;

use crate::log::Logger;
use crate::member_thread::MemberHandle;
use crate::metrics::Metrics;
use crate::settings::Settings;
use call_end::{CallEnd, Terms};
use pb::auth_server::AuthServer;
use pb::cluster_server::ClusterServer;
use pb::kv_server::KvServer;
use pb::lease_server::LeaseServer;
use pb::maintenance_server::MaintenanceServer;
use pb::watch_server::WatchServer;
use reflection::Reflection;
use slow_calls::SlowCalls;

/// What a message may be larger than `--max-request-bytes`, for all that is around the request.
const OVERHEAD_SIZE_BYTES: usize = 512 * 1_024;
/// Election timeouts without a leader after which streams end whose clients want one.
const LEADERLESS_TIMEOUTS_MAX: u32 = 3;

/// The member, as the services see it.
#[derive(Clone)]
pub(crate) struct Api {
    member: MemberHandle,
    /// `--etcd-version`.
    etcd_version: ServerVersion,
    /// `--max-request-bytes`.
    request_size_bytes_max: usize,
    /// `--max-txn-ops`.
    txn_operations_max: usize,
    /// The largest message that is taken, and that a watch is cut to.
    message_size_bytes_max: usize,
    /// How long a stream whose client wants a leader waits for one.
    leader_patience: Duration,
    slow_calls: SlowCalls,
    logger: Logger,
    metrics: Arc<Metrics>,
}

/// All services of the client port.
#[derive(Clone)]
pub(crate) struct Services {
    api: Api,
    kv: KvServer<Api>,
    watch: WatchServer<Api>,
    lease: LeaseServer<Api>,
    cluster: ClusterServer<Api>,
    maintenance: MaintenanceServer<Api>,
    auth: AuthServer<Api>,
    lock: LockServer<Api>,
    election: ElectionServer<Api>,
    health: HealthServer<Api>,
    reflection: Reflection,
}

impl Api {
    /// The services' view of this member.
    pub(crate) fn new(
        member: MemberHandle,
        settings: &Settings,
        logger: &Logger,
        metrics: &Arc<Metrics>,
    ) -> Self {
        let election = Duration::from_millis(settings.election_ms.into());
        Self {
            member,
            etcd_version: settings.etcd_version,
            request_size_bytes_max: settings.request_size_bytes_max,
            txn_operations_max: settings.txn_operations_max,
            message_size_bytes_max: settings
                .request_size_bytes_max
                .saturating_add(OVERHEAD_SIZE_BYTES),
            leader_patience: election * LEADERLESS_TIMEOUTS_MAX,
            slow_calls: SlowCalls::new(settings.call_expected, logger),
            logger: logger.clone(),
            metrics: metrics.clone(),
        }
    }

    /// Asks the member; errors come as etcd's clients know them.
    async fn ask(&self, command: Command) -> Result<(ReplyHeader, Reply), Status> {
        let call = self.slow_calls.begin(&command);
        let (header, result) = self.member.ask(command).await;
        self.slow_calls.ended(&call, &result);
        match result {
            Ok(reply) => Ok((header, reply)),
            Err(error) => Err(status::status(&error)),
        }
    }

    /// What ends the stream of a call, by the terms it was admitted on.
    fn end_of(&self, extensions: &Extensions) -> Option<CallEnd> {
        let terms = extensions.get::<Terms>().copied().unwrap_or_default();
        terms.end(self.member.standings(), self.leader_patience)
    }
}

impl Services {
    /// All services of a member.
    pub(crate) fn new(api: &Api) -> Self {
        let most = api.message_size_bytes_max;
        Self {
            api: api.clone(),
            kv: KvServer::new(api.clone())
                .max_decoding_message_size(most)
                .max_encoding_message_size(usize::MAX),
            watch: WatchServer::new(api.clone()).max_decoding_message_size(most),
            lease: LeaseServer::new(api.clone()).max_decoding_message_size(most),
            cluster: ClusterServer::new(api.clone()).max_decoding_message_size(most),
            maintenance: MaintenanceServer::new(api.clone()).max_decoding_message_size(most),
            auth: AuthServer::new(api.clone()).max_decoding_message_size(most),
            lock: LockServer::new(api.clone()).max_decoding_message_size(most),
            election: ElectionServer::new(api.clone()).max_decoding_message_size(most),
            health: HealthServer::new(api.clone()).max_decoding_message_size(most),
            reflection: Reflection::new(),
        }
    }

    /// Answers one call, on its client's terms.
    pub(crate) async fn answer<B>(&self, mut request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let standing = self.api.member.standing();
        let terms = match gate::admit(request.uri().path(), request.headers(), standing) {
            Ok(terms) => terms,
            Err(refusal) => return refusal.into_http(),
        };
        request.extensions_mut().insert(terms);
        let answer = self.call(request);
        let answer = match terms.deadline {
            None => answer.await,
            Some(deadline) => tokio::time::timeout_at(deadline, answer)
                .await
                .unwrap_or_else(|_| deadline::exceeded().into_http()),
        };
        in_gos_words(answer)
    }

    async fn call<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let path = request.uri().path();
        let (service, method) = match methods::split(path) {
            Ok(names) => names,
            Err(unknown) => return unknown.into_http(),
        };
        let answer = match service {
            "etcdserverpb.KV" if method == "Txn" => {
                let most = self.api.message_size_bytes_max;
                return kv::txn_message::answer(&self.api, request, most).await;
            }
            "etcdserverpb.KV" => self.kv.clone().call(request).await,
            "etcdserverpb.Watch" => self.watch.clone().call(request).await,
            "etcdserverpb.Lease" => self.lease.clone().call(request).await,
            "etcdserverpb.Cluster" => self.cluster.clone().call(request).await,
            "etcdserverpb.Maintenance" => self.maintenance.clone().call(request).await,
            "etcdserverpb.Auth" => self.auth.clone().call(request).await,
            "v3lockpb.Lock" => self.lock.clone().call(request).await,
            "v3electionpb.Election" => self.election.clone().call(request).await,
            "grpc.health.v1.Health" => self.health.clone().call(request).await,
            "grpc.reflection.v1.ServerReflection" => {
                self.reflection
                    .v1
                    .clone()
                    .call(request.map(Body::new))
                    .await
            }
            "grpc.reflection.v1alpha.ServerReflection" => {
                let request = request.map(Body::new);
                self.reflection.v1_alpha.clone().call(request).await
            }
            _ => Ok(methods::unknown_service(service).into_http()),
        };
        match answer {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// A call whose message could not be received has an answer of tonic's making.
fn in_gos_words(response: Response<Body>) -> Response<Body> {
    match response.extensions().get::<Status>() {
        Some(failure) if failure.code() == tonic::Code::OutOfRange => {
            status::received(failure.clone()).into_http()
        }
        _ => response,
    }
}

/// The status of an error of the core's.
pub(crate) fn status_of(error: &quorate_core::error::Error) -> Status {
    status::status(error)
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
