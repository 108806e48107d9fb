//! Keeps a stream to one peer up: dials, writes until it breaks, waits a little, dials again.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use quorate_core::Input;
use quorate_core::id::{ClusterId, MemberId};
use serde_json::json;
use thiserror::Error;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::handshake::{self, Introduction, PROTOCOL, STREAM_PATH};
use super::link::LinkQueue;
use super::question::{Questions, whole};
use super::roster::Target;
use super::{Context, writer};
use crate::flags::Endpoint;
use crate::socket::Socket;

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
    #[error("{}", quorate_core::member::REMOVED)]
    Removed,
    #[error("this member has been bootstrapped before, and its data is lost")]
    Bootstrapped,
    #[error("the peer answered {0}: {1}")]
    Refused(StatusCode, String),
    #[error("the peer's answer is no stream")]
    NoStream,
}

/// Runs until it is dropped, or until one that need not be kept up has broken.
pub(super) async fn run(
    peer: MemberId,
    mut target: watch::Receiver<Target>,
    mut queue: LinkQueue,
    context: Context,
) {
    let mut pause = PAUSE_MIN;
    let mut last_failure = String::new();
    for turn in 0_usize.. {
        let Target { urls, is_kept } = target.borrow_and_update().clone();
        if !is_kept && turn > 0 {
            return;
        }
        let Some(endpoint) = urls.get(turn % urls.len().max(1)) else {
            // It says that it is reached nowhere this server can go.
            if target.changed().await.is_err() {
                return;
            }
            continue;
        };
        match dial(endpoint, peer, &context).await {
            Ok(stream) => {
                (pause, last_failure) = (PAUSE_MIN, String::new());
                let error = tokio::select! {
                    error = travel(stream, peer, endpoint, &mut queue, &context) => error,
                    () = is_elsewhere(&mut target, endpoint) => {
                        io::Error::other("the member is reached elsewhere now")
                    }
                };
                queue.disconnect();
                tell(Input::PeerUnreachable { peer }, &context).await;
                lost(peer, &error, &context);
            }
            Err(error) => {
                if let DialError::ClusterMismatch(_) | DialError::Refused(..) = error {
                    pause = PAUSE_REFUSED;
                }
                // A peer that is down stays down for many tries: one line says it.
                let failure = error.to_string();
                if failure != last_failure {
                    report(&context, peer, endpoint, &error);
                    last_failure = failure;
                }
                heed(error, peer, &context).await;
            }
        }
        tokio::select! {
            biased;
            changed = target.changed() => {
                // Nobody wants this way any more, nor will again.
                if changed.is_err() {
                    return;
                }
            }
            () = queue.nudged() => {}
            () = sleep(pause) => {}
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// Tells the member. When it is gone there is nothing left to do, until the server ends as well.
async fn tell(input: Input, context: &Context) {
    if !context.member.send(input).await {
        std::future::pending().await
    }
}

/// Says that the stream is there, and writes to it until it breaks; returns why it did.
async fn travel(
    stream: Socket,
    peer: MemberId,
    endpoint: &Endpoint,
    queue: &mut LinkQueue,
    context: &Context,
) -> io::Error {
    context.logger.info(
        "established TCP streaming connection with remote peer",
        &[
            ("local-member-id", json!(context.own.id.to_string())),
            ("remote-peer-id", json!(peer.to_string())),
            ("remote-peer-url", json!(endpoint.url)),
        ],
    );
    let stream = Arc::new(stream);
    queue.connect(stream.clone());
    tell(Input::PeerActive { peer }, context).await;
    writer::run(&stream, queue).await
}

/// Waits until a member is not reached at a URL any more, or nobody wants to reach it.
async fn is_elsewhere(target: &mut watch::Receiver<Target>, endpoint: &Endpoint) {
    let is_moved = |target: &Target| target.is_kept && !target.urls.contains(endpoint);
    // Fails when nobody can say so any more.
    let _ = target.wait_for(is_moved).await;
}

/// Does what a refusal asks of this member.
async fn heed(error: DialError, peer: MemberId, context: &Context) {
    match error {
        DialError::Removed => tell(Input::TurnedAway { by: peer }, context).await,
        // On a slow way a member that joins may come to take part while it is asked who it is.
        // What it had said of itself is then refused as if it had lost its data meanwhile; the next
        // dial says otherwise.
        DialError::Bootstrapped if context.roster.has_own_name() => {}
        DialError::Bootstrapped => context.fail(handshake::bootstrapped(context.own.id)),
        _ => {}
    }
}

fn lost(peer: MemberId, error: &io::Error, context: &Context) {
    context.logger.warn(
        "lost TCP streaming connection with remote peer",
        &[
            ("local-member-id", json!(context.own.id.to_string())),
            ("remote-peer-id", json!(peer.to_string())),
            ("error", json!(error.to_string())),
        ],
    );
}

async fn dial(endpoint: &Endpoint, peer: MemberId, context: &Context) -> Result<Socket, DialError> {
    timeout(DIAL_TIMEOUT, begin_stream(endpoint, peer, context))
        .await
        .map_err(|_| DialError::Timeout)?
}

async fn begin_stream(
    endpoint: &Endpoint,
    peer: MemberId,
    context: &Context,
) -> Result<Socket, DialError> {
    let introduction = Introduction {
        own: context.own,
        urls: &context.urls,
        to: peer,
        is_new: context.member.standing().is_new,
        is_to_known: context.roster.has_started(peer),
    };
    let mut headers = HeaderMap::new();
    introduction.write(&mut headers);
    let mut questions = Questions::begin(endpoint, context.local).await?;
    let response = questions.ask(STREAM_PATH, headers).await?;
    let status = response.status();
    if status != StatusCode::SWITCHING_PROTOCOLS {
        return Err(refusal(response, context).await);
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
        .downcast::<TokioIo<Socket>>()
        .map_err(|_| DialError::NoStream)?;
    Ok(parts.io.into_inner())
}

/// What an answer says that is no stream.
async fn refusal(response: Response<Incoming>, context: &Context) -> DialError {
    let status = response.status();
    let cluster = handshake::cluster_of(response.headers());
    let is_bootstrapped = handshake::says_bootstrapped(response.headers());
    match status {
        StatusCode::PRECONDITION_FAILED if cluster != Some(context.own.cluster) => {
            return DialError::ClusterMismatch(cluster);
        }
        StatusCode::GONE => return DialError::Removed,
        StatusCode::CONFLICT if is_bootstrapped => return DialError::Bootstrapped,
        _ => {}
    }
    let text = match whole(response.into_body(), REFUSAL_SIZE_BYTES_MAX).await {
        Ok(body) => String::from_utf8_lossy(&body).trim().to_owned(),
        Err(_) => String::new(),
    };
    DialError::Refused(status, text)
}

fn report(context: &Context, peer: MemberId, endpoint: &Endpoint, error: &DialError) {
    let own = json!(context.own.id.to_string());
    let remote = json!(peer.to_string());
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
