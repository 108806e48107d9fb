//! The client port: gRPC and HTTP/1 on one socket, as etcd has it.
//!
//! A request over HTTP/2 whose content type is gRPC's is a call; everything else is HTTP.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response, Version, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::body::Body;

use crate::grpc::Services;
use crate::http_api::HttpApi;
use crate::listen::accept_all;
use crate::log::Logger;

/// How long an HTTP/1 client may take to send its headers.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long clients' open calls may hold up the end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(300);
/// HTTP/2 windows: what may be under way to us on one stream, and on one connection.
const STREAM_WINDOW_SIZE_BYTES: u32 = 1_024 * 1_024;
const CONNECTION_WINDOW_SIZE_BYTES: u32 = 4 * 1_024 * 1_024;
/// Long-lived clients cancel calls for days; hyper's own bounds are made for hostile ones.
const RESET_STREAMS_MAX: usize = 10_000;
/// etcd's `--grpc-keepalive-interval` and `--grpc-keepalive-timeout`.
const PING_INTERVAL: Duration = Duration::from_secs(2 * 3_600);
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// What answers clients.
#[derive(Clone)]
pub(crate) struct ClientApi {
    /// Calls.
    pub(crate) grpc: Services,
    /// The rest.
    pub(crate) http: HttpApi,
    /// `--max-concurrent-streams`.
    pub(crate) concurrent_streams_max: u32,
}

/// The client port, open.
pub(crate) struct ClientServer {
    accepting: JoinSet<()>,
    graceful: Arc<Mutex<Option<GracefulShutdown>>>,
}

impl ClientServer {
    /// Begins to serve.
    pub(crate) fn start(listeners: Vec<TcpListener>, api: ClientApi, logger: &Logger) -> Self {
        let graceful = Arc::new(Mutex::new(Some(GracefulShutdown::new())));
        let api = Arc::new(api);
        let mut accepting = JoinSet::new();
        for listener in listeners {
            let (api, graceful) = (api.clone(), graceful.clone());
            accepting.spawn(accept_all(listener, logger.clone(), move |socket, _| {
                let watcher = watcher(&graceful);
                let api = api.clone();
                async move {
                    // Who comes while the server closes is not let in.
                    let Some(watcher) = watcher else { return };
                    let builder = connection_builder(api.concurrent_streams_max);
                    let connection = builder.serve_connection_with_upgrades(
                        TokioIo::new(socket),
                        service_fn(move |request| answer(request, api.clone())),
                    );
                    // Whatever breaks a connection, its client knows.
                    let _ = watcher.watch(connection).await;
                }
            }));
        }
        Self {
            accepting,
            graceful,
        }
    }

    /// Lets open calls finish, for a moment, and closes.
    pub(crate) async fn stop(self) {
        let graceful = self.graceful.lock().ok().and_then(|mut open| open.take());
        if let Some(graceful) = graceful {
            // A connection that is still open then, on a watch most likely, is cut.
            let _ = timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await;
        }
        drop(self.accepting);
    }
}

/// What tells a new connection of the end; nothing when the end has begun.
fn watcher(graceful: &Mutex<Option<GracefulShutdown>>) -> Option<Watcher> {
    let open = graceful.lock().ok()?;
    open.as_ref().map(GracefulShutdown::watcher)
}

fn connection_builder(concurrent_streams_max: u32) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(concurrent_streams_max)
        .initial_stream_window_size(STREAM_WINDOW_SIZE_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_SIZE_BYTES)
        .max_local_error_reset_streams(RESET_STREAMS_MAX)
        .max_pending_accept_reset_streams(RESET_STREAMS_MAX)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}

async fn answer(
    request: Request<Incoming>,
    api: Arc<ClientApi>,
) -> Result<Response<Body>, Infallible> {
    if is_grpc(&request) {
        return Ok(api.grpc.answer(request).await);
    }

    Ok(api.http.answer(request).await.map(Body::new))
}

fn is_grpc<B>(request: &Request<B>) -> bool {
    request.version() == Version::HTTP_2
        && request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}
