//! Writes what waits for a peer to its socket until it breaks, and gives signs of life.

use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use super::framing::prefix;
use super::link::{LinkQueue, Piece};
use crate::socket::Socket;

/// How often the other side hears something, be it nothing: a third of what it waits for.
pub(super) const SIGN_OF_LIFE_EVERY: Duration = Duration::from_millis(1_500);
/// How long a write may take before the connection counts as lost.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// Small frames are gathered up to this before they are written.
const GATHERED_SIZE_BYTES: usize = 64 * 1_024;

/// Writes all that waits; returns why it ended.
pub(super) async fn run(socket: &Socket, queue: &mut LinkQueue) -> io::Error {
    let mut signs_of_life = interval(SIGN_OF_LIFE_EVERY);
    signs_of_life.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut gathered = Vec::with_capacity(GATHERED_SIZE_BYTES);
    loop {
        let written = tokio::select! {
            piece = queue.next() => match piece {
                Some(piece) => {
                    timeout(WRITE_TIMEOUT, write(socket, &mut gathered, piece, queue)).await
                }
                None => return ErrorKind::ConnectionAborted.into(),
            },
            _ = signs_of_life.tick() => {
                timeout(WRITE_TIMEOUT, give_sign_of_life(socket, queue)).await
            }
            error = hung_up(socket) => return error,
        };
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error,
            Err(_) => return ErrorKind::TimedOut.into(),
        }
    }
}

/// The peer never speaks on this stream; reading tells at once when it hangs up.
async fn hung_up(socket: &Socket) -> io::Error {
    let mut nothing = [0; 16];
    loop {
        if let Err(error) = socket.readable().await {
            return error;
        }
        match socket.try_read(&mut nothing) {
            Ok(0) => return ErrorKind::UnexpectedEof.into(),
            Ok(_) => return ErrorKind::InvalidData.into(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return error,
        }
    }
}

/// Says nothing, unless something else is said anyway.
async fn give_sign_of_life(socket: &Socket, queue: &LinkQueue) -> io::Result<()> {
    let sign = prefix(b"");
    if queue.claim(sign.len()) {
        write_whole(socket, &sign).await?;
        queue.written(sign.len());
    }
    Ok(())
}

/// Writes a piece and those that wait behind it, small ones together.
async fn write(
    socket: &Socket,
    gathered: &mut Vec<u8>,
    first: Piece,
    queue: &mut LinkQueue,
) -> io::Result<()> {
    let mut next = Some(first);
    let mut written_bytes = 0;
    while let Some(piece) = next {
        written_bytes += piece.size_bytes();
        let bytes = match &piece {
            Piece::Frame(frame) => {
                queue.metrics().sent(frame.len());
                gathered.extend_from_slice(&prefix(frame));
                frame
            }
            Piece::Rest(rest) => rest,
        };
        if gathered.len() + bytes.len() > GATHERED_SIZE_BYTES {
            flush(socket, gathered).await?;
            write_whole(socket, bytes).await?;
        } else {
            gathered.extend_from_slice(bytes);
        }
        // Come up for air now and then, so that the timeout is one of each part.
        next = (written_bytes < GATHERED_SIZE_BYTES * 16)
            .then(|| queue.try_next())
            .flatten();
    }
    flush(socket, gathered).await?;
    // Not before: whoever sees that nothing waits writes at once.
    queue.written(written_bytes);
    Ok(())
}

async fn flush(socket: &Socket, gathered: &mut Vec<u8>) -> io::Result<()> {
    write_whole(socket, gathered).await?;
    gathered.clear();
    Ok(())
}

async fn write_whole(socket: &Socket, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        socket.writable().await?;
        match socket.try_write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written_bytes) => bytes = &bytes[written_bytes..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
