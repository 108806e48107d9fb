//! Listening sockets, and the loop that accepts on them.

mod room;

use std::fs;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use tokio::net::{TcpListener, TcpSocket, UnixListener, lookup_host};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::flags::Endpoint;
use crate::log::Logger;
use crate::socket::{Remote, Socket};
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

/// A socket that is listened on.
pub(crate) enum Listener {
    /// An address and a port.
    Tcp(TcpListener),
    /// A file.
    Unix {
        /// What is listened on.
        listener: UnixListener,
        /// Where that is; goes with it.
        _file: SocketFile,
    },
}

/// The file of a unix socket, which goes with it.
pub(crate) struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Whoever comes next removes it as well.
        let _ = fs::remove_file(&self.0);
    }
}

impl Listener {
    async fn accept(&self) -> io::Result<(Socket, Remote)> {
        match self {
            Self::Tcp(listener) => {
                let (socket, address) = listener.accept().await?;
                // Without it a small answer waits for the client's acknowledgement. A socket
                // that refuses is about to fail anyway.
                let _ = socket.set_nodelay(true);
                Ok((Socket::Tcp(socket), Remote::Tcp(address)))
            }
            Self::Unix { listener, .. } => {
                let (socket, _) = listener.accept().await?;
                Ok((Socket::Unix(socket), Remote::Unix))
            }
        }
    }
}

/// Listens on each URL.
pub(crate) async fn bind(endpoints: &[Endpoint], options: Options) -> io::Result<Vec<Listener>> {
    let mut listeners = Vec::with_capacity(endpoints.len());
    for endpoint in endpoints {
        let (listener, network) = match endpoint.path() {
            Some(path) => (bind_file(path), "unix"),
            None => (bind_one(endpoint, options).await.map(Listener::Tcp), "tcp"),
        };
        listeners.push(listener.map_err(|error| {
            let address = match endpoint.path() {
                Some(path) => path.display().to_string(),
                None => format!("{}:{}", endpoint.host, endpoint.port),
            };
            let text = format!("listen {network} {address}: bind: {error}");
            io::Error::new(error.kind(), text)
        })?);
    }
    Ok(listeners)
}

/// As in etcd a file that is left of an earlier run makes room; one that is no socket does not.
fn bind_file(path: &Path) -> io::Result<Listener> {
    if fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
        fs::remove_file(path)?;
    }
    Ok(Listener::Unix {
        listener: UnixListener::bind(path)?,
        _file: SocketFile(path.to_owned()),
    })
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
pub(crate) async fn accept_all<F, C>(listener: Listener, room: Room, logger: Logger, serve: F)
where
    F: Fn(Socket, Remote, Place) -> C,
    C: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    let mut place = None;
    loop {
        tokio::select! {
            free = room.place(), if place.is_none() => place = Some(free),
            accepted = listener.accept(), if place.is_some() => match accepted {
                Ok((socket, address)) => {
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
