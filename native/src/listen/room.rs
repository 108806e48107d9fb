//! How many clients there is room for: as many as may have a socket without taking from the member
//! the files that it needs. A member that cannot open its log stops for good.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::socket::Socket;

/// What the member keeps for its log, its snapshots and its peers, as in etcd.
pub(crate) const RESERVED_FILES: u64 = 150;

/// Room for sockets. A clone is the same room.
#[derive(Clone)]
pub(crate) struct Room {
    /// Nothing where there is always room.
    places: Option<Arc<Semaphore>>,
}

/// A place in it, until it is dropped.
pub(crate) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

/// A socket that keeps its place for as long as it is open, whoever has it then: a socket that
/// was upgraded outlives the connection which it began as.
pub(crate) struct PlacedSocket {
    socket: Socket,
    _place: Place,
}

/// The process may not have enough files open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooFewFiles {
    /// How many it may have.
    pub(crate) limit: u64,
}

impl Room {
    /// Room for all that come.
    pub(crate) fn unlimited() -> Self {
        Self { places: None }
    }

    /// What a limit of open files leaves for clients; nothing for no limit.
    pub(crate) fn within(limit: Option<u64>) -> Result<Self, TooFewFiles> {
        let Some(limit) = limit else {
            return Ok(Self::unlimited());
        };
        if limit <= RESERVED_FILES {
            return Err(TooFewFiles { limit });
        }
        let places = usize::try_from(limit - RESERVED_FILES).unwrap_or(usize::MAX);
        let places = Semaphore::new(places.min(Semaphore::MAX_PERMITS));
        Ok(Self {
            places: Some(Arc::new(places)),
        })
    }

    /// Waits for a place.
    pub(super) async fn place(&self) -> Place {
        let permit = match &self.places {
            // Nobody closes it.
            Some(places) => places.clone().acquire_owned().await.ok(),
            None => None,
        };
        Place { _permit: permit }
    }
}

/// Lets the process open as many files as it may, as all programs written in Go do; how many that
/// is, nothing for no limit.
pub(crate) fn raise_open_files_max() -> Option<u64> {
    let now = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: now.maximum,
        maximum: now.maximum,
    };
    // Where it may not be raised it stays, and there is room for so many.
    let _ = setrlimit(Resource::Nofile, most);
    getrlimit(Resource::Nofile).current
}

impl PlacedSocket {
    /// Keeps the place with the socket.
    pub(crate) fn new(socket: Socket, place: Place) -> Self {
        Self {
            socket,
            _place: place,
        }
    }

    /// The socket itself.
    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }
}

impl AsyncRead for PlacedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for PlacedSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_member_needs_is_kept_back() {
        assert_eq!(
            Room::within(Some(150)).err(),
            Some(TooFewFiles { limit: 150 })
        );
        let places = |limit| {
            let room = Room::within(limit).expect("enough");
            room.places.map(|places| places.available_permits())
        };
        assert_eq!(places(Some(151)), Some(1));
        assert_eq!(places(Some(u64::MAX)), Some(Semaphore::MAX_PERMITS));
        assert_eq!(places(None), None);
    }

    #[tokio::test]
    async fn a_place_is_free_again_when_it_is_left() {
        let room = Room::within(Some(151)).expect("enough");
        let first = room.place().await;
        let places = room.places.as_ref().expect("bounded");
        assert_eq!(places.available_permits(), 0);
        drop(first);
        assert_eq!(places.available_permits(), 1);
    }
}
