//! Many answers: a line of JSON each.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use hyper::body::{Body as HttpBody, Frame};
use prost::Message;
use serde::Serialize;
use tonic::body::Body;
use tonic::codegen::tokio_stream::{Stream, StreamExt};
use tonic::{Code, Status};

use super::failure::{self, refused_stream};
use super::request::Call;
use super::{answered, message};

/// Answers a call with all that comes. What fails before anything has come is an answer of its
/// own; the head goes out at once all the same when nothing has come yet, so that a client knows
/// that it is listened to.
pub(super) async fn answer<A, S>(answers: S, mut call: Call) -> Response<Body>
where
    A: Message + Serialize + Send + Unpin + 'static,
    S: Stream<Item = Result<A, Status>> + Send + 'static,
{
    let mut answers = Box::pin(answers);
    let first = tokio::select! {
        biased;
        first = answers.next() => Some(first),
        () = tokio::task::yield_now() => None,
    };
    if let Some(Some(Err(status))) = &first {
        call.end(status.code());
        return refused_stream(status);
    }
    let lines = Lines {
        first,
        answers,
        call,
        is_over: false,
    };
    answered(Response::new(Body::new(lines)))
}

/// The answers as a body.
struct Lines<A> {
    /// What came before the head went out.
    first: Option<Option<Result<A, Status>>>,
    answers: Pin<Box<dyn Stream<Item = Result<A, Status>> + Send>>,
    call: Call,
    is_over: bool,
}

impl<A: Message + Serialize> Lines<A> {
    fn line(&mut self, answer: Result<A, Status>) -> String {
        let written = answer.and_then(|answer| {
            self.call.sent(&answer);
            message::write(&answer)
        });
        match written.map(String::from_utf8) {
            Ok(Ok(text)) => format!("{{\"result\":{text}}}\n"),
            Ok(Err(error)) => self.last_line(&Status::internal(error.to_string())),
            Err(status) => self.last_line(&status),
        }
    }

    fn last_line(&mut self, status: &Status) -> String {
        self.is_over = true;
        self.call.end(status.code());
        failure::line(status)
    }
}

impl<A: Message + Serialize + Unpin> HttpBody for Lines<A> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let next = match self.first.take() {
            Some(first) => first,
            None => ready!(self.answers.as_mut().poll_next(context)),
        };
        let Some(answer) = next else {
            self.is_over = true;
            self.call.end(Code::Ok);
            return Poll::Ready(None);
        };
        let line = self.line(answer);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(line)))))
    }
}
