//! Answers on the peer port that are no streams, as Go's servers give them.

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;

use crate::answer;
pub(super) use crate::answer::{line as text, only};

/// An answer that is read whole.
pub(super) type Answer = Response<Full<Bytes>>;

/// JSON, and all is well.
pub(super) fn json(body: String) -> Answer {
    answer::json(StatusCode::OK, body)
}

/// A message of protobuf, and all is well.
pub(super) fn protobuf(message: &impl prost::Message) -> Answer {
    let body = message.encode_to_vec();
    answer::typed(StatusCode::OK, "application/protobuf", body)
}

/// A text without a line's end, and all is well.
pub(super) fn plain(body: &str) -> Answer {
    answer::typed(StatusCode::OK, "text/plain", body.to_owned())
}
