//! HTTP's answers, as Go's servers give them, whatever their bodies are made of.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

/// An answer of a type.
pub(crate) fn typed<B: From<Bytes>>(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<B> {
    let mut answer = Response::new(B::from(body.into()));
    *answer.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    answer
}

/// JSON.
pub(crate) fn json<B: From<Bytes>>(status: StatusCode, body: String) -> Response<B> {
    typed(status, "application/json", body)
}

/// A text as it is.
pub(crate) fn text<B: From<Bytes>>(status: StatusCode, body: String) -> Response<B> {
    typed(status, "text/plain; charset=utf-8", body)
}

/// What is wrong, in a line.
pub(crate) fn line<B: From<Bytes>>(status: StatusCode, what: &str) -> Response<B> {
    text(status, format!("{what}\n"))
}

/// There is such a path, and it is asked in another way.
pub(crate) fn only<B: From<Bytes>>(method: &'static str) -> Response<B> {
    let mut answer = line(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    let allowed = HeaderValue::from_static(method);
    answer.headers_mut().insert(header::ALLOW, allowed);
    answer
}

/// Go's words for a path nobody serves.
pub(crate) fn not_found<B: From<Bytes>>() -> Response<B> {
    line(StatusCode::NOT_FOUND, "404 page not found")
}
