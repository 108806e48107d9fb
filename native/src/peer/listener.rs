//! The peer port: `/members`, `/version`, and the beginning of streams.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use quorate_core::command::{Command, MemberInfo, Reply};
use serde::Serialize;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use super::handshake::{self, PROTOCOL, Refusal, STREAM_PATH};
use super::prober::{Health, PROBING_PATH};
use super::{Context, reader};
use crate::listen::accept_all;
use crate::log::Rejections;
use crate::version;

/// How long whoever connects may take to send headers.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// One member as `/members` shows it.
#[derive(Serialize)]
struct ShownMember<'a> {
    id: u64,
    #[serde(rename = "peerURLs")]
    peer_urls: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(rename = "clientURLs", skip_serializing_if = "<[String]>::is_empty")]
    client_urls: &'a [String],
    #[serde(rename = "isLearner", skip_serializing_if = "std::ops::Not::not")]
    is_learner: bool,
}

/// What all connections share.
struct Server {
    context: Context,
    rejections: Rejections,
}

/// Accepts until it is dropped.
pub(super) async fn run(listener: TcpListener, context: Context) {
    let logger = context.logger.clone();
    let rejections = Rejections::new("rejected connection on peer endpoint", &logger);
    let server = Arc::new(Server {
        context,
        rejections,
    });
    accept_all(listener, logger, move |socket, address| {
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
    })
    .await;
}

async fn answer(
    request: Request<Incoming>,
    address: SocketAddr,
    server: Arc<Server>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let context = &server.context;
    let mut response = match (request.method(), request.uri().path()) {
        (&Method::GET, "/version") => {
            json_text(version::json(context.own.version, &context.member).await)
        }
        (&Method::GET, "/members") => members(context).await,
        (&Method::GET, STREAM_PATH) => stream(request, address, &server),
        (&Method::GET, PROBING_PATH) => match serde_json::to_string(&Health::now()) {
            Ok(health) => json_text(health),
            Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        },
        (_, "/version" | "/members") => text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
        _ => text(StatusCode::NOT_FOUND, "404 page not found"),
    };
    handshake::write_answer(response.headers_mut(), context.own);
    Ok(response)
}

async fn members(context: &Context) -> Response<Full<Bytes>> {
    match context.member.ask(Command::MemberList(false)).await.1 {
        Ok(Reply::MemberList(reply)) => {
            let shown: Vec<ShownMember<'_>> = reply.members.iter().map(shown).collect();
            match serde_json::to_string(&shown) {
                Ok(list) => json_text(list),
                Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
            }
        }
        Ok(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "wrong kind of reply"),
        Err(error) => text(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
    }
}

fn shown(member: &MemberInfo) -> ShownMember<'_> {
    ShownMember {
        id: member.id.0,
        peer_urls: &member.peer_urls,
        name: &member.name,
        client_urls: &member.client_urls,
        is_learner: member.is_learner,
    }
}

fn stream(
    request: Request<Incoming>,
    address: SocketAddr,
    server: &Arc<Server>,
) -> Response<Full<Bytes>> {
    let context = &server.context;
    let is_member = |id| context.sender.link(id).is_some();
    let from = match handshake::read(request.headers(), context.own, is_member) {
        Ok(from) => from,
        Err(refusal) => {
            report(server, address, refusal);
            let (status, reason) = refusal.answer();
            return text(status, reason);
        }
    };
    // It is up: whoever waits to dial it need not wait any longer.
    if let Some(link) = context.sender.link(from) {
        link.nudge();
    }
    let server = server.clone();
    tokio::spawn(async move {
        let context = &server.context;
        let Ok(upgraded) = hyper::upgrade::on(request).await else {
            return;
        };
        let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else {
            return;
        };
        let stream = parts.io.into_inner();
        let Some(link) = context.sender.link(from) else {
            return;
        };
        let (first, metrics) = (&parts.read_buf, link.metrics());
        let error = reader::run(from, stream, first, &context.member, metrics).await;
        if error.kind() == ErrorKind::InvalidData {
            server.rejections.reject(address, &error.to_string());
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

fn report(server: &Server, address: SocketAddr, refusal: Refusal) {
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
        Refusal::Malformed => server
            .rejections
            .reject(address, "not a quorate-peer stream"),
    }
}

fn json_text(body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

fn text(status: StatusCode, body: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(format!("{body}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
