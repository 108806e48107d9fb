//! Free ports.

use std::net::TcpListener;

/// That many ports that nobody listens on just now. They are held all at once and then let go,
/// so that none comes twice.
pub(crate) fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    listeners
        .iter()
        .map(|listener| listener.local_addr().unwrap().port())
        .collect()
}
