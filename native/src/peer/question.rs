//! A question to a peer: one connection, on which pages are asked for by HTTP/1.

use std::io;
use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;

use crate::flags::Endpoint;
use crate::socket::Socket;

/// A connection to a peer.
pub(super) struct Questions {
    requests: SendRequest<Empty<Bytes>>,
    host: String,
}

impl Questions {
    /// Connects; from an own address, if one is given.
    ///
    /// # Errors
    /// Nobody is there.
    pub(super) async fn begin(endpoint: &Endpoint, local: Option<IpAddr>) -> io::Result<Self> {
        let socket = Socket::connect(endpoint, local).await?;
        let (requests, connection) = handshake(TokioIo::new(socket))
            .await
            .map_err(io::Error::other)?;
        // Ends with the upgrade, or with the connection, which ends with the last request.
        tokio::spawn(connection.with_upgrades());
        Ok(Self {
            requests,
            host: endpoint.authority().to_owned(),
        })
    }

    /// Asks, and waits for the head of the answer.
    ///
    /// # Errors
    /// There is none.
    pub(super) async fn ask(
        &mut self,
        path: &str,
        headers: HeaderMap,
    ) -> io::Result<Response<Incoming>> {
        let mut request = Request::get(path)
            .header(header::HOST, &self.host)
            .body(Empty::new())
            .map_err(io::Error::other)?;
        request.headers_mut().extend(headers);
        self.requests.ready().await.map_err(io::Error::other)?;
        self.requests
            .send_request(request)
            .await
            .map_err(io::Error::other)
    }

    /// Asks for a page of at most so many bytes.
    ///
    /// # Errors
    /// There is none, or it is longer.
    pub(super) async fn page(
        &mut self,
        path: &str,
        size_bytes_max: usize,
    ) -> io::Result<(HeaderMap, Bytes)> {
        let response = self.ask(path, HeaderMap::new()).await?;
        if response.status() != StatusCode::OK {
            let text = format!("the peer answered {}", response.status());
            return Err(io::Error::other(text));
        }
        let (head, body) = response.into_parts();
        let body = whole(body, size_bytes_max).await?;
        Ok((head.headers, body))
    }
}

/// A body of at most so many bytes.
///
/// # Errors
/// It is longer, or breaks off.
pub(super) async fn whole(body: Incoming, size_bytes_max: usize) -> io::Result<Bytes> {
    let collected = Limited::new(body, size_bytes_max).collect().await;
    collected
        .map(|body| body.to_bytes())
        .map_err(io::Error::other)
}
