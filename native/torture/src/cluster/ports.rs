//! Free ports.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Result, bail};

/// Below the range that the kernel takes the ports of outgoing connections from: a port that is
/// free now must still be free when a server that crashed comes back to it.
const FIRST: u32 = 10_000;
const COUNT: u32 = 22_000;

/// Ports handed out by this process; no two clusters get the same.
static HANDED_OUT: AtomicU32 = AtomicU32::new(0);

/// That many ports that nobody listens on.
pub(super) fn free(count: usize) -> Result<Vec<u16>> {
    // Processes that run at the same time begin at different places.
    let start = std::process::id().wrapping_mul(7_919);
    let mut found = Vec::new();
    for _ in 0..COUNT {
        let number = HANDED_OUT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(FIRST + start.wrapping_add(number) % COUNT)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            found.push(port);
        }
        if found.len() == count {
            return Ok(found);
        }
    }
    bail!("no {count} ports are free on 127.0.0.1")
}
