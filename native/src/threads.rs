//! Threads whose panic must not go unnoticed: a server whose clock stands still, or whose disk
//! answers nothing any more, looks as if it ran.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Starts threads, and tells of those that panic.
#[derive(Clone)]
pub(crate) struct Threads {
    panicked: UnboundedSender<String>,
}

/// Who is told.
pub(crate) struct Panics {
    panicked: UnboundedReceiver<String>,
}

/// Both ends.
pub(crate) fn threads() -> (Threads, Panics) {
    let (sender, receiver) = unbounded_channel();
    (Threads { panicked: sender }, Panics { panicked: receiver })
}

impl Threads {
    /// Starts one.
    pub(crate) fn spawn(
        &self,
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> io::Result<JoinHandle<()>> {
        let (panicked, own) = (self.panicked.clone(), name.to_owned());
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            // What it worked on is gone with it: nobody sees a state that was left half way.
            if catch_unwind(AssertUnwindSafe(work)).is_err() {
                // A server that ends need not be told.
                let _ = panicked.send(own);
            }
        })
    }
}

impl Panics {
    /// Waits for the first; its name.
    pub(crate) async fn next(&mut self) -> String {
        match self.panicked.recv().await {
            Some(name) => name,
            // No thread is left.
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_thread_that_panics_is_told_of_and_one_that_ends_is_not() {
        let (threads, mut panics) = threads();
        let good = threads.spawn("good", || {}).expect("a thread");
        good.join().expect("no panic");
        let bad = threads.spawn("bad", || panic!("on purpose"));
        bad.expect("a thread").join().expect("caught");
        assert_eq!(panics.next().await, "bad");
        assert!(panics.panicked.try_recv().is_err());
    }
}
