//! Answers on the peer port that are no streams, as Go's servers give them.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

/// An answer that is read whole.
pub(super) type Answer = Response<Full<Bytes>>;

/// JSON, and all is well.
pub(super) fn json(body: String) -> Answer {
    of_type("application/json", Bytes::from(body))
}

/// A message of protobuf, and all is well.
pub(super) fn protobuf(message: &impl prost::Message) -> Answer {
    of_type("application/protobuf", Bytes::from(message.encode_to_vec()))
}

/// A text without a line's end, and all is well.
pub(super) fn plain(body: &str) -> Answer {
    of_type("text/plain", Bytes::copy_from_slice(body.as_bytes()))
}

/// What is wrong.
pub(super) fn text(status: StatusCode, body: &str) -> Answer {
    let mut answer = of_type(
        "text/plain; charset=utf-8",
        Bytes::from(format!("{body}\n")),
    );
    *answer.status_mut() = status;
    answer
}

/// There is such a path, and it is asked in another way.
pub(super) fn only(method: &'static str) -> Answer {
    let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    let allowed = HeaderValue::from_static(method);
    answer.headers_mut().insert(header::ALLOW, allowed);
    answer
}

fn of_type(kind: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::from(body));
    let kind = HeaderValue::from_static(kind);
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}
