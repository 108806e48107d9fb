//! Listening sockets, and the loop that accepts on them.

mod room;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::flags::Endpoint;
use crate::log::Logger;
pub(crate) use room::{
    Place, PlacedSocket, RESERVED_FILES, Room, TooFewFiles, raise_open_files_max,
};

/// How long to wait when no connection can be accepted: of too many open files, most likely.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(50);

/// How sockets are listened on. That an address may be used again while old connections to it
/// fade away (`--socket-reuse-address`) holds without being asked for, as in Go.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// `--socket-reuse-port`: whether other processes may listen on the same address.
    pub(crate) reuse_port: bool,
}

/// Listens on each URL.
pub(crate) async fn bind(endpoints: &[Endpoint], options: Options) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::with_capacity(endpoints.len());
    for endpoint in endpoints {
        let listener = bind_one(endpoint, options).await.map_err(|error| {
            let address = format!("{}:{}", endpoint.host, endpoint.port);
            io::Error::new(error.kind(), format!("listen tcp {address}: bind: {error}"))
        })?;
        listeners.push(listener);
    }
    Ok(listeners)
}

/// `localhost` may stand for an IPv6 address as well; as in Go the IPv4 one comes first, because
/// that is where clients look.
async fn bind_one(endpoint: &Endpoint, options: Options) -> io::Result<TcpListener> {
    let mut addresses: Vec<SocketAddr> = lookup_host((endpoint.host.as_str(), endpoint.port))
        .await?
        .collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let none = io::Error::new(io::ErrorKind::NotFound, "no address");
    let mut result = Err(none);
    for address in addresses {
        result = listen_on(address, options);
        if result.is_ok() {
            break;
        }
    }
    result
}

fn listen_on(address: SocketAddr, options: Options) -> io::Result<TcpListener> {
    let socket = match address.is_ipv6() {
        true => TcpSocket::new_v6()?,
        false => TcpSocket::new_v4()?,
    };
    socket.set_reuseaddr(true)?;
    if options.reuse_port {
        socket.set_reuseport(true)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1_024;

/// Accepts until it is dropped, and with it every connection. While there is no room, whoever
/// connects waits in the queue of the listening socket.
pub(crate) async fn accept_all<F, C>(listener: TcpListener, room: Room, logger: Logger, serve: F)
where
    F: Fn(TcpStream, SocketAddr, Place) -> C,
    C: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    let mut place = None;
    loop {
        tokio::select! {
            free = room.place(), if place.is_none() => place = Some(free),
            accepted = listener.accept(), if place.is_some() => match accepted {
                Ok((socket, address)) => {
                    // Without it a small answer waits for the client's acknowledgement. A socket
                    // that refuses is about to fail anyway.
                    let _ = socket.set_nodelay(true);
                    if let Some(place) = place.take() {
                        connections.spawn(serve(socket, address, place));
                    }
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
