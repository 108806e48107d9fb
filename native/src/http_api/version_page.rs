//! `/version`.

use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::{Method, StatusCode};
use warp::reply::Response;

use super::{Context, json, only_get};
use crate::version;

/// Answers `/version`.
pub(super) fn filter(context: Context) -> BoxedFilter<(Response,)> {
    warp::path!("version")
        .and(warp::method())
        .and(warp::any().map(move || context.clone()))
        .then(|method: Method, context: Context| async move {
            if method != Method::GET {
                return only_get();
            }
            let text = version::json(context.version, &context.member).await;
            json(StatusCode::OK, text)
        })
        .boxed()
}
