//! The streams that others have begun: one of each, and none outlives the listener.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use quorate_core::id::MemberId;
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinSet};

/// All of them. They end when this is dropped.
pub(super) struct Streams {
    runtime: Handle,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    by_peer: BTreeMap<MemberId, AbortHandle>,
}

impl Streams {
    /// None yet; they will run there.
    pub(super) fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            running: Mutex::default(),
        }
    }

    /// Listens to a new stream, and no longer to an older one of the same peer: who dials again
    /// has lost the first, though this side may not know it yet.
    pub(super) fn begin(&self, from: MemberId, stream: impl Future<Output = ()> + Send + 'static) {
        // Nothing is done under the lock that could panic half way.
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while running.tasks.try_join_next().is_some() {}
        running.by_peer.retain(|_, task| !task.is_finished());
        let task = running.tasks.spawn_on(stream, &self.runtime);
        if let Some(older) = running.by_peer.insert(from, task) {
            older.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::oneshot;

    use super::*;

    /// A stream that never ends, and who hears when it is gone.
    fn stream() -> (
        impl Future<Output = ()> + Send + 'static,
        oneshot::Receiver<()>,
    ) {
        let (held, gone) = oneshot::channel::<()>();
        let stream = async move {
            let _held = held;
            pending().await
        };
        (stream, gone)
    }

    #[tokio::test]
    async fn a_new_stream_takes_the_place_of_an_older_one_of_the_same_peer() {
        let streams = Streams::new(Handle::current());
        let (first, first_gone) = stream();
        let (second, mut second_gone) = stream();
        let (other, mut other_gone) = stream();
        streams.begin(MemberId(2), first);
        streams.begin(MemberId(3), other);
        streams.begin(MemberId(2), second);
        assert!(first_gone.await.is_err(), "nothing is ever sent");
        assert!(
            second_gone
                .try_recv()
                .is_err_and(|error| error == oneshot::error::TryRecvError::Empty)
        );
        assert!(
            other_gone
                .try_recv()
                .is_err_and(|error| error == oneshot::error::TryRecvError::Empty)
        );
        drop(streams);
        assert!(second_gone.await.is_err());
        assert!(other_gone.await.is_err());
    }
}
