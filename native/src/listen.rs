//! Listening sockets, and the loop that accepts on them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::flags::Endpoint;
use crate::log::Logger;

/// How long to wait when no connection can be accepted: of too many open files, most likely.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Listens on each URL.
pub(crate) async fn bind(endpoints: &[Endpoint]) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::with_capacity(endpoints.len());
    for endpoint in endpoints {
        let listener = bind_one(endpoint).await.map_err(|error| {
            let address = format!("{}:{}", endpoint.host, endpoint.port);
            io::Error::new(error.kind(), format!("listen tcp {address}: bind: {error}"))
        })?;
        listeners.push(listener);
    }
    Ok(listeners)
}

/// `localhost` may stand for an IPv6 address as well; as in Go the IPv4 one comes first, because
/// that is where clients look.
async fn bind_one(endpoint: &Endpoint) -> io::Result<TcpListener> {
    let mut addresses: Vec<SocketAddr> = lookup_host((endpoint.host.as_str(), endpoint.port))
        .await?
        .collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    TcpListener::bind(addresses.as_slice()).await
}

/// Accepts until it is dropped, and with it every connection.
pub(crate) async fn accept_all<F, C>(listener: TcpListener, logger: Logger, serve: F)
where
    F: Fn(TcpStream, SocketAddr) -> C,
    C: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, address)) => {
                    // Without it a small answer waits for the client's acknowledgement. A socket
                    // that refuses is about to fail anyway.
                    let _ = socket.set_nodelay(true);
                    connections.spawn(serve(socket, address));
                }
                Err(error) => {
                    logger.warn("failed to accept a connection", &[
                        ("error", json!(error.to_string())),
                    ]);
                    sleep(PAUSE_AFTER_FAILURE).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
