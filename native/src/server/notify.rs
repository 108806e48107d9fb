//! Tells systemd that the server is ready (`sd_notify`), when it asks to be told.

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use serde_json::json;

use crate::go::io_error_text;
use crate::log::Logger;

/// Says `READY=1` where `NOTIFY_SOCKET` says to, with etcd's lines of the log.
pub(super) fn ready(logger: &Logger) {
    logger.info("notifying init daemon", &[]);
    let told = match std::env::var_os("NOTIFY_SOCKET") {
        Some(socket) if !socket.is_empty() => tell(&socket),
        _ => Ok(()),
    };
    match told {
        Ok(()) => logger.info("successfully notified init daemon", &[]),
        Err(error) => {
            let fields = [("error", json!(io_error_text(&error)))];
            logger.error("failed to notify systemd for readiness", &fields);
        }
    }
}

fn tell(socket: &OsStr) -> io::Result<()> {
    let address = match socket.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?
        .send_to_addr(b"READY=1", &address)
        .map(|_| ())
}
