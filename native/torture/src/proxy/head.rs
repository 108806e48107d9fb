//! The first lines of a connection between members: an HTTP/1 request that says who dials.

use std::io::{Error, ErrorKind, Result};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// A request's head is never longer.
const SIZE_BYTES_MAX: usize = 16 * 1_024;

/// Reads up to the empty line that ends the head; what follows stays unread.
pub(super) async fn read(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut head = Vec::with_capacity(512);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == SIZE_BYTES_MAX {
            return Err(Error::new(ErrorKind::InvalidData, "the head has no end"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

/// The id of the member that dials, if it says one.
pub(super) fn from(head: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(head).ok()?;
    let value = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("x-server-from").then_some(value)
    })?;
    u64::from_str_radix(value.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_dials_stands_in_a_header() {
        let head = b"GET /quorate/stream HTTP/1.1\r\nhost: a\r\nX-Server-From: 47a4\r\n\r\n";
        assert_eq!(from(head), Some(0x47a4));
        assert_eq!(from(b"GET /version HTTP/1.1\r\nhost: a\r\n\r\n"), None);
    }
}
