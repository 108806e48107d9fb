//! Reads a peer's frames and hands them to the member.

use std::io::{self, ErrorKind};
use std::time::Duration;

use quorate_core::Input;
use quorate_core::id::MemberId;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::framing::FrameDecoder;
use crate::member_thread::MemberHandle;
use crate::metrics::PeerMetrics;
use crate::socket::Socket;

/// A stream on which nothing was heard for so long is lost: its peer sends signs of life.
const READ_TIMEOUT: Duration = Duration::from_secs(5);
/// Read at once.
const READ_SIZE_BYTES: usize = 64 * 1_024;

/// Counts a stream as lost, however it ends: a newer one may have taken its place.
struct Counted<'a>(&'a PeerMetrics);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.lost();
    }
}

/// Reads until the stream ends or breaks; returns why it did.
pub(super) async fn run(
    from: MemberId,
    mut stream: Socket,
    first: &[u8],
    member: &MemberHandle,
    metrics: &PeerMetrics,
) -> io::Error {
    let _counted = Counted(metrics);
    let mut decoder = FrameDecoder::new(first);
    loop {
        loop {
            match decoder.next() {
                Ok(Some(frame)) if frame.is_empty() => {}
                Ok(Some(frame)) => {
                    metrics.received(frame.len());
                    if !member.send(Input::Message { from, frame }).await {
                        return ErrorKind::ConnectionAborted.into();
                    }
                }
                Ok(None) => break,
                Err(error) => return io::Error::new(ErrorKind::InvalidData, error),
            }
        }
        decoder.buffer.reserve(READ_SIZE_BYTES);
        match timeout(READ_TIMEOUT, stream.read_buf(&mut decoder.buffer)).await {
            Ok(Ok(0)) => return ErrorKind::UnexpectedEof.into(),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return error,
            Err(_) => return ErrorKind::TimedOut.into(),
        }
    }
}
