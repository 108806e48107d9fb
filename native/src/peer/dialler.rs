//! Keeps a stream to one peer up: dials, writes until it breaks, waits a little, dials again.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::rt::TokioIo;
use quorate_core::Input;
use quorate_core::id::ClusterId;
use serde_json::json;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::handshake::{self, PROTOCOL, STREAM_PATH};
use super::link::LinkQueue;
use super::writer;
use super::{Context, Peer};
use crate::flags::Endpoint;

/// The first pause after a failure; it doubles with each further one.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// The pause after a refusal that only an operator can heal.
const PAUSE_REFUSED: Duration = Duration::from_secs(5);
/// How long a connection may take to come up, and the other side to answer on it.
const DIAL_TIMEOUT: Duration = Duration::from_secs(2);
/// A refusal's text is not longer.
const REFUSAL_SIZE_BYTES_MAX: usize = 1_024;

/// Why there is no stream.
#[derive(Debug, Error)]
enum DialError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Http(#[from] hyper::Error),
    #[error("dial timeout")]
    Timeout,
    #[error("cluster ID mismatch")]
    ClusterMismatch(Option<ClusterId>),
    #[error("the peer answered {0}: {1}")]
    Refused(StatusCode, String),
    #[error("the peer's answer is no stream")]
    NoStream,
}

/// Runs until it is dropped.
pub(super) async fn run(peer: Peer, mut queue: LinkQueue, context: Context) {
    let id = peer.id;
    let mut pause = PAUSE_MIN;
    let mut last_failure = String::new();
    for endpoint in peer.urls.iter().cycle() {
        match dial(endpoint, &peer, &context).await {
            Ok(stream) => {
                (pause, last_failure) = (PAUSE_MIN, String::new());
                context.logger.info(
                    "established TCP streaming connection with remote peer",
                    &[
                        ("local-member-id", json!(context.own.id.to_string())),
                        ("remote-peer-id", json!(id.to_string())),
                        ("remote-peer-url", json!(endpoint.url)),
                    ],
                );
                queue.set_connected(true);
                if !context.member.send(Input::PeerActive { peer: id }).await {
                    return;
                }
                let error = writer::run(stream, &mut queue).await;
                queue.set_connected(false);
                if !context
                    .member
                    .send(Input::PeerUnreachable { peer: id })
                    .await
                {
                    return;
                }
                context.logger.warn(
                    "lost TCP streaming connection with remote peer",
                    &[
                        ("local-member-id", json!(context.own.id.to_string())),
                        ("remote-peer-id", json!(id.to_string())),
                        ("error", json!(error.to_string())),
                    ],
                );
            }
            Err(error) => {
                if let DialError::ClusterMismatch(_) | DialError::Refused(..) = error {
                    pause = PAUSE_REFUSED;
                }
                // A peer that is down stays down for many tries: one line says it.
                let failure = error.to_string();
                if failure != last_failure {
                    report(&context, &peer, endpoint, &error);
                    last_failure = failure;
                }
            }
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = queue.nudged() => {}
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

async fn dial(endpoint: &Endpoint, peer: &Peer, context: &Context) -> Result<TcpStream, DialError> {
    timeout(DIAL_TIMEOUT, begin_stream(endpoint, peer, context))
        .await
        .map_err(|_| DialError::Timeout)?
}

async fn begin_stream(
    endpoint: &Endpoint,
    peer: &Peer,
    context: &Context,
) -> Result<TcpStream, DialError> {
    let socket = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
    socket.set_nodelay(true)?;
    let (mut requests, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    // Ends with the upgrade, or with the connection.
    tokio::spawn(connection.with_upgrades());
    let mut request = Request::get(STREAM_PATH)
        .header(header::HOST, format!("{}:{}", endpoint.host, endpoint.port))
        .body(Empty::<Bytes>::new())
        .map_err(|_| DialError::NoStream)?;
    handshake::write(request.headers_mut(), context.own, peer.id);
    let response = requests.send_request(request).await?;
    let status = response.status();
    if status != StatusCode::SWITCHING_PROTOCOLS {
        let cluster = handshake::cluster_of(response.headers());
        if status == StatusCode::PRECONDITION_FAILED && cluster != Some(context.own.cluster) {
            return Err(DialError::ClusterMismatch(cluster));
        }
        let body = Limited::new(response.into_body(), REFUSAL_SIZE_BYTES_MAX);
        let text = match body.collect().await {
            Ok(body) => String::from_utf8_lossy(&body.to_bytes()).trim().to_owned(),
            Err(_) => String::new(),
        };
        return Err(DialError::Refused(status, text));
    }
    if response
        .headers()
        .get(header::UPGRADE)
        .is_none_or(|protocol| protocol != PROTOCOL)
    {
        return Err(DialError::NoStream);
    }
    let upgraded = hyper::upgrade::on(response).await?;
    let parts = upgraded
        .downcast::<TokioIo<TcpStream>>()
        .map_err(|_| DialError::NoStream)?;
    Ok(parts.io.into_inner())
}

fn report(context: &Context, peer: &Peer, endpoint: &Endpoint, error: &DialError) {
    let own = json!(context.own.id.to_string());
    let remote = json!(peer.id.to_string());
    if let DialError::ClusterMismatch(cluster) = error {
        context.logger.warn(
            "request sent was ignored by remote peer due to cluster ID mismatch",
            &[
                ("remote-peer-id", remote),
                (
                    "remote-peer-cluster-id",
                    json!(cluster.map(|id| id.to_string()).unwrap_or_default()),
                ),
                ("local-member-id", own),
                (
                    "local-member-cluster-id",
                    json!(context.own.cluster.to_string()),
                ),
                ("error", json!("cluster ID mismatch")),
            ],
        );
        return;
    }
    context.logger.warn(
        "failed to dial remote peer; trying again",
        &[
            ("local-member-id", own),
            ("remote-peer-id", remote),
            ("remote-peer-url", json!(endpoint.url)),
            ("error", json!(error.to_string())),
        ],
    );
}
