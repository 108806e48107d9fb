//! Counts calls and their messages as they pass.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Request, Response};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tonic::Code;
use tonic::body::Body;

use crate::metrics::{MethodMetrics, Metrics};

/// Says which API a client speaks.
const CLIENT_VERSION: HeaderName = HeaderName::from_static("client-api-version");
/// How a call ended.
const STATUS: HeaderName = HeaderName::from_static("grpc-status");
/// A flag and a length stand before each message.
const PREFIX_SIZE_BYTES: u8 = 5;

/// One call, counted from its beginning to its end. To drop it before the end is to cancel it.
pub(crate) struct Meter {
    counts: Counts,
    begun: Instant,
    is_ended: bool,
}

/// What both directions count with.
#[derive(Clone)]
pub(crate) struct Counts {
    metrics: Arc<Metrics>,
    method: Arc<MethodMetrics>,
}

impl Meter {
    /// Counts a call of a method; nothing when there is no such method.
    pub(crate) fn begin(metrics: &Arc<Metrics>, path: &str, headers: &HeaderMap) -> Option<Self> {
        let method = metrics.calls.method(path)?.clone();
        let version = headers.get(CLIENT_VERSION).map(|text| text.to_str());
        metrics.calls.begun(&method, version.and_then(Result::ok));
        let counts = Counts {
            metrics: metrics.clone(),
            method,
        };
        Some(Self {
            counts,
            begun: Instant::now(),
            is_ended: false,
        })
    }

    /// What messages are counted with.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The call has ended.
    pub(crate) fn end(&mut self, code: Code) {
        if !std::mem::replace(&mut self.is_ended, true) {
            self.counts.method.ended(code, self.begun.elapsed());
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

impl Counts {
    /// The client sent messages of so many bytes.
    pub(crate) fn received(&self, messages: u64, bytes: u64) {
        self.metrics.calls.received(&self.method, messages, bytes);
    }

    /// The client was sent messages of so many bytes.
    pub(crate) fn sent(&self, messages: u64, bytes: u64) {
        self.metrics.calls.sent(&self.method, messages, bytes);
    }
}

/// A call's request, counted.
pub(super) fn request<B>(request: Request<B>, counts: &Counts) -> Request<CountedRequest<B>> {
    request.map(|body| CountedRequest {
        body,
        messages: Messages::default(),
        counts: counts.clone(),
    })
}

/// A call's answer, counted until it has ended.
pub(super) fn response(response: Response<Body>, mut meter: Meter) -> Response<Body> {
    // An answer that is an error alone says so at once.
    if let Some(code) = code(response.headers()) {
        meter.end(code);
        return response;
    }
    response.map(|body| {
        Body::new(CountedResponse {
            body,
            messages: Messages::default(),
            meter,
        })
    })
}

fn code(headers: &HeaderMap) -> Option<Code> {
    headers
        .get(STATUS)
        .map(|code| Code::from_bytes(code.as_bytes()))
}

/// What comes from a client.
pub(super) struct CountedRequest<B> {
    body: B,
    messages: Messages,
    counts: Counts,
}

/// What goes to a client.
struct CountedResponse {
    body: Body,
    messages: Messages,
    meter: Meter,
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for CountedRequest<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let this = &mut *self;
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            let (messages, bytes) = this.messages.pass(data);
            this.counts.received(messages, bytes);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl HttpBody for CountedResponse {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let this = &mut *self;
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    let (messages, bytes) = this.messages.pass(data);
                    this.meter.counts().sent(messages, bytes);
                }
                if let Some(code) = frame.trailers_ref().and_then(code) {
                    this.meter.end(code);
                }
            }
            Poll::Ready(Some(Err(status))) => this.meter.end(status.code()),
            Poll::Ready(None) => this.meter.end(Code::Unknown),
            Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Finds the messages in a stream of bytes that comes in pieces of any size.
#[derive(Debug, Default)]
struct Messages {
    prefix: [u8; PREFIX_SIZE_BYTES as usize],
    prefix_filled: u8,
    /// Of the message that is passing.
    left: u32,
}

impl Messages {
    /// Some bytes pass: how many messages begin in them, and how many of the bytes are messages'.
    fn pass(&mut self, mut data: &[u8]) -> (u64, u64) {
        let (mut messages, mut bytes) = (0, 0);
        while !data.is_empty() {
            if self.left > 0 {
                let passing = data.len().min(self.left as usize);
                // No more than `left`, which is one of these.
                self.left -= passing as u32;
                bytes += passing as u64;
                data = &data[passing..];
                continue;
            }
            self.prefix[usize::from(self.prefix_filled)] = data[0];
            self.prefix_filled += 1;
            data = &data[1..];
            if self.prefix_filled == PREFIX_SIZE_BYTES {
                let [_, a, b, c, d] = self.prefix;
                self.left = u32::from_be_bytes([a, b, c, d]);
                self.prefix_filled = 0;
                messages += 1;
            }
        }
        (messages, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_however_their_bytes_come() {
        let mut stream = Vec::new();
        for length in [0_u8, 3, 0, 7] {
            stream.extend([0, 0, 0, 0, length]);
            stream.extend(vec![0xff; usize::from(length)]);
        }
        for step in [1, 2, 4, 5, 6, stream.len()] {
            let mut messages = Messages::default();
            let mut sum = (0, 0);
            for piece in stream.chunks(step) {
                let (count, bytes) = messages.pass(piece);
                sum = (sum.0 + count, sum.1 + bytes);
            }
            assert_eq!(sum, (4, 10), "in steps of {step}");
        }
    }
}
