//! The queue of frames to one peer, bounded in number and in bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use quorate_core::limits;
use tokio::sync::{Notify, mpsc};

use crate::metrics::PeerMetrics;

/// Frames that may wait for a peer.
const FRAMES_MAX: usize = 4_096;
/// Bytes that may wait for a peer.
const BYTES_MAX: usize = 2 * limits::FRAME_SIZE_BYTES_MAX as usize;

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

/// Where frames to one peer are put.
pub(super) struct Link {
    frames: mpsc::Sender<Bytes>,
    waiting_bytes: AtomicUsize,
    is_connected: AtomicBool,
    nudge: Notify,
    metrics: PeerMetrics,
}

/// Where they are taken out.
pub(super) struct LinkQueue {
    frames: mpsc::Receiver<Bytes>,
    link: Arc<Link>,
}

/// Both ends.
pub(super) fn link(metrics: PeerMetrics) -> (Arc<Link>, LinkQueue) {
    let (sender, receiver) = mpsc::channel(FRAMES_MAX);
    let link = Arc::new(Link {
        frames: sender,
        waiting_bytes: AtomicUsize::new(0),
        is_connected: AtomicBool::new(false),
        nudge: Notify::new(),
        metrics,
    });
    let queue = LinkQueue {
        frames: receiver,
        link: link.clone(),
    };
    (link, queue)
}

impl Link {
    /// Puts a frame in, if it can.
    pub(super) fn send(&self, frame: Bytes) -> Sent {
        let sent = self.try_send(frame);
        if sent != Sent::Queued {
            self.metrics.not_sent();
        }
        sent
    }

    fn try_send(&self, frame: Bytes) -> Sent {
        if !self.is_connected.load(Ordering::Acquire) {
            return Sent::NotConnected;
        }
        let size = frame.len();
        // Only the member's thread puts frames in, so the check and the addition cannot race
        // with another of their kind.
        if self.waiting_bytes.load(Ordering::Acquire) + size > BYTES_MAX {
            return Sent::NoRoom;
        }
        self.waiting_bytes.fetch_add(size, Ordering::AcqRel);
        if self.frames.try_send(frame).is_ok() {
            return Sent::Queued;
        }
        self.waiting_bytes.fetch_sub(size, Ordering::AcqRel);
        Sent::NoRoom
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
    /// The next frame. Waits for one; to drop the future loses none.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        let frame = self.frames.recv().await?;
        Some(self.taken(frame))
    }

    /// The next frame, if one is there.
    pub(super) fn try_next(&mut self) -> Option<Bytes> {
        let frame = self.frames.try_recv().ok()?;
        Some(self.taken(frame))
    }

    /// Opens the queue, or closes it and throws away what waits: an old frame says less to a
    /// peer that comes back than the ones that will be made for it.
    pub(super) fn set_connected(&mut self, is_connected: bool) {
        self.link.is_connected.store(false, Ordering::Release);
        while self.try_next().is_some() {}
        self.link
            .is_connected
            .store(is_connected, Ordering::Release);
    }

    /// What is counted of the peer.
    pub(super) fn metrics(&self) -> &PeerMetrics {
        self.link.metrics()
    }

    /// Waits until the peer is heard of.
    pub(super) async fn nudged(&self) {
        self.link.nudge.notified().await;
    }

    fn taken(&self, frame: Bytes) -> Bytes {
        self.link
            .waiting_bytes
            .fetch_sub(frame.len(), Ordering::AcqRel);
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test_link() -> (Arc<Link>, LinkQueue) {
        link(PeerMetrics::default())
    }

    #[test]
    fn frames_wait_only_while_connected_and_only_so_many() {
        let (link, mut queue) = test_link();
        assert_eq!(link.send(Bytes::from_static(b"early")), Sent::NotConnected);
        queue.set_connected(true);
        for _ in 0..FRAMES_MAX {
            assert_eq!(link.send(Bytes::from_static(b"x")), Sent::Queued);
        }
        assert_eq!(link.send(Bytes::from_static(b"one too many")), Sent::NoRoom);
        assert_eq!(queue.try_next().as_deref(), Some(b"x".as_slice()));
        assert_eq!(link.send(Bytes::from_static(b"room again")), Sent::Queued);
        queue.set_connected(false);
        assert_eq!(queue.try_next(), None);
        assert_eq!(link.waiting_bytes.load(Ordering::Acquire), 0);
        assert_eq!(link.send(Bytes::from_static(b"late")), Sent::NotConnected);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let (link, mut queue) = test_link();
        queue.set_connected(true);
        let half = Bytes::from(vec![0; BYTES_MAX / 2]);
        assert_eq!(link.send(half.clone()), Sent::Queued);
        assert_eq!(link.send(half.clone()), Sent::Queued);
        assert_eq!(link.send(Bytes::from_static(b"x")), Sent::NoRoom);
        queue.try_next();
        assert_eq!(link.send(half), Sent::Queued);
    }
}
