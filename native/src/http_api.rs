//! What is answered to plain HTTP: health, numbers, version, the playground's files.
//!
//! The module is not called `http` because a crate of everybody's is.

mod access;
mod checks;
mod debug_vars;
mod health;
mod metrics_page;
mod play;
mod pprof;
mod probe_query;
mod version_page;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Request};
use hyper::body::Incoming;
use quorate_core::id::MemberId;
use quorate_core::version::ServerVersion;
use tonic::body::Body;
use tower::Service;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::reply::Response;

use access::Entry;
pub(crate) use access::{Access, AllowList};

use crate::answer::{json, not_found, only, text, typed};
use crate::gateway::Gateway;
use crate::log::Logger;
use crate::member_thread::MemberHandle;
use crate::metrics::Metrics;

/// What answers are made of.
#[derive(Clone)]
pub(crate) struct Context {
    /// Who answers.
    pub(crate) own: MemberId,
    /// Which etcd it says it is.
    pub(crate) version: ServerVersion,
    /// How long a probe waits for each of its answers.
    pub(crate) probe_timeout: Duration,
    /// Whom most is asked of.
    pub(crate) member: MemberHandle,
    /// What is counted.
    pub(crate) metrics: Arc<Metrics>,
    /// Whom trouble is told.
    pub(crate) logger: Logger,
}

/// Answers plain HTTP.
#[derive(Clone)]
pub(crate) struct HttpApi {
    filter: BoxedFilter<(Response,)>,
    /// Nothing where there is none.
    gateway: Option<Gateway>,
    /// Nothing where everybody may ask.
    access: Option<Access>,
    logger: Logger,
}

impl HttpApi {
    /// Everything there is, for clients.
    pub(crate) fn of_clients(
        context: &Context,
        access: Access,
        gateway: Option<Gateway>,
        playground: Option<Arc<Path>>,
    ) -> Self {
        let filter = operators(context)
            .or(version_page::filter(context.clone()))
            .unify()
            .or(debug_vars::filter(context.clone()))
            .unify()
            .or(play::filter(playground))
            .unify()
            .or(pprof::filter())
            .unify();
        Self {
            filter: or_nothing(filter.boxed()),
            gateway,
            access: Some(access),
            logger: context.logger.clone(),
        }
    }

    /// What those who watch over a server read, for `--listen-metrics-urls`.
    pub(crate) fn of_operators(context: &Context) -> Self {
        Self {
            filter: or_nothing(operators(context)),
            gateway: None,
            access: None,
            logger: context.logger.clone(),
        }
    }

    /// Answers one request.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> http::Response<Body> {
        let headers = match &self.access {
            None => HeaderMap::new(),
            Some(access) => match access.check(&request, &self.logger) {
                Entry::Answered(answer) => return answer.map(Body::new),
                Entry::Admitted(headers) => headers,
            },
        };
        let mut response = match &self.gateway {
            Some(gateway) if Gateway::covers(request.uri().path()) => gateway.answer(request).await,
            _ => match warp::service(self.filter.clone()).call(request).await {
                Ok(response) => response.map(Body::new),
                Err(never) => match never {},
            },
        };
        response.headers_mut().extend(headers);
        response
    }
}

fn operators(context: &Context) -> BoxedFilter<(Response,)> {
    health::filter(context.clone())
        .or(checks::filter(context.clone()))
        .unify()
        .or(metrics_page::filter(context.clone()))
        .unify()
        .boxed()
}

fn or_nothing(filter: BoxedFilter<(Response,)>) -> BoxedFilter<(Response,)> {
    filter.or(warp::any().map(not_found)).unify().boxed()
}

/// What etcd answers to a method other than GET.
fn only_get() -> Response {
    only("GET")
}
