//! Where a client may reach a server.

use std::path::PathBuf;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tonic::transport::{Channel, Endpoint as TonicEndpoint};
use tower::service_fn;

use super::CallError;
use crate::ctl::settings::Settings;
use crate::go::io_error_text;
use crate::socket::Socket;

/// One endpoint, as `--endpoints` names it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// As the user wrote it.
    pub(crate) name: String,
    target: TonicEndpoint,
    /// The file of a unix socket; nothing for an address.
    path: Option<PathBuf>,
}

impl Endpoint {
    /// Reads `host:port`, `http://host:port`, or `unix://` and a file.
    ///
    /// # Errors
    /// What is wrong with it, or is not there yet.
    pub(crate) fn parse(name: &str, settings: &Settings) -> Result<Self, CallError> {
        let name = name.trim();
        let mut path = None;
        let authority = match name.split_once("://") {
            None => name,
            Some(("http", authority)) => authority,
            Some(("unix", file)) if !file.is_empty() => {
                path = Some(PathBuf::from(file));
                // As gRPC for Go calls whoever answers there.
                "localhost"
            }
            Some(("https" | "unixs", _)) => {
                let text = format!("endpoint {name}: TLS is not supported yet by quoratectl");
                return Err(CallError::Endpoint(text));
            }
            Some((scheme, _)) => {
                let text = format!("endpoint {name}: the scheme {scheme} is not supported");
                return Err(CallError::Endpoint(text));
            }
        };
        let target = TonicEndpoint::from_shared(format!("http://{authority}"))
            .map_err(|error| CallError::Endpoint(format!("endpoint {name}: {error}")))?
            .tcp_nodelay(true);
        let target = match settings.dial_timeout {
            // As in Go no time at all is no limit.
            Duration::ZERO => target,
            limit => target.connect_timeout(limit),
        };
        let target = if settings.keepalive_time > Duration::ZERO {
            target
                .http2_keep_alive_interval(settings.keepalive_time.max(KEEPALIVE_MIN))
                .keep_alive_timeout(match settings.keepalive_timeout {
                    Duration::ZERO => KEEPALIVE_TIMEOUT,
                    given => given,
                })
        } else {
            target
        };
        Ok(Self {
            name: name.to_owned(),
            target,
            path,
        })
    }

    /// Connects; nothing of a request has been sent when that fails.
    ///
    /// # Errors
    /// Why not, as gRPC for Go says it.
    pub(super) async fn connect(&self) -> Result<Channel, String> {
        let (connected, network) = match self.path.clone() {
            None => (self.target.connect().await, "tcp"),
            Some(path) => {
                let connector = service_fn(move |_| {
                    let path = path.clone();
                    async move { Socket::connect_unix(&path).await.map(TokioIo::new) }
                });
                (self.target.connect_with_connector(connector).await, "unix")
            }
        };
        connected.map_err(|error| {
            let mut reason: &dyn std::error::Error = &error;
            while let Some(source) = reason.source() {
                reason = source;
            }
            let text = io_error_text(reason);
            format!(
                "last connection error: connection error: desc = \"transport: Error while \
                 dialing: dial {network} {}: connect: {text}\"",
                self.name.trim_start_matches("unix://")
            )
        })
    }
}

/// gRPC for Go's own, where none is given.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// gRPC for Go pings no more often.
const KEEPALIVE_MIN: Duration = Duration::from_secs(10);
