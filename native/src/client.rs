//! The client ports: gRPC and HTTP/1 on one socket, as etcd has it, or one of them on each.
//!
//! A request over HTTP/2 whose content type is gRPC's is a call; everything else is HTTP.

mod first_bytes;
mod meter;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response, StatusCode, Version, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::body::Body;

use crate::grpc::Services;
use crate::http_api::HttpApi;
use crate::listen::{Listener, PlacedSocket, Room, accept_all};
use crate::log::{Logger, Rejections};
use crate::metrics::Metrics;
use crate::socket::{LateWriter, Remote};
pub(crate) use meter::{Counts, Meter};

/// How long a client may take to say what it speaks, and an HTTP/1 client to send its headers.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long clients' open calls may hold up the end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(300);
/// HTTP/2 windows: what may be under way to us on one stream, and on one connection.
const STREAM_WINDOW_SIZE_BYTES: u32 = 1_024 * 1_024;
const CONNECTION_WINDOW_SIZE_BYTES: u32 = 4 * 1_024 * 1_024;
/// Counted over a connection's whole life, which is days for a client of etcd: what it sends on a
/// stream that was ended here a moment before counts as well, so hyper's 1,024 are too few.
const LOCAL_ERROR_RESET_STREAMS_MAX: usize = 10_000;

/// What answers on a port.
#[derive(Clone)]
pub(crate) struct ClientApi {
    /// Calls; nothing where none are answered.
    pub(crate) grpc: Option<Services>,
    /// The rest; nothing where it is not answered.
    pub(crate) http: Option<HttpApi>,
    /// What is counted.
    pub(crate) metrics: Arc<Metrics>,
    /// How connections are kept.
    pub(crate) connections: ConnectionSettings,
    /// The log's message when one is refused.
    pub(crate) rejection: &'static str,
}

/// What the log says of connections that are refused, by the port's kind.
pub(crate) const REJECTED_CLIENT: &str = "rejected connection on client endpoint";
/// On `--listen-metrics-urls`.
pub(crate) const REJECTED_OPERATOR: &str = "rejected connection on metrics endpoint";

/// How connections are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionSettings {
    /// `--max-concurrent-streams`.
    pub(crate) concurrent_streams_max: u32,
    /// `--grpc-keepalive-interval`; nothing for no pings.
    pub(crate) ping_interval: Option<Duration>,
    /// `--grpc-keepalive-timeout`.
    pub(crate) ping_timeout: Duration,
}

/// The client ports, open.
pub(crate) struct ClientServer {
    accepting: JoinSet<()>,
    graceful: Arc<Mutex<Option<GracefulShutdown>>>,
    rejections: Rejections,
    room: Room,
}

impl ClientServer {
    /// Nobody is listened to yet; all ports share the room for clients.
    pub(crate) fn new(room: Room, logger: &Logger) -> Self {
        Self {
            room,
            accepting: JoinSet::new(),
            graceful: Arc::new(Mutex::new(Some(GracefulShutdown::new()))),
            rejections: Rejections::new(REJECTED_CLIENT, logger),
        }
    }

    /// Begins to serve on some sockets.
    pub(crate) fn serve(&mut self, listeners: Vec<Listener>, api: ClientApi, logger: &Logger) {
        let rejections = self.rejections.named(api.rejection);
        let api = Arc::new(api);
        for listener in listeners {
            let (api, graceful) = (api.clone(), self.graceful.clone());
            let rejections = rejections.clone();
            self.accepting.spawn(accept_all(
                listener,
                self.room.clone(),
                logger.clone(),
                move |socket, address, place| {
                    let socket = PlacedSocket::new(socket, place);
                    let watcher = watcher(&graceful);
                    let (api, rejections) = (api.clone(), rejections.clone());
                    async move {
                        // Who comes while the server closes is not let in.
                        let Some(watcher) = watcher else { return };
                        serve_one(socket, address, api, watcher, &rejections).await;
                    }
                },
            ));
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

async fn serve_one(
    socket: PlacedSocket,
    address: Remote,
    api: Arc<ClientApi>,
    watcher: Watcher,
    rejections: &Rejections,
) {
    if let Err(reason) = first_bytes::arrive(socket.socket(), HEADER_READ_TIMEOUT).await {
        rejections.reject(address, &reason);
        return;
    }
    let builder = connection_builder(&api);
    // Boxed at once: it is large, and is moved several times until it is some task's.
    let service = service_fn(move |request| Box::pin(answer(request, api.clone())));
    let connection =
        builder.serve_connection_with_upgrades(TokioIo::new(LateWriter::new(socket)), service);
    if let Err(error) = watcher.watch(connection).await {
        rejections.ended(address, error.as_ref());
    }
}

/// What tells a new connection of the end; nothing when the end has begun.
fn watcher(graceful: &Mutex<Option<GracefulShutdown>>) -> Option<Watcher> {
    let open = graceful.lock().ok()?;
    open.as_ref().map(GracefulShutdown::watcher)
}

fn connection_builder(api: &ClientApi) -> auto::Builder<TokioExecutor> {
    let settings = api.connections;
    let mut builder = auto::Builder::new(TokioExecutor::new());
    if api.http.is_none() {
        builder = builder.http2_only();
    }
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(settings.concurrent_streams_max)
        .initial_stream_window_size(STREAM_WINDOW_SIZE_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_SIZE_BYTES)
        .max_local_error_reset_streams(LOCAL_ERROR_RESET_STREAMS_MAX)
        .keep_alive_interval(settings.ping_interval)
        .keep_alive_timeout(settings.ping_timeout);
    builder
}

async fn answer(
    request: Request<Incoming>,
    api: Arc<ClientApi>,
) -> Result<Response<Body>, Infallible> {
    Ok(match (&api.grpc, &api.http) {
        (Some(grpc), _) if is_grpc(&request) => call(request, grpc, &api.metrics).await,
        (_, Some(http)) => http.answer(request).await,
        // A port for calls alone.
        (_, None) => {
            let mut refused = Response::new(Body::empty());
            *refused.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            refused
        }
    })
}

async fn call(
    request: Request<Incoming>,
    grpc: &Services,
    metrics: &Arc<Metrics>,
) -> Response<Body> {
    match Meter::begin(metrics, request.uri().path(), request.headers()) {
        Some(meter) => {
            let request = meter::request(request, meter.counts());
            meter::response(grpc.answer(request).await, meter)
        }
        None => grpc.answer(request).await,
    }
}

fn is_grpc<B>(request: &Request<B>) -> bool {
    request.version() == Version::HTTP_2
        && request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}
