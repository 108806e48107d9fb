//! As much of an HTTP/1 client as the tests need.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a server may say nothing before its answer is over.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Its head, in lower case.
    pub(crate) head: String,
    /// Its body.
    pub(crate) body: String,
}

/// Asks a server on 127.0.0.1.
pub(crate) fn request(method: &str, port: u16, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(method, port, path, headers, "")
}

/// Posts a text, in the way of `curl -d`.
pub(crate) fn post(port: u16, path: &str, body: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    send("POST", port, path, &headers, body)
}

/// Asks with a body.
pub(crate) fn send(
    method: &str,
    port: u16,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        head += "host: 127.0.0.1\r\n";
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !headers.iter().any(|(name, _)| *name == "connection") {
        head += "connection: close\r\n";
    }
    if !body.is_empty() {
        head += &format!("content-length: {}\r\n", body.len());
    }
    stream
        .write_all(format!("{head}\r\n{body}").as_bytes())
        .unwrap();
    // A server that never ends its answer is told by its path.
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    // A body that is no text is looked at by its head alone.
    let text = String::from_utf8_lossy(&bytes);
    read.unwrap_or_else(|error| panic!("{method} {path} {body}: {error} after {text}"));
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let head = head.to_lowercase();
    let body = if head.contains("transfer-encoding: chunked") {
        joined(body)
    } else {
        body.to_owned()
    };
    Answer { status, head, body }
}

/// A body that comes in chunks, each behind its length.
fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    loop {
        let (length, rest) = chunks.split_once("\r\n").unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return body;
        }
        body += &rest[..length];
        chunks = &rest[length + 2..];
    }
}

/// Gets a path.
pub(crate) fn get(port: u16, path: &str) -> Answer {
    request("GET", port, path, &[])
}
