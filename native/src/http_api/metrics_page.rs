//! `/metrics`: everything that is counted, for Prometheus.

use std::time::Duration;

use tokio::time::timeout;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::reply::Response;

use super::{Context, typed};

/// A member that does not answer sooner is shown as it was.
const MEMBER_TIMEOUT: Duration = Duration::from_secs(1);

/// Answers `/metrics`.
pub(super) fn filter(context: Context) -> BoxedFilter<(Response,)> {
    warp::path!("metrics")
        .and(warp::any().map(move || context.clone()))
        .then(|context: Context| async move {
            let figures = timeout(MEMBER_TIMEOUT, context.member.figures()).await;
            let text = context.metrics.render(figures.ok().flatten().as_ref());
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            typed(StatusCode::OK, kind, text)
        })
        .boxed()
}
