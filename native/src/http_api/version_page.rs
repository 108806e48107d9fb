//! `/version`.

use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::{Method, StatusCode};
use warp::reply::Response;

use super::{json, only_get};
use crate::version;

/// Answers `/version`.
pub(super) fn filter() -> BoxedFilter<(Response,)> {
    warp::path!("version")
        .and(warp::method())
        .map(|method: Method| {
            if method == Method::GET {
                json(StatusCode::OK, version::json(true))
            } else {
                only_get()
            }
        })
        .boxed()
}
