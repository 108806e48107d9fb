//! What a client hears on its watch stream, as messages.

use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use quorate_api::etcdserverpb as pb;
use quorate_core::command::WatchResponse;
use quorate_core::error::Error;
use quorate_core::id::WatchId;
use tonic::Status;
use tonic::codegen::tokio_stream::Stream;

use super::fragments;
use super::reader::Reader;
use crate::grpc::{convert, status};
use crate::member_thread::WatchResponses;

/// The stream of a client's responses.
pub(super) struct Responses {
    heard: WatchResponses,
    reader: Reader,
    /// Watches whose responses may be cut.
    fragmented: BTreeSet<WatchId>,
    /// What is left of the last response.
    rest: VecDeque<pb::WatchResponse>,
    message_size_bytes_max: usize,
    is_over: bool,
}

impl Responses {
    /// Responses in messages of a size, where the client asked for that.
    pub(super) fn new(
        heard: WatchResponses,
        reader: Reader,
        message_size_bytes_max: usize,
    ) -> Self {
        Self {
            heard,
            reader,
            fragmented: BTreeSet::new(),
            rest: VecDeque::new(),
            message_size_bytes_max,
            is_over: false,
        }
    }

    fn message(&mut self, response: WatchResponse) -> pb::WatchResponse {
        let watch = response.watch;
        if response.created && self.reader.take_fragment_wish() && !response.canceled {
            self.fragmented.insert(watch);
        }
        if response.canceled {
            self.fragmented.remove(&watch);
        }
        let whole = convert::watch_response(response);
        if !self.fragmented.contains(&watch) {
            return whole;
        }
        let mut parts = fragments::cut(whole, self.message_size_bytes_max);
        let first = parts.pop_front().unwrap_or_default();
        self.rest = parts;
        first
    }
}

impl Stream for Responses {
    type Item = Result<pb::WatchResponse, Status>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<pb::WatchResponse, Status>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if let Some(part) = self.rest.pop_front() {
            return Poll::Ready(Some(Ok(part)));
        }
        if let Poll::Ready(failure) = self.reader.poll_failed(context) {
            self.is_over = true;
            return Poll::Ready(Some(Err(failure)));
        }
        match ready!(self.heard.poll_next(context)) {
            Some(response) => {
                let message = self.message(response);
                Poll::Ready(Some(Ok(message)))
            }
            None => {
                self.is_over = true;
                Poll::Ready(Some(Err(status::status(&Error::Stopped))))
            }
        }
    }
}
