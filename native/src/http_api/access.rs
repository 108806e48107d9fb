//! Who may ask over HTTP: hosts (`--host-whitelist`) and origins (`--cors`).
//!
//! A page of any site can have a browser send requests to a server on the reader's own machine.
//! The host that such a request names gives it away (CVE-2018-5702).

use std::collections::BTreeSet;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, HOST,
    ORIGIN,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use serde_json::json;
use warp::reply::Response;

use super::text;
use crate::log::Logger;

/// Stands for all.
const ANYBODY: &str = "*";

/// The lists of one server.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    hosts: AllowList,
    origins: AllowList,
}

/// Everybody, or some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowList(Option<BTreeSet<String>>);

/// What is to be done with a request.
pub(super) enum Entry {
    /// It is let in; whoever answers sends these headers along.
    Admitted(HeaderMap),
    /// It is answered already.
    Answered(Box<Response>),
}

impl AllowList {
    /// A list of names. As in etcd an empty one, and one with `*`, is everybody.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: BTreeSet<String> = names
            .into_iter()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        Self((!names.is_empty() && !names.contains(ANYBODY)).then_some(names))
    }

    /// The names, as the log shows them.
    pub(crate) fn names(&self) -> Vec<&str> {
        match &self.0 {
            None => vec![ANYBODY],
            Some(names) => names.iter().map(String::as_str).collect(),
        }
    }

    fn is_everybody(&self) -> bool {
        self.0.is_none()
    }

    fn allows(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(name))
    }
}

impl Access {
    /// Lets in requests that name these hosts, and pages of these origins.
    pub(crate) fn new(hosts: AllowList, origins: AllowList) -> Self {
        Self { hosts, origins }
    }

    /// Looks at a request before anything else does.
    pub(super) fn check<B>(&self, request: &Request<B>, logger: &Logger) -> Entry {
        let host = host_name(request);
        if !self.hosts.allows(host) {
            logger.warn(
                "rejecting HTTP request to prevent DNS rebinding attacks",
                &[("host", json!(host))],
            );
            let refused = text(StatusCode::MISDIRECTED_REQUEST, unrecognized(host));
            return Entry::Answered(Box::new(refused));
        }
        let headers = self.origin_headers(request.headers());
        if request.method() == Method::OPTIONS {
            let mut answer = Response::new(Vec::new().into());
            answer.headers_mut().extend(headers);
            return Entry::Answered(Box::new(answer));
        }
        Entry::Admitted(headers)
    }

    fn origin_headers(&self, asked: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let origin = if self.origins.is_everybody() {
            Some(HeaderValue::from_static(ANYBODY))
        } else {
            asked
                .get(ORIGIN)
                .filter(|origin| origin.to_str().is_ok_and(|name| self.origins.allows(name)))
                .cloned()
        };
        if let Some(origin) = origin {
            let methods = HeaderValue::from_static("POST, GET, OPTIONS, PUT, DELETE");
            let names = HeaderValue::from_static("accept, content-type, authorization");
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        headers
    }
}

/// The host that a request names, without its port.
fn host_name<B>(request: &Request<B>) -> &str {
    let header = request.headers().get(HOST).map(HeaderValue::to_str);
    let authority = match header {
        Some(Ok(host)) => host,
        // Over HTTP/2 it stands in the URI.
        _ => request.uri().authority().map_or("", |name| name.as_str()),
    };
    // As in Go, what is no host and port is taken as it is.
    match authority.rsplit_once(':') {
        Some((host, _)) => match host.strip_prefix('[') {
            Some(inner) => inner.strip_suffix(']').unwrap_or(authority),
            None if host.contains(':') => authority,
            None => host,
        },
        None => authority,
    }
}

/// The text begins as etcd's, which scripts look for.
fn unrecognized(host: &str) -> String {
    format!(
        "\netcd received your request, but the Host header was unrecognized.\n\n\
         This server answers only requests that name a host of its --host-whitelist, so that no \
         web page can reach it by a name of its own (\"DNS rebinding\", CVE-2018-5702). To be let \
         in, either\n\
         - add the host to the list: --host-whitelist {host:?}, or\n\
         - use TLS, which names the host in another way.\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, headers: &[(&'static str, &'static str)]) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = method;
        for (name, value) in headers {
            request
                .headers_mut()
                .insert(*name, HeaderValue::from_static(value));
        }
        request
    }

    fn access(hosts: &'static str, origins: &'static str) -> Access {
        let list = |names: &'static str| AllowList::new(names.split(','));
        Access::new(list(hosts), list(origins))
    }

    fn admitted(access: &Access, request: &Request<()>) -> Option<HeaderMap> {
        match access.check(request, &Logger::silent()) {
            Entry::Admitted(headers) => Some(headers),
            Entry::Answered(_) => None,
        }
    }

    #[test]
    fn only_named_hosts_are_let_in() {
        let some = access("a.example,127.0.0.1,::1", "*");
        for host in [
            "a.example",
            "a.example:2379",
            "127.0.0.1:2379",
            "[::1]:2379",
        ] {
            let request = request(Method::GET, &[("host", host)]);
            assert!(admitted(&some, &request).is_some(), "{host}");
        }
        for host in [
            "b.example",
            "b.example:2379",
            "",
            "[::2]:2379",
            "a.example:::",
        ] {
            let request = request(Method::GET, &[("host", host)]);
            let Entry::Answered(refused) = some.check(&request, &Logger::silent()) else {
                panic!("{host} was let in");
            };
            assert_eq!(refused.status(), 421, "{host}");
        }
        for everybody in ["", "*", "a,*"] {
            let request = request(Method::GET, &[("host", "b.example")]);
            assert!(admitted(&access(everybody, "*"), &request).is_some());
        }
    }

    #[test]
    fn origins_are_told_that_they_may() {
        let plain = request(Method::GET, &[]);
        let headers = admitted(&access("*", "*"), &plain).expect("let in");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(
            headers[ACCESS_CONTROL_ALLOW_METHODS],
            "POST, GET, OPTIONS, PUT, DELETE"
        );
        let some = access("*", "http://a.example");
        assert!(admitted(&some, &plain).expect("let in").is_empty());
        let known = request(Method::GET, &[("origin", "http://a.example")]);
        let headers = admitted(&some, &known).expect("let in");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "http://a.example");
        let other = request(Method::GET, &[("origin", "http://b.example")]);
        assert!(admitted(&some, &other).expect("let in").is_empty());
    }

    #[test]
    fn a_browsers_question_is_answered_at_once() {
        let question = request(Method::OPTIONS, &[]);
        let Entry::Answered(answer) = access("*", "*").check(&question, &Logger::silent()) else {
            panic!("not answered");
        };
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    }
}
