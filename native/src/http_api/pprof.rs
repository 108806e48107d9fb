//! `/debug/pprof/`: says that there is nothing.

use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::path::Tail;
use warp::reply::Response;

use super::text;

/// Answers all below `/debug/pprof/`.
pub(super) fn filter() -> BoxedFilter<(Response,)> {
    warp::path("debug")
        .and(warp::path("pprof"))
        .and(warp::path::tail())
        .map(|_: Tail| {
            let reason = "quorate is not written in Go and has no pprof profiles; use perf or \
                          another sampling profiler on the process\n";
            text(StatusCode::NOT_IMPLEMENTED, reason.to_owned())
        })
        .boxed()
}
