//! What the client port answers to plain HTTP: health, version, the playground's files.
//!
//! The module is not called `http` because a crate of everybody's is.

mod health;
mod play;
mod pprof;
mod version_page;

use std::path::PathBuf;
use std::sync::Arc;

use hyper::body::Incoming;
use tower::Service;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::reply::Response;

use crate::member_thread::MemberHandle;

/// Answers plain HTTP.
#[derive(Clone)]
pub(crate) struct HttpApi {
    filter: BoxedFilter<(Response,)>,
}

impl HttpApi {
    /// Routes to everything there is.
    pub(crate) fn new(member: MemberHandle, playground: Option<PathBuf>) -> Self {
        let playground = playground.map(Arc::from);
        let filter = health::filter(member)
            .or(version_page::filter())
            .unify()
            .or(play::filter(playground))
            .unify()
            .or(pprof::filter())
            .unify()
            .or(warp::any().map(not_found))
            .unify()
            .boxed();
        Self { filter }
    }

    /// Answers one request.
    pub(crate) async fn answer(&self, request: http::Request<Incoming>) -> Response {
        match warp::service(self.filter.clone()).call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Go's words for a path nobody serves.
fn not_found() -> Response {
    text(StatusCode::NOT_FOUND, "404 page not found\n".to_owned())
}

fn text(status: StatusCode, body: String) -> Response {
    typed(status, "text/plain; charset=utf-8", body)
}

fn json(status: StatusCode, body: String) -> Response {
    typed(status, "application/json", body)
}

fn typed(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(
        warp::http::header::CONTENT_TYPE,
        warp::http::HeaderValue::from_static(content_type),
    );
    response
}

/// What etcd answers to a method other than GET.
fn only_get() -> Response {
    let mut response = text(
        StatusCode::METHOD_NOT_ALLOWED,
        "Method Not Allowed\n".to_owned(),
    );
    response.headers_mut().insert(
        warp::http::header::ALLOW,
        warp::http::HeaderValue::from_static("GET"),
    );
    response
}
