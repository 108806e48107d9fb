//! A client's stream of requests: JSON values one behind the other, as they come.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use hyper::body::{Body as HttpBody, Frame};
use serde::de::{DeserializeOwned, IgnoredAny};
use tonic::codec::{DecodeBuf, Decoder};
use tonic::{Status, Streaming};

use super::message;
use super::scanner::{Found, Scanner};

/// A flag and a length stand before each message.
const PREFIX_SIZE_BYTES: usize = 5;

/// The requests in a body, as a service's function takes them.
pub(super) fn requests<Q, B, F>(body: B, size_bytes_max: usize, seen: F) -> Streaming<Q>
where
    Q: DeserializeOwned + Default + Send + 'static,
    B: HttpBody<Data = Bytes, Error = Status> + Send + Unpin + 'static,
    F: Fn(&Q) + Send + 'static,
{
    let pieces = Pieces {
        body,
        buffer: BytesMut::new(),
        scanner: Scanner::default(),
        checked_bytes: 0,
        is_over: false,
        size_bytes_max,
    };
    let decoder = JsonDecoder {
        seen,
        message: std::marker::PhantomData,
    };
    // Of the size its own bound is the first to speak.
    Streaming::new_request(decoder, pieces, None, Some(usize::MAX))
}

/// Frames a body's values as gRPC frames its messages.
struct Pieces<B> {
    body: B,
    buffer: BytesMut,
    /// Of the value that the buffer begins with.
    scanner: Scanner,
    /// How much of it was found to be the beginning of something well formed.
    checked_bytes: usize,
    is_over: bool,
    size_bytes_max: usize,
}

/// Reads a message from the text of one value.
struct JsonDecoder<Q, F> {
    seen: F,
    message: std::marker::PhantomData<fn() -> Q>,
}

impl<Q, F> Decoder for JsonDecoder<Q, F>
where
    Q: DeserializeOwned + Default + Send,
    F: Fn(&Q),
{
    type Item = Q;
    type Error = Status;

    fn decode(&mut self, text: &mut DecodeBuf<'_>) -> Result<Option<Q>, Status> {
        let text = text.copy_to_bytes(text.remaining());
        let message = message::read(&text)?;
        (self.seen)(&message);
        Ok(Some(message))
    }
}

impl<B> Pieces<B> {
    /// The next whole value in the buffer.
    fn take(&mut self) -> Result<Option<Bytes>, Status> {
        match self.scanner.go_on(&self.buffer) {
            Found::Blank => {
                self.buffer.clear();
                self.scanner = Scanner::default();
                Ok(None)
            }
            Found::Whole(end) => self.framed(end).map(Some),
            // Whoever reads it says what is wrong with it.
            Found::Other => self.framed(self.buffer.len()).map(Some),
            Found::Part if self.is_over => self.framed(self.buffer.len()).map(Some),
            Found::Part => {
                if self.buffer.len() > self.size_bytes_max {
                    return Err(too_large(self.buffer.len(), self.size_bytes_max));
                }
                self.check()?;
                Ok(None)
            }
        }
    }

    /// Takes a value out, and frames it.
    fn framed(&mut self, end: usize) -> Result<Bytes, Status> {
        if end > self.size_bytes_max {
            return Err(too_large(end, self.size_bytes_max));
        }
        let value = self.buffer.split_to(end);
        (self.scanner, self.checked_bytes) = (Scanner::default(), 0);
        let mut framed = BytesMut::with_capacity(PREFIX_SIZE_BYTES + value.len());
        let length =
            u32::try_from(value.len()).map_err(|_| too_large(value.len(), self.size_bytes_max))?;
        framed.put_u8(0);
        framed.put_u32(length);
        framed.put_slice(&value);
        Ok(framed.freeze())
    }

    /// Whether a value that is not whole can still become one: whoever sends what cannot is to
    /// hear it now, and not when it sends more. Looked at again only when there is twice as much,
    /// so that small pieces do not make it dear.
    fn check(&mut self) -> Result<(), Status> {
        if self.buffer.len() < 2 * self.checked_bytes {
            return Ok(());
        }
        self.checked_bytes = self.buffer.len();
        match serde_json::from_slice::<IgnoredAny>(&self.buffer) {
            Err(error) if !error.is_eof() => Err(message::unreadable(&error)),
            _ => Ok(()),
        }
    }
}

impl<B> HttpBody for Pieces<B>
where
    B: HttpBody<Data = Bytes, Error = Status> + Unpin,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        loop {
            match this.take() {
                Ok(Some(piece)) => return Poll::Ready(Some(Ok(Frame::data(piece)))),
                Ok(None) if this.is_over => return Poll::Ready(None),
                Ok(None) => {}
                Err(status) => {
                    // What cannot be read does not become readable by more of it.
                    this.is_over = true;
                    this.buffer.clear();
                    return Poll::Ready(Some(Err(status)));
                }
            }
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        this.buffer.extend_from_slice(data);
                    }
                }
                Some(Err(status)) => return Poll::Ready(Some(Err(status))),
                None => this.is_over = true,
            }
        }
    }
}

/// As a gRPC client would hear it.
pub(super) fn too_large(size: usize, most: usize) -> Status {
    Status::resource_exhausted(format!(
        "grpc: received message larger than max ({size} vs. {most})"
    ))
}

#[cfg(test)]
mod tests {
    use http_body_util::StreamBody;
    use quorate_api::etcdserverpb as pb;

    use super::*;

    async fn read(pieces: &[&'static str]) -> (Vec<i64>, Option<Status>) {
        let frames: Vec<Result<Frame<Bytes>, Status>> = pieces
            .iter()
            .map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes()))))
            .collect();
        let body = StreamBody::new(futures_util::stream::iter(frames));
        let mut requests: Streaming<pb::LeaseKeepAliveRequest> =
            requests(Box::pin(body), 1_000, |_| {});
        let mut ids = Vec::new();
        loop {
            match requests.message().await {
                Ok(Some(request)) => ids.push(request.id),
                Ok(None) => return (ids, None),
                Err(status) => return (ids, Some(status)),
            }
        }
    }

    #[tokio::test]
    async fn values_are_found_however_they_are_cut() {
        for pieces in [
            &["{\"ID\":1}{\"ID\":\"2\"}\n{}\n"][..],
            &["{\"I", "D\":1}", " {\"ID\":", "2}", "\n{}"],
            &["{\"ID\":1}\n", "{\"ID\":2}\n", "{}\n", "  "],
        ] {
            let (ids, failure) = read(pieces).await;
            assert_eq!(ids, [1, 2, 0], "{pieces:?}");
            assert!(failure.is_none());
        }
        assert!(read(&[]).await.0.is_empty());
    }

    #[tokio::test]
    async fn small_pieces_are_not_dear() {
        let text = format!("{{\"key\":\"{}\"}}", "A".repeat(1_024 * 1_024));
        let body = StreamBody::new(futures_util::stream::empty::<Result<Frame<Bytes>, Status>>());
        let mut pieces = Pieces {
            body,
            buffer: BytesMut::new(),
            scanner: Scanner::default(),
            checked_bytes: 0,
            is_over: false,
            size_bytes_max: 2 * text.len(),
        };
        let mut looked_at = 0;
        for (at, byte) in text.bytes().enumerate() {
            pieces.buffer.extend_from_slice(&[byte]);
            let (scanned, checked) = (pieces.scanner.offset(), pieces.checked_bytes);
            let value = pieces.take().expect("well formed");
            if at + 1 == text.len() {
                assert_eq!(value.expect("whole").len(), PREFIX_SIZE_BYTES + text.len());
                looked_at += 1;
            } else {
                assert_eq!(value, None);
                looked_at += pieces.scanner.offset() - scanned;
                if pieces.checked_bytes != checked {
                    looked_at += pieces.checked_bytes;
                }
            }
        }
        assert!(looked_at < 4 * text.len(), "{looked_at}");
    }

    #[tokio::test]
    async fn what_cannot_become_a_value_is_refused_before_it_ends() {
        let frame = Ok(Frame::data(Bytes::from_static(b"{\"ID\":1}{\"ID\" 7")));
        let open = futures_util::stream::pending::<Result<Frame<Bytes>, Status>>();
        let frames = futures_util::StreamExt::chain(futures_util::stream::iter([frame]), open);
        let body = StreamBody::new(Box::pin(frames));
        let mut requests: Streaming<pb::LeaseKeepAliveRequest> = requests(body, 1_000, |_| {});
        let first = requests.message().await.expect("good");
        assert_eq!(first.map(|request| request.id), Some(1));
        let refusal = requests.message().await.expect_err("a colon is missing");
        assert_eq!(refusal.code(), tonic::Code::InvalidArgument);
    }

    #[tokio::test]
    async fn what_is_no_json_ends_the_stream() {
        for bad in ["{\"ID\":1}{\"ID\":", "{\"ID\":1}garbage", "{\"ID\":1}[7]"] {
            let (ids, failure) = read(&[bad]).await;
            assert_eq!(ids, [1], "{bad}");
            let failure = failure.expect(bad);
            assert_eq!(
                failure.code(),
                tonic::Code::InvalidArgument,
                "{bad}: {failure}"
            );
        }
    }
}
