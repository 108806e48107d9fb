//! Writes frames to a stream until it breaks.

use std::io::{self, ErrorKind};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::framing;
use super::link::LinkQueue;
use crate::socket::Socket;

/// How often the other side hears something, be it nothing: a third of what it waits for.
pub(super) const SIGN_OF_LIFE_EVERY: Duration = Duration::from_millis(1_500);
/// How long a write may take before the connection counts as lost.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// Small frames are gathered up to this before they are written.
const GATHERED_SIZE_BYTES: usize = 64 * 1_024;

/// Writes all that is queued; returns why it ended.
pub(super) async fn run(stream: Socket, queue: &mut LinkQueue) -> io::Error {
    match stream {
        Socket::Tcp(stream) => {
            let (from_peer, to_peer) = stream.into_split();
            write(from_peer, to_peer, queue).await
        }
        Socket::Unix(stream) => {
            let (from_peer, to_peer) = stream.into_split();
            write(from_peer, to_peer, queue).await
        }
    }
}

async fn write(
    mut from_peer: impl AsyncRead + Unpin,
    to_peer: impl AsyncWrite + Unpin,
    queue: &mut LinkQueue,
) -> io::Error {
    let mut to_peer = BufWriter::with_capacity(GATHERED_SIZE_BYTES, to_peer);
    let mut signs_of_life = interval(SIGN_OF_LIFE_EVERY);
    signs_of_life.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The peer never speaks on this stream; reading tells at once when it hangs up.
    let mut nothing = [0; 16];
    loop {
        let first = tokio::select! {
            frame = queue.next() => match frame {
                Some(frame) => frame,
                None => return ErrorKind::ConnectionAborted.into(),
            },
            _ = signs_of_life.tick() => Bytes::new(),
            read = from_peer.read(&mut nothing) => match read {
                Ok(0) => return ErrorKind::UnexpectedEof.into(),
                Ok(_) => return ErrorKind::InvalidData.into(),
                Err(error) => return error,
            },
        };
        match timeout(WRITE_TIMEOUT, write_all(&mut to_peer, first, queue)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error,
            Err(_) => return ErrorKind::TimedOut.into(),
        }
    }
}

/// Writes a frame and those that wait behind it, and flushes once the queue is empty.
async fn write_all(
    to_peer: &mut (impl AsyncWriteExt + Unpin),
    first: Bytes,
    queue: &mut LinkQueue,
) -> io::Result<()> {
    let mut next = Some(first);
    let mut written_bytes = 0;
    while let Some(frame) = next {
        to_peer.write_all(&framing::prefix(&frame)).await?;
        to_peer.write_all(&frame).await?;
        queue.metrics().sent(frame.len());
        written_bytes += frame.len();
        // Come up for air now and then, so that the timeout is one of each part.
        next = (written_bytes < GATHERED_SIZE_BYTES * 16)
            .then(|| queue.try_next())
            .flatten();
    }
    to_peer.flush().await
}
