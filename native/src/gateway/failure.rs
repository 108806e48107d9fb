//! Errors as the gateway of etcd 3.6 shows them.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Body as HttpBody, Frame};
use serde_json::json;
use tonic::body::Body;
use tonic::{Code, Status};

/// A client's body whose errors are statuses.
pub(super) struct ClientBody<B>(pub(super) B);

impl<B> HttpBody for ClientBody<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.0).poll_frame(context).map(|frame| {
            frame.map(|frame| frame.map_err(|error| Status::cancelled(error.into().to_string())))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}

/// The answer to a request that was not carried out.
pub(super) fn refused(status: &Status) -> Response<Body> {
    let mut response = Response::new(Body::new(Full::from(text(status))));
    *response.status_mut() = http_status(status.code());
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if status.code() == Code::Unauthenticated
        && let Ok(reason) = HeaderValue::from_str(status.message())
    {
        headers.insert(header::WWW_AUTHENTICATE, reason);
    }
    response
}

/// The answer to a request of a stream that failed before it had anything to say.
pub(super) fn refused_stream(status: &Status) -> Response<Body> {
    let mut response = refused(status);
    *response.body_mut() = Body::new(Full::from(line(status)));
    response
}

/// A status as JSON.
pub(super) fn text(status: &Status) -> String {
    let message = json!(status.message());
    match status.code() {
        // Left out where it is nothing, as all fields are.
        Code::Ok => format!("{{\"message\":{message}}}"),
        code => format!("{{\"code\":{},\"message\":{message}}}", code as i32),
    }
}

/// A line that ends a stream of answers before its time.
pub(super) fn line(status: &Status) -> String {
    format!("{{\"error\":{}}}\n", text(status))
}

/// The gateway's statuses for gRPC's codes.
fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        // "Client Closed Request", which only some know.
        Code::Cancelled => StatusCode::from_u16(499).unwrap_or(StatusCode::REQUEST_TIMEOUT),
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_shown_as_etcd_shows_them() {
        let status = Status::invalid_argument("etcdserver: key is not provided");
        let response = refused(&status);
        assert_eq!(response.status(), 400);
        assert_eq!(
            text(&status),
            "{\"code\":3,\"message\":\"etcdserver: key is not provided\"}"
        );
        for (status, expected) in [
            (Status::not_found(""), 404),
            (Status::unauthenticated("no"), 401),
            (Status::permission_denied(""), 403),
            (Status::resource_exhausted(""), 429),
            (Status::cancelled(""), 499),
            (Status::unknown(""), 500),
            (Status::data_loss(""), 500),
            (Status::unimplemented(""), 501),
            (Status::unavailable(""), 503),
            (Status::deadline_exceeded(""), 504),
        ] {
            assert_eq!(refused(&status).status(), expected, "{status:?}");
        }
    }
}
