//! The JSON gateway: etcd's gRPC as HTTP with JSON, below `/v3/` (`grpc-gateway`).
//!
//! A request's JSON becomes the very message that a gRPC client would have sent, and is answered
//! by the very function that answers one: no socket and no second encoding lie between. What is
//! said of errors, streams and methods follows the gateway of etcd 3.6.

mod auth;
mod cluster;
mod election;
mod failure;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod kv;
mod lease;
mod lock;
mod maintenance;
mod message;
mod nesting;
mod pieces;
mod request;
mod route;
mod scanner;
mod socket;
mod stream;
mod watch;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use hyper::body::{Body as HttpBody, Incoming};
use tonic::Status;
use tonic::body::Body;

use crate::grpc::Services;
use crate::metrics::Metrics;
use failure::{ClientBody, refused};
use request::Call;
use route::Route;

/// Where it is.
const PREFIX: &str = "/v3/";
/// Where older versions had it. The second is etcd's no more, but the notes' still.
const OLD_PREFIXES: [&str; 2] = ["/v3beta/", "/v3alpha/"];
/// As the metadata that gRPC answers with comes through etcd's gateway.
const GRPC_CONTENT_TYPE: HeaderName = HeaderName::from_static("grpc-metadata-content-type");

/// Answers JSON.
#[derive(Clone)]
pub(crate) struct Gateway {
    shared: Arc<Shared>,
}

struct Shared {
    services: Services,
    metrics: Arc<Metrics>,
    /// By path.
    routes: HashMap<&'static str, Route>,
}

impl Gateway {
    /// A gateway to all services.
    pub(crate) fn new(services: Services, metrics: Arc<Metrics>) -> Self {
        let shared = Shared {
            services,
            metrics,
            routes: routes(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Whether a path is below the gateway.
    pub(crate) fn covers(path: &str) -> bool {
        path.starts_with(PREFIX) || OLD_PREFIXES.iter().any(|old| path.starts_with(old))
    }

    /// Answers one request to a path that it covers.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        if socket::is_wanted(request.headers()) {
            return socket::answer(self.clone(), request).await;
        }
        self.answer_plain(request).await
    }

    /// The most that a request's JSON may take.
    fn request_size_bytes_max(&self) -> usize {
        self.shared.services.message_size_bytes_max() * route::JSON_GROWTH
    }

    async fn answer_plain<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let path = canonical(head.uri.path());
        let Some(route) = self.shared.routes.get(path.as_ref()) else {
            return refused(&Status::not_found("Not Found"));
        };
        if head.method != Method::POST {
            return refused(&Status::unimplemented("Method Not Allowed"));
        }
        let metadata = metadata(&head.headers);
        let call = Call::new(
            route.method,
            metadata,
            &self.shared.services,
            &self.shared.metrics,
        );
        route.answer(call, Body::new(ClientBody(body))).await
    }
}

fn routes() -> HashMap<&'static str, Route> {
    let services = [
        kv::routes(),
        watch::routes(),
        lease::routes(),
        cluster::routes(),
        maintenance::routes(),
        auth::routes(),
        lock::routes(),
        election::routes(),
    ];
    services.into_iter().flatten().collect()
}

/// The path as it is called now.
fn canonical(path: &str) -> Cow<'_, str> {
    OLD_PREFIXES
        .iter()
        .find_map(|old| path.strip_prefix(old))
        .map_or(path.into(), |rest| format!("{PREFIX}{rest}").into())
}

/// What of a request's headers a gRPC client would have sent: what is marked so, the token, and
/// the time it gives the call.
fn metadata(headers: &HeaderMap) -> HeaderMap {
    let mut metadata = HeaderMap::new();
    for (name, value) in headers {
        let marked = name.as_str().strip_prefix("grpc-metadata-");
        let passed = match marked {
            Some(inner) => HeaderName::from_bytes(inner.as_bytes()).ok(),
            None if *name == header::AUTHORIZATION || name == "grpc-timeout" => Some(name.clone()),
            None => None,
        };
        if let Some(passed) = passed {
            metadata.append(passed, value.clone());
        }
    }
    metadata
}

/// An answer's head, as every answer of gRPC has it.
fn answered(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(
        GRPC_CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_paths_lead_to_the_same() {
        for path in ["/v3/kv/put", "/v3beta/kv/put", "/v3alpha/kv/put"] {
            assert!(Gateway::covers(path));
            assert_eq!(canonical(path), "/v3/kv/put");
        }
        for path in ["/v3", "/v2/keys", "/v3gamma/kv/put", "/version"] {
            assert!(!Gateway::covers(path), "{path}");
        }
    }

    #[test]
    fn every_method_has_a_path_but_the_one_that_etcd_has_none_for() {
        let routes = routes();
        let methods = quorate_api::METHODS
            .iter()
            .map(|method| format!("/{}/{}", method.service, method.name));
        let without: Vec<String> = methods
            .filter(|method| !routes.values().any(|route| route.method == method))
            .collect();
        assert_eq!(without, ["/etcdserverpb.KV/RangeStream"]);
    }

    #[test]
    fn headers_that_are_metadata_pass() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", "token"),
            ("grpc-metadata-hasleader", "true"),
            ("grpc-timeout", "5S"),
            ("user-agent", "curl"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let metadata = metadata(&headers);
        assert_eq!(metadata.len(), 3);
        assert_eq!(metadata["authorization"], "token");
        assert_eq!(metadata["hasleader"], "true");
        assert_eq!(metadata["grpc-timeout"], "5S");
    }
}
