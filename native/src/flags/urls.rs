//! URLs of members and clients, as etcd checks them (`client/pkg/types/urls.go`).

use std::net::IpAddr;
use std::path::Path;

/// Where somebody listens or is reached: `http://host:port`, or `unix://` and a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Endpoint {
    /// The URL as etcd would print it. Ids are computed from this text.
    pub(crate) url: String,
    /// A name, an IPv4 address, or an IPv6 address without brackets; of a file its path.
    pub(crate) host: String,
    /// The port; 0 of a file.
    pub(crate) port: u16,
    is_file: bool,
}

impl Endpoint {
    /// Reads one URL; says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(format!(
                "URL scheme must be http, https, unix, or unixs: {text}"
            ));
        };
        match scheme {
            "http" => {}
            "https" => return Err(format!("TLS is not supported yet: {text}")),
            "unix" => return Self::file(text, rest),
            "unixs" => return Err(format!("TLS is not supported yet: {text}")),
            _ => {
                return Err(format!(
                    "URL scheme must be http, https, unix, or unixs: {text}"
                ));
            }
        }
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, Some(path)),
            None => (rest, None),
        };
        let (host, port) = split_host_port(authority)
            .ok_or_else(|| format!("URL address does not have the form \"host:port\": {text}"))?;
        if path.is_some() {
            return Err(format!("URL must not contain a path: {text}"));
        }
        Ok(Self {
            url: text.to_owned(),
            host,
            port,
            is_file: false,
        })
    }

    /// As in etcd any path will do, and the host is the first part of it.
    fn file(url: &str, path: &str) -> Result<Self, String> {
        if path.is_empty() || path.ends_with('/') {
            return Err(format!("URL names no file for a unix socket: {url}"));
        }
        Ok(Self {
            url: url.to_owned(),
            host: path.to_owned(),
            port: 0,
            is_file: true,
        })
    }

    /// The file of a unix socket; nothing where it is no file.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.is_file.then(|| Path::new(&self.host))
    }

    /// Reads a comma-separated list; it is put in ascending order, as etcd does.
    pub(crate) fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let mut endpoints = text
            .split(',')
            .map(Self::parse)
            .collect::<Result<Vec<_>, _>>()?;
        endpoints.sort();
        Ok(endpoints)
    }

    /// `host:port`, with an IPv6 address in brackets.
    pub(crate) fn authority(&self) -> &str {
        let (_, rest) = self.url.split_once("://").unwrap_or_default();
        rest.split('/').next().unwrap_or_default()
    }

    /// Whether it can be listened on: only an address, or `localhost`, is no guess.
    pub(crate) fn check_bind(&self) -> Result<(), String> {
        if self.is_file || self.host == "localhost" || self.host.parse::<IpAddr>().is_ok() {
            return Ok(());
        }
        Err(format!("expected IP in URL for binding ({})", self.url))
    }

    /// Whether others may be told that they reach somebody there: as in etcd also a file has to
    /// look like a host with a port.
    pub(crate) fn check_host(&self) -> Result<(), String> {
        let authority = self.authority();
        match split_host_port(authority) {
            Some(_) => Ok(()),
            None if authority.starts_with(':') => {
                Err(format!("unexpected empty host ({})", self.url))
            }
            None => Err(format!(
                "address {authority}: missing port in address ({})",
                self.url
            )),
        }
    }
}

fn split_host_port(authority: &str) -> Option<(String, u16)> {
    let (host, port) = authority.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    if host.is_empty() {
        return None;
    }
    Some((host.to_owned(), port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_urls() {
        let plain = Endpoint::parse("http://127.0.0.1:2380").expect("good");
        assert_eq!((plain.host.as_str(), plain.port), ("127.0.0.1", 2380));
        let six = Endpoint::parse("http://[::1]:2380").expect("good");
        assert_eq!((six.host.as_str(), six.port), ("::1", 2380));
        assert_eq!(six.check_bind(), Ok(()));
        let list = Endpoint::parse_list("http://b:2,http://a:1").expect("good");
        assert_eq!(list[0].url, "http://a:1");
    }

    #[test]
    fn a_unix_socket_is_a_file() {
        let short = Endpoint::parse("unix://localhost:2379").expect("as etcd's own tests have it");
        assert_eq!(short.path(), Some(Path::new("localhost:2379")));
        assert_eq!(short.authority(), "localhost:2379");
        assert_eq!((short.check_bind(), short.check_host()), (Ok(()), Ok(())));
        let long = Endpoint::parse("unix:///run/etcd.sock").expect("good");
        assert_eq!(long.path(), Some(Path::new("/run/etcd.sock")));
        assert_eq!(long.check_bind(), Ok(()));
        let reason = "address : missing port in address (unix:///run/etcd.sock)";
        assert_eq!(long.check_host(), Err(reason.to_owned()));
        let http = Endpoint::parse("http://127.0.0.1:2380").expect("good");
        assert_eq!((http.path(), http.check_host()), (None, Ok(())));
    }

    #[test]
    fn bad_urls_are_told_why() {
        for (url, part) in [
            ("127.0.0.1:2380", "URL scheme must be http"),
            ("ftp://127.0.0.1:2380", "URL scheme must be http"),
            ("http://127.0.0.1", "does not have the form \"host:port\""),
            ("http://:2380", "does not have the form \"host:port\""),
            ("http://::1:2380", "does not have the form \"host:port\""),
            (
                "http://127.0.0.1:99999",
                "does not have the form \"host:port\"",
            ),
            ("http://127.0.0.1:2380/x", "must not contain a path"),
            ("https://127.0.0.1:2380", "TLS is not supported yet"),
            ("unixs://a:1", "TLS is not supported yet"),
            ("unix://", "names no file"),
            ("unix:///tmp/", "names no file"),
        ] {
            let reason = Endpoint::parse(url).expect_err(url);
            assert!(reason.contains(part), "{url}: {reason}");
        }
        let name = Endpoint::parse("http://foo.bar:3444").expect("a name can be dialled");
        assert_eq!(
            name.check_bind(),
            Err("expected IP in URL for binding (http://foo.bar:3444)".to_owned())
        );
    }
}
