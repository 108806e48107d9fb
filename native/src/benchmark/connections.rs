//! Connections to the endpoints, dealt out among the clients.

use std::io;
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use quorate_api::etcdserverpb::StatusRequest;
use quorate_api::etcdserverpb::maintenance_client::MaintenanceClient;
use tokio::net::TcpStream;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use super::settings::Settings;
use crate::ctl::client::CallError;
use crate::ctl::failure::{Exit, Failure};
use crate::socket::LateWriter;

/// Opens `--conns` connections, one endpoint after the other as etcd's tool does.
///
/// # Errors
/// An endpoint that cannot be, or cannot be reached.
pub(super) async fn open(settings: &Settings) -> Result<Vec<Channel>, Failure> {
    let endpoints = match settings.target_leader {
        true => vec![leader(settings).await?],
        false => settings.endpoints.clone(),
    };
    let mut channels = Vec::with_capacity(settings.conns);
    for number in 0..settings.conns {
        let endpoint = &endpoints[number % endpoints.len()];
        channels.push(connect(endpoint, settings.dial_timeout).await?);
    }
    Ok(channels)
}

/// Opens a connection to each endpoint, with its name.
///
/// # Errors
/// As [`open`].
pub(super) async fn open_each(settings: &Settings) -> Result<Vec<(String, Channel)>, Failure> {
    let mut channels = Vec::new();
    for endpoint in &settings.endpoints {
        let channel = connect(endpoint, settings.dial_timeout).await?;
        channels.push((endpoint.clone(), channel));
    }
    Ok(channels)
}

/// The endpoint of the member that leads.
async fn leader(settings: &Settings) -> Result<String, Failure> {
    for (endpoint, channel) in open_each(settings).await? {
        let mut client = MaintenanceClient::new(channel);
        let status = client.status(StatusRequest {}).await.map_err(|status| {
            Failure::new(
                Exit::Error,
                format!("{endpoint}: {}", CallError::from(status)),
            )
        })?;
        let status = status.into_inner();
        let id = status.header.map(|header| header.member_id);
        if id == Some(status.leader) {
            return Ok(endpoint);
        }
    }
    let names = settings.endpoints.join(", ");
    let text = format!("--target-leader: none of the endpoints leads ({names}): name all members");
    Err(Failure::new(Exit::Error, text))
}

/// Calls that are answered together ask again together: what they send then is written at once.
async fn dial(server: Uri) -> io::Result<TokioIo<LateWriter<TcpStream>>> {
    let host = server.host().unwrap_or_default();
    // Of the name that a URL writes in brackets.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = server.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(TokioIo::new(LateWriter::new(stream)))
}

async fn connect(name: &str, timeout: Duration) -> Result<Channel, Failure> {
    let name = name.trim();
    let authority = match name.split_once("://") {
        None => name,
        Some(("http", authority)) => authority,
        Some((scheme, _)) => {
            let text = format!(
                "endpoint {name}: the scheme {scheme} is not supported yet by quorate-benchmark: \
                 host:port or http://host:port"
            );
            return Err(Failure::arguments(text));
        }
    };
    let endpoint = Endpoint::from_shared(format!("http://{authority}"))
        .map_err(|error| Failure::arguments(format!("endpoint {name}: {error}")))?;
    let endpoint = match timeout {
        // As in Go no time at all is no limit.
        Duration::ZERO => endpoint,
        timeout => endpoint.connect_timeout(timeout),
    };
    let to_server = service_fn(dial);
    endpoint
        .connect_with_connector(to_server)
        .await
        .map_err(|error| {
            let mut reason: &dyn std::error::Error = &error;
            while let Some(source) = reason.source() {
                reason = source;
            }
            Failure::new(
                Exit::BadConnection,
                format!("endpoint {name}: {}", crate::go::io_error_text(reason)),
            )
        })
}
