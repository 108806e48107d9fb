//! Free ports.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the range that the kernel takes the ports of outgoing connections from: a port that is
/// free now must still be free when a server that crashed comes back to it.
const FIRST: u32 = 10_000;
const COUNT: u32 = 22_000;

/// Ports handed out by this process; no two tests get the same.
static HANDED_OUT: AtomicU32 = AtomicU32::new(0);

/// That many ports that nobody listens on.
pub(crate) fn free_ports(count: usize) -> Vec<u16> {
    // Processes that test at the same time begin at different places.
    let start = std::process::id().wrapping_mul(7_919);
    std::iter::repeat_with(|| HANDED_OUT.fetch_add(1, Ordering::Relaxed))
        .map(|number| FIRST + start.wrapping_add(number) % COUNT)
        .map(|port| u16::try_from(port).unwrap())
        .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .take(count)
        .collect()
}
