//! The way of frames to one peer, bounded in number and in bytes.
//!
//! A frame that nothing waits before is written to the socket at once, by the member's own thread:
//! to wake a task for it would cost more than to write it. What the socket does not take, and all
//! that comes behind it, waits in a queue for the [writer](super::writer).

use std::io::IoSlice;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use quorate_core::limits;
use tokio::sync::{Notify, mpsc};

use super::framing::{PREFIX_SIZE_BYTES, prefix};
use crate::metrics::PeerMetrics;
use crate::socket::Socket;

/// Frames that may wait for a peer.
const FRAMES_MAX: usize = 4_096;
/// Bytes that may wait for a peer.
const BYTES_MAX: usize = 2 * limits::FRAME_SIZE_BYTES_MAX as usize;
/// A larger frame is copied into the socket by the writer: the member has something else to do.
const WRITTEN_AT_ONCE_SIZE_BYTES_MAX: usize = 64 * 1_024;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is on its way.
    Queued,
    /// Thrown away: there is no connection.
    NotConnected,
    /// Thrown away: too much waits already.
    NoRoom,
}

/// What waits to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A frame, without its prefix.
    Frame(Bytes),
    /// What the socket did not take of a frame.
    Rest(Bytes),
}

/// Where frames to one peer are put.
pub(super) struct Link {
    pieces: mpsc::Sender<Piece>,
    /// What waits and what is just being written. As long as there is any, nobody else writes.
    waiting_bytes: AtomicUsize,
    /// Nothing when there is no connection. Only the member's thread sends, so nobody waits long
    /// for it.
    socket: Mutex<Option<Arc<Socket>>>,
    nudge: Notify,
    metrics: PeerMetrics,
}

/// Where they are taken out.
pub(super) struct LinkQueue {
    pieces: mpsc::Receiver<Piece>,
    link: Arc<Link>,
}

/// Both ends.
pub(super) fn link(metrics: PeerMetrics) -> (Arc<Link>, LinkQueue) {
    let (sender, receiver) = mpsc::channel(FRAMES_MAX);
    let link = Arc::new(Link {
        pieces: sender,
        waiting_bytes: AtomicUsize::new(0),
        socket: Mutex::new(None),
        nudge: Notify::new(),
        metrics,
    });
    let queue = LinkQueue {
        pieces: receiver,
        link: link.clone(),
    };
    (link, queue)
}

impl Link {
    /// Writes a frame or puts it into the queue, if it can.
    pub(super) fn send(&self, frame: Bytes) -> Sent {
        let sent = match self.socket().as_deref() {
            Some(socket) => self.send_to(socket, frame),
            None => Sent::NotConnected,
        };
        if sent != Sent::Queued {
            self.metrics.not_sent();
        }
        sent
    }

    fn send_to(&self, socket: &Socket, frame: Bytes) -> Sent {
        let size_bytes = PREFIX_SIZE_BYTES + frame.len();
        if size_bytes <= WRITTEN_AT_ONCE_SIZE_BYTES_MAX && self.claim(size_bytes) {
            return self.write(socket, &frame);
        }
        // Nobody else adds to what waits while the socket is locked, but for a sign of life.
        if self.waiting_bytes.load(Ordering::Acquire) + size_bytes > BYTES_MAX {
            return Sent::NoRoom;
        }
        self.waiting_bytes.fetch_add(size_bytes, Ordering::AcqRel);
        self.put(Piece::Frame(frame), size_bytes)
    }

    /// Writes what the socket takes at once, and leaves the rest to the writer, as well as finding
    /// out why nothing can be written any more.
    fn write(&self, socket: &Socket, frame: &[u8]) -> Sent {
        let prefix = prefix(frame);
        let size_bytes = prefix.len() + frame.len();
        let parts = [IoSlice::new(&prefix), IoSlice::new(frame)];
        let written_bytes = socket.try_write_vectored(&parts).unwrap_or(0);
        self.metrics.sent(frame.len());
        self.written(written_bytes);
        if written_bytes == size_bytes {
            return Sent::Queued;
        }
        let rest = Bytes::from([&prefix, frame].concat()).slice(written_bytes..);
        let rest_bytes = rest.len();
        self.put(Piece::Rest(rest), rest_bytes)
    }

    /// Puts in what has been counted as waiting.
    fn put(&self, piece: Piece, size_bytes: usize) -> Sent {
        if self.pieces.try_send(piece).is_ok() {
            return Sent::Queued;
        }
        self.written(size_bytes);
        Sent::NoRoom
    }

    /// Makes the caller the one who writes, if nobody does and nothing waits.
    fn claim(&self, size_bytes: usize) -> bool {
        let waiting = &self.waiting_bytes;
        waiting
            .compare_exchange(0, size_bytes, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    fn written(&self, size_bytes: usize) {
        self.waiting_bytes.fetch_sub(size_bytes, Ordering::AcqRel);
    }

    fn socket(&self) -> MutexGuard<'_, Option<Arc<Socket>>> {
        // Nothing is done under the lock that could panic half way.
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is counted of the peer.
    pub(super) fn metrics(&self) -> &PeerMetrics {
        &self.metrics
    }

    /// Says that the peer has just been heard of: whoever waits to dial it need not wait.
    pub(super) fn nudge(&self) {
        self.nudge.notify_one();
    }
}

impl LinkQueue {
    /// The next piece. Waits for one; to drop the future loses none.
    pub(super) async fn next(&mut self) -> Option<Piece> {
        self.pieces.recv().await
    }

    /// The next piece, if one is there.
    pub(super) fn try_next(&mut self) -> Option<Piece> {
        self.pieces.try_recv().ok()
    }

    /// Makes the caller the one who writes so many bytes, though they were in no queue; false when
    /// something else is written or waits.
    pub(super) fn claim(&self, size_bytes: usize) -> bool {
        self.link.claim(size_bytes)
    }

    /// So many bytes of what was taken out, or claimed, are in the socket's hands.
    pub(super) fn written(&self, size_bytes: usize) {
        self.link.written(size_bytes);
    }

    /// Frames are sent to this socket from now on.
    pub(super) fn connect(&mut self, socket: Arc<Socket>) {
        self.disconnect();
        *self.link.socket() = Some(socket);
    }

    /// Throws away what waits and what comes: an old frame says less to a peer that comes back
    /// than the ones that will be made for it.
    pub(super) fn disconnect(&mut self) {
        let mut socket = self.link.socket();
        *socket = None;
        while self.pieces.try_recv().is_ok() {}
        self.link.waiting_bytes.store(0, Ordering::Release);
    }

    /// What is counted of the peer.
    pub(super) fn metrics(&self) -> &PeerMetrics {
        self.link.metrics()
    }

    /// Waits until the peer is heard of.
    pub(super) async fn nudged(&self) {
        self.link.nudge.notified().await;
    }
}

impl Piece {
    /// How many bytes it is on the stream.
    pub(super) fn size_bytes(&self) -> usize {
        match self {
            Self::Frame(frame) => PREFIX_SIZE_BYTES + frame.len(),
            Self::Rest(rest) => rest.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio::net::UnixStream;
    use tokio::task::yield_now;

    use super::super::framing::FrameDecoder;
    use super::super::writer;
    use super::*;

    fn test_link() -> (Arc<Link>, LinkQueue) {
        link(PeerMetrics::default())
    }

    /// A socket that takes bytes, and the end where they come out.
    async fn sockets() -> (Arc<Socket>, UnixStream) {
        let (near, far) = UnixStream::pair().expect("a pair");
        near.writable().await.expect("open");
        (Arc::new(Socket::Unix(near)), far)
    }

    /// Fills a link's socket until something waits.
    fn fill(link: &Link) -> usize {
        let frame = Bytes::from(vec![7; WRITTEN_AT_ONCE_SIZE_BYTES_MAX / 2]);
        let mut count = 0;
        while link.waiting_bytes.load(Ordering::Acquire) == 0 {
            assert_eq!(link.send(frame.clone()), Sent::Queued);
            count += 1;
        }
        count
    }

    #[tokio::test]
    async fn a_frame_that_nothing_waits_before_is_written_at_once() {
        let (link, mut queue) = test_link();
        assert_eq!(link.send(Bytes::from_static(b"early")), Sent::NotConnected);
        let (near, mut far) = sockets().await;
        queue.connect(near);
        assert_eq!(link.send(Bytes::from_static(b"one")), Sent::Queued);
        assert_eq!(queue.try_next(), None);
        let mut read = [0; 7];
        far.read_exact(&mut read).await.expect("all of it");
        assert_eq!(&read, b"\x03\0\0\0one");
        // Nobody writes into the middle of what another writes.
        assert!(queue.claim(4));
        assert_eq!(link.send(Bytes::from_static(b"two")), Sent::Queued);
        assert_eq!(
            queue.try_next(),
            Some(Piece::Frame(Bytes::from_static(b"two")))
        );
        queue.disconnect();
        assert_eq!(link.send(Bytes::from_static(b"late")), Sent::NotConnected);
    }

    #[tokio::test]
    async fn what_the_socket_does_not_take_comes_in_order() {
        let (link, mut queue) = test_link();
        let (near, mut far) = sockets().await;
        queue.connect(near.clone());
        let count = fill(&link);
        for number in 0..10_u8 {
            assert_eq!(link.send(Bytes::from(vec![number])), Sent::Queued);
        }
        let large = Bytes::from(vec![8; 3 * WRITTEN_AT_ONCE_SIZE_BYTES_MAX]);
        assert_eq!(link.send(large.clone()), Sent::Queued);
        let writer = tokio::spawn(async move { writer::run(&near, &mut queue).await });
        let mut decoder = FrameDecoder::new(b"");
        let mut frames = Vec::new();
        while frames.len() < count + 11 {
            far.read_buf(&mut decoder.buffer).await.expect("open");
            while let Some(frame) = decoder.next().expect("good") {
                frames.extend((!frame.is_empty()).then_some(frame));
            }
        }
        let half = WRITTEN_AT_ONCE_SIZE_BYTES_MAX / 2;
        assert!(frames[..count].iter().all(|frame| *frame == vec![7; half]));
        for number in 0..10_u8 {
            assert_eq!(frames[count + usize::from(number)], [number].as_slice());
        }
        assert_eq!(frames[count + 10], large);
        // Then nothing waits, and the next is written at once.
        while link.waiting_bytes.load(Ordering::Acquire) > 0 {
            yield_now().await;
        }
        drop(far);
        let error = writer.await.expect("no panic");
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn only_so_many_frames_and_bytes_wait() {
        let (link, mut queue) = test_link();
        let (near, _far) = sockets().await;
        queue.connect(near.clone());
        fill(&link);
        // What is left of the one that did not fit is there, too.
        for _ in 1..FRAMES_MAX {
            assert_eq!(link.send(Bytes::from_static(b"x")), Sent::Queued);
        }
        assert_eq!(link.send(Bytes::from_static(b"one too many")), Sent::NoRoom);
        assert!(matches!(queue.try_next(), Some(Piece::Rest(_))));
        assert_eq!(link.send(Bytes::from_static(b"room again")), Sent::Queued);
        queue.connect(near);
        assert_eq!(queue.try_next(), None);
        assert_eq!(link.waiting_bytes.load(Ordering::Acquire), 0);
        let half = Bytes::from(vec![0; BYTES_MAX / 2 - PREFIX_SIZE_BYTES]);
        assert_eq!(link.send(half.clone()), Sent::Queued);
        assert_eq!(link.send(half.clone()), Sent::Queued);
        assert_eq!(link.send(Bytes::from_static(b"x")), Sent::NoRoom);
        let taken = queue.try_next().expect("one of them");
        queue.written(taken.size_bytes());
        assert_eq!(link.send(half), Sent::Queued);
    }
}
