//! Carries bytes one way, as late as the way says.

use std::io::Result;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::links::Follower;

/// Bytes that are read at once.
const CHUNK_SIZE_BYTES: usize = 64 * 1_024;
/// Chunks that may be under way; then the sender waits, as it does before a full socket.
const CHUNKS_MAX: usize = 64;

/// Carries bytes until either side ends, or the way breaks.
pub(super) async fn run(
    from: impl AsyncRead + Unpin,
    to: impl AsyncWrite + Unpin,
    way: Follower,
) -> Result<()> {
    let (sender, chunks) = mpsc::channel(CHUNKS_MAX);
    let mut breaking = way.clone();
    tokio::select! {
        () = read(from, sender, way.clone()) => Ok(()),
        end = write(to, chunks, way) => end,
        () = breaking.refused() => Ok(()),
    }
}

/// Never ends by itself: what is under way arrives before the end does, and the end is told by
/// [`write`](self::write()).
async fn read(
    mut from: impl AsyncRead + Unpin,
    sender: mpsc::Sender<(Instant, Bytes)>,
    way: Follower,
) {
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(CHUNK_SIZE_BYTES);
        // That a process is gone is learnt no sooner than what it said last.
        let count = from.read_buf(&mut buffer).await.unwrap_or(0);
        let chunk = (Instant::now() + way.delay(), buffer.split().freeze());
        if count == 0 || sender.send(chunk).await.is_err() {
            drop(sender);
            return std::future::pending().await;
        }
    }
}

async fn write(
    mut to: impl AsyncWrite + Unpin,
    mut chunks: mpsc::Receiver<(Instant, Bytes)>,
    mut way: Follower,
) -> Result<()> {
    while let Some((due, chunk)) = chunks.recv().await {
        if due > Instant::now() {
            sleep_until(due).await;
        }
        if !way.passes().await {
            return Ok(());
        }
        to.write_all(&chunk).await?;
    }
    to.shutdown().await
}
