//! What ends a stream of answers before its time: the client's deadline, or the loss of the
//! leader that the client asked for.

use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use quorate_core::error::Error;
use quorate_core::member::Standing;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tonic::Status;
use tonic::codegen::{BoxStream, tokio_stream::Stream};

use super::{deadline, status};

/// What a call's client asked of all its answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Terms {
    /// When the client stops listening.
    pub(super) deadline: Option<Instant>,
    /// Whether it wants nothing from a member that has no leader (`hasleader`).
    pub(super) needs_leader: bool,
}

/// What resolves when a call must end.
pub(super) type CallEnd = Pin<Box<dyn Future<Output = Status> + Send>>;

impl Terms {
    /// What ends a call with these terms; nothing when nothing does. A member may be without a
    /// leader for a while: to begin a stream again costs more than to wait.
    pub(super) fn end(
        self,
        standings: watch::Receiver<Standing>,
        patience: Duration,
    ) -> Option<CallEnd> {
        if self == Self::default() {
            return None;
        }
        let late = async move {
            match self.deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => pending().await,
            }
        };
        let leaderless = async move {
            match self.needs_leader {
                true => wait_for_loss(standings, patience).await,
                false => pending().await,
            }
        };
        Some(Box::pin(async move {
            tokio::select! {
                () = late => deadline::exceeded(),
                () = leaderless => status::status(&Error::NoLeader),
            }
        }))
    }
}

/// Waits until there has been no leader for so long.
async fn wait_for_loss(mut standings: watch::Receiver<Standing>, patience: Duration) {
    loop {
        // What it lends is given back at once: it would hold the member up.
        let is_gone = standings
            .wait_for(|now| !now.leader.is_some())
            .await
            .is_err();
        if is_gone {
            // The member is gone, which its callers hear in another way.
            return pending().await;
        }
        let found = standings.wait_for(|now| now.leader.is_some());
        if timeout(patience, found).await.is_err() {
            return;
        }
    }
}

/// Answers, up to the end of the call.
struct Until<S> {
    answers: S,
    end: CallEnd,
    is_over: bool,
}

/// Answers that end with a call's end.
pub(super) fn until<T, S>(answers: S, end: Option<CallEnd>) -> BoxStream<T>
where
    S: Stream<Item = Result<T, Status>> + Send + Unpin + 'static,
    T: 'static,
{
    match end {
        None => Box::pin(answers),
        Some(end) => Box::pin(Until {
            answers,
            end,
            is_over: false,
        }),
    }
}

impl<T, S> Stream for Until<S>
where
    S: Stream<Item = Result<T, Status>> + Unpin,
{
    type Item = Result<T, Status>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<T, Status>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        // First, so that answers without a pause do not hide the end.
        if let Poll::Ready(status) = self.end.as_mut().poll(context) {
            self.is_over = true;
            return Poll::Ready(Some(Err(status)));
        }
        Pin::new(&mut self.answers).poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::id::MemberId;

    use super::*;

    fn with_leader(leader: u64) -> Standing {
        Standing {
            leader: MemberId(leader),
            is_learner: false,
            is_new: false,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_leader_that_is_lost_for_long_ends_the_call() {
        let (told, standings) = watch::channel(with_leader(1));
        let terms = Terms {
            deadline: None,
            needs_leader: true,
        };
        let patience = Duration::from_secs(3);
        let end = terms.end(standings, patience).expect("it may end");
        let ended = tokio::spawn(end);
        for _ in 0..3 {
            told.send_replace(with_leader(0));
            tokio::time::sleep(patience - Duration::from_millis(1)).await;
            told.send_replace(with_leader(2));
            tokio::time::sleep(patience).await;
        }
        assert!(!ended.is_finished());
        told.send_replace(with_leader(0));
        let status = ended.await.expect("no panic");
        assert_eq!(status.message(), "etcdserver: no leader");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_ends_the_call_whatever_there_is_to_say() {
        let (_told, standings) = watch::channel(with_leader(1));
        let terms = Terms {
            deadline: Some(Instant::now() + Duration::from_secs(1)),
            needs_leader: false,
        };
        let end = terms.end(standings, Duration::from_secs(3));
        let endless = futures_util::stream::repeat_with(|| Ok(()));
        let mut answers = until(endless, end);
        let next = |answers: &mut BoxStream<()>| {
            let mut context = Context::from_waker(std::task::Waker::noop());
            answers.as_mut().poll_next(&mut context)
        };
        assert!(matches!(next(&mut answers), Poll::Ready(Some(Ok(())))));
        tokio::time::sleep(Duration::from_secs(2)).await;
        let Poll::Ready(Some(Err(status))) = next(&mut answers) else {
            panic!("it goes on");
        };
        assert_eq!(status.code(), tonic::Code::DeadlineExceeded);
        assert!(matches!(next(&mut answers), Poll::Ready(None)));
    }

    #[test]
    fn a_call_without_terms_has_no_end() {
        let (_told, standings) = watch::channel(with_leader(1));
        assert!(
            Terms::default()
                .end(standings, Duration::from_secs(3))
                .is_none()
        );
    }
}
