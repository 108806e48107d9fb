//! The peer port: `/members`, `/version`, and the beginning of streams.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use quorate_core::command::{Command, Reply};
use quorate_core::id::MemberId;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::answers::{Answer, json, only, text};
use super::handshake::{self, PROTOCOL, Refusal, STREAM_PATH};
use super::link::Link;
use super::members_page::{self, MEMBERS_PATH, VERSION_PATH};
use super::prober::{Health, PROBING_PATH};
use super::streams::Streams;
use super::{Context, pages, reader};
use crate::listen::{Listener, Room, accept_all};
use crate::log::Rejections;
use crate::socket::{Remote, Socket};
use crate::version;

/// How long whoever connects may take to send headers.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long any answer but a stream may take: longer than a request that the member bounds.
const PAGE_TIMEOUT: Duration = Duration::from_secs(10);
/// Why there is none, as Go says it.
const LATE: &str = "context deadline exceeded";

/// What all connections share, on whichever socket they came.
pub(super) struct Server {
    context: Context,
    rejections: Rejections,
    /// Gone with this: so whoever runs a stream must not hold it.
    streams: Streams,
}

impl Server {
    /// Nobody has connected yet.
    pub(super) fn new(context: Context, beside_member: Handle) -> Self {
        let rejections = Rejections::new("rejected connection on peer endpoint", &context.logger);
        Self {
            context,
            rejections,
            streams: Streams::new(beside_member),
        }
    }
}

/// Accepts until it is dropped.
pub(super) async fn run(listener: Listener, server: Arc<Server>) {
    let logger = server.context.logger.clone();
    // Files are kept back for these: clients cannot take them.
    accept_all(
        listener,
        Room::unlimited(),
        logger,
        move |socket, address, _| {
            let server = server.clone();
            async move {
                let shared = server.clone();
                let service = service_fn(move |request| answer(request, address, shared.clone()));
                let connection = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_READ_TIMEOUT)
                    .serve_connection(TokioIo::new(socket), service)
                    .with_upgrades();
                if let Err(error) = connection.await {
                    server.rejections.ended(address, &error);
                }
            }
        },
    )
    .await;
}

async fn answer(
    request: Request<Incoming>,
    address: Remote,
    server: Arc<Server>,
) -> Result<Answer, Infallible> {
    let context = &server.context;
    let mut response = match (request.method(), request.uri().path()) {
        (&Method::GET, STREAM_PATH) => stream(request, address, &server),
        _ => match timeout(PAGE_TIMEOUT, page(request, context)).await {
            Ok(answer) => answer,
            // The member is stuck, or whoever asks does not get to the end of the question.
            Err(_) => text(StatusCode::SERVICE_UNAVAILABLE, LATE),
        },
    };
    handshake::write_answer(response.headers_mut(), context.own);
    Ok(response)
}

async fn page(request: Request<Incoming>, context: &Context) -> Answer {
    match (request.method(), request.uri().path()) {
        (&Method::GET, VERSION_PATH) => {
            json(version::json(context.own.version, &context.member).await)
        }
        (&Method::GET, MEMBERS_PATH) => members(context).await,
        (&Method::GET, PROBING_PATH) => match serde_json::to_string(&Health::now()) {
            Ok(health) => json(health),
            Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        },
        (_, VERSION_PATH | MEMBERS_PATH) => only("GET"),
        _ => pages::answer(request, context).await,
    }
}

async fn members(context: &Context) -> Answer {
    match context.member.ask(Command::MemberList(false)).await.1 {
        Ok(Reply::MemberList(reply)) => match members_page::render(reply.members) {
            Ok(list) => json(list),
            Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        },
        Ok(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "wrong kind of reply"),
        Err(error) => text(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
    }
}

/// Whether somebody may have a stream, and who it is.
fn admit(headers: &HeaderMap, context: &Context) -> Result<(MemberId, Arc<Link>), Refusal> {
    let caller = handshake::read(headers, context.own)?;
    let (from, is_new) = (caller.from, context.member.standing().is_new);
    let link = context.roster.admit(caller, is_new)?;
    Ok((from, link))
}

fn stream(request: Request<Incoming>, address: Remote, server: &Arc<Server>) -> Answer {
    let context = &server.context;
    let (from, link) = match admit(request.headers(), context) {
        Ok(admitted) => admitted,
        Err(refusal) => return refuse(refusal, server, address),
    };
    // It is up: whoever waits to dial it need not wait any longer.
    link.nudge();
    let (context, rejections) = (context.clone(), server.rejections.clone());
    server.streams.begin(from, async move {
        let Ok(upgraded) = hyper::upgrade::on(request).await else {
            return;
        };
        let Ok(parts) = upgraded.downcast::<TokioIo<Socket>>() else {
            return;
        };
        let Ok(stream) = parts.io.into_inner().moved_here() else {
            return;
        };
        let (first, metrics) = (&parts.read_buf, link.metrics());
        let error = reader::run(from, stream, first, &context.member, metrics).await;
        if error.kind() == ErrorKind::InvalidData {
            rejections.reject(address, &error.to_string());
        }
        context.logger.debug(
            "closed TCP streaming connection from remote peer",
            &[
                ("local-member-id", json!(context.own.id.to_string())),
                ("remote-peer-id", json!(from.to_string())),
                ("error", json!(error.to_string())),
            ],
        );
    });
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static(PROTOCOL));
    response
}

fn refuse(refusal: Refusal, server: &Server, address: Remote) -> Answer {
    report(server, address, refusal);
    let own = server.context.own.id;
    if refusal == Refusal::SelfBootstrapped {
        server.context.fail(handshake::bootstrapped(own));
    }
    let (status, reason) = refusal.answer(own);
    let mut response = text(status, &reason);
    if let Refusal::Bootstrapped(_) = refusal {
        handshake::write_bootstrapped(response.headers_mut());
    }
    response
}

fn report(server: &Server, address: Remote, refusal: Refusal) {
    let context = &server.context;
    let own = json!(context.own.id.to_string());
    match refusal {
        Refusal::ClusterMismatch(remote) => server.rejections.warn(
            "request cluster ID mismatch",
            vec![
                ("local-member-id", own),
                (
                    "local-member-cluster-id",
                    json!(context.own.cluster.to_string()),
                ),
                ("remote-peer-cluster-id", json!(remote.to_string())),
            ],
        ),
        Refusal::NotForUs(to) => server.rejections.warn(
            "ignored streaming request; ID mismatch",
            vec![
                ("local-member-id", own),
                ("remote-peer-id-stream-handler", json!(to.to_string())),
            ],
        ),
        Refusal::Unknown(from) => server.rejections.warn(
            "failed to find remote peer in cluster",
            vec![
                ("local-member-id", own),
                ("remote-peer-id-stream-handler", json!(from.to_string())),
                ("cluster-id", json!(context.own.cluster.to_string())),
            ],
        ),
        Refusal::Removed(from) => server.rejections.warn(
            "rejected stream from remote peer because it was removed",
            vec![
                ("local-member-id", own),
                ("remote-peer-id-from", json!(from.to_string())),
            ],
        ),
        Refusal::Bootstrapped(from) => server.rejections.warn(
            "rejected stream from remote peer because it has lost its data",
            vec![
                ("local-member-id", own),
                ("remote-peer-id-from", json!(from.to_string())),
                ("error", json!(handshake::bootstrapped(from))),
            ],
        ),
        // The server says it when it ends of it.
        Refusal::SelfBootstrapped => {}
        Refusal::Malformed => server
            .rejections
            .reject(address, "not a quorate-peer stream"),
    }
}
