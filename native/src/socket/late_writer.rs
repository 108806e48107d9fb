//! A socket that is written to one turn later than it could be.
//!
//! Calls on one HTTP/2 connection are tasks of their own, and each that ends wakes the connection
//! to write its answer. Runtimes run whoever was woken last next, so a thousand calls that were
//! answered together made a thousand writes. One that waits for its next turn in the queue finds
//! all of them, and writes once. gRPC for Go does the same.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Puts writing off by one turn of the task that writes.
pub(crate) struct LateWriter<S> {
    socket: S,
    /// Whether the turn has been waited for; until all is written.
    has_waited: bool,
}

impl<S> LateWriter<S> {
    /// Writes to a socket.
    pub(crate) fn new(socket: S) -> Self {
        Self {
            socket,
            has_waited: false,
        }
    }

    /// A task that wakes itself goes to the end of its runtime's queue.
    fn poll_turn(&mut self, context: &Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.has_waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LateWriter<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LateWriter<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_turn(context));
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_turn(context));
        Pin::new(&mut self.socket).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.socket).poll_flush(context))?;
        self.has_waited = false;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::AsyncReadExt;
    use tokio::net::UnixStream;

    use super::*;

    #[tokio::test]
    async fn what_is_written_by_others_meanwhile_goes_with_it() {
        let (near, mut far) = UnixStream::pair().expect("a pair");
        let mut writer = LateWriter::new(near);
        let mut turns = 0;
        for text in [b"one".as_slice(), b"two"] {
            let mut is_flushed = false;
            poll_fn(|context| {
                turns += 1;
                if !is_flushed {
                    ready!(Pin::new(&mut writer).poll_write(context, text))?;
                    is_flushed = true;
                }
                Pin::new(&mut writer).poll_flush(context)
            })
            .await
            .expect("open");
        }
        // Each began anew, and waited once.
        assert_eq!(turns, 4);
        let mut read = [0; 6];
        far.read_exact(&mut read).await.expect("both");
        assert_eq!(&read, b"onetwo");
    }
}
