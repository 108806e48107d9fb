//! The JSON gateway over WebSockets.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::http::{get, post};
use crate::support::wait::wait_for;

/// A socket that a client has opened.
struct WebSocket(TcpStream);

impl WebSocket {
    fn open(port: u16, path: &str) -> Self {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        );
        socket.write_all(head.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        assert!(head.starts_with("http/1.1 101 "), "{head}");
        assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="));
        Self(socket)
    }

    /// Sends a frame as clients do: masked.
    fn send(&mut self, kind: u8, text: &str) {
        let mask = [7, 1, 3, 9];
        let length = u8::try_from(text.len()).unwrap();
        assert!(length < 126);
        let mut frame = vec![0x80 | kind, 0x80 | length];
        frame.extend(mask);
        let masked = text.bytes().zip(mask.iter().cycle());
        frame.extend(masked.map(|(byte, key)| byte ^ key));
        self.0.write_all(&frame).unwrap();
    }

    fn send_text(&mut self, text: &str) {
        self.send(TEXT, text);
    }

    /// The server's next frame: its kind, and what it holds.
    fn next(&mut self) -> (u8, Vec<u8>) {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).unwrap();
        let length = match head[1] {
            126 => {
                let mut length = [0; 2];
                self.0.read_exact(&mut length).unwrap();
                usize::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                self.0.read_exact(&mut length).unwrap();
                usize::try_from(u64::from_be_bytes(length)).unwrap()
            }
            short => usize::from(short),
        };
        let mut content = vec![0; length];
        self.0.read_exact(&mut content).unwrap();
        (head[0] & 0x0f, content)
    }

    fn read_text(&mut self) -> Value {
        let (kind, text) = self.next();
        assert_eq!(kind, TEXT);
        serde_json::from_slice(&text).unwrap()
    }

    fn read_close(&mut self) {
        assert_eq!(self.next().0, CLOSE);
    }
}

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

#[test]
fn a_web_socket_carries_a_stream() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let mut socket = WebSocket::open(port, "/v3/watch");
    socket.send_text("{\"create_request\":{\"key\":\"YQ==\"}}");
    assert_eq!(socket.read_text()["result"]["created"], true);
    // Signs of life are answered, and are no requests.
    socket.send(PING, "there?");
    assert_eq!(socket.next(), (PONG, b"there?".to_vec()));
    post(port, "/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}");
    let heard = socket.read_text();
    assert_eq!(heard["result"]["events"][0]["kv"]["value"], "MQ==");
    // More can be asked on the way.
    socket.send_text("{\"create_request\":{\"key\":\"Yg==\"}}");
    assert_eq!(socket.read_text()["result"]["watch_id"], "1");
    drop(socket);
    wait_for("the end of the watches", || {
        let counts = get(port, "/metrics").body;
        let none = "etcd_debugging_mvcc_watcher_total 0";
        counts.lines().any(|line| line == none).then_some(())
    });
}

#[test]
fn a_web_socket_carries_one_question_and_its_answer() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let mut socket = WebSocket::open(port, "/v3/kv/put");
    socket.send_text("{\"key\":\"YQ==\",\"value\":\"MQ==\"}");
    assert_eq!(socket.read_text()["header"]["revision"], "2");
    socket.read_close();
    let mut socket = WebSocket::open(port, "/v3/kv/put");
    socket.send_text("{}");
    assert_eq!(
        socket.read_text()["message"],
        "etcdserver: key is not provided"
    );
    socket.read_close();
}

#[test]
fn a_web_socket_carries_one_question_and_many_answers() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let mut socket = WebSocket::open(port, "/v3/maintenance/snapshot");
    socket.send_text("{}");
    let mut parts = 0;
    loop {
        let (kind, part) = socket.next();
        if kind == CLOSE {
            break;
        }
        let part: Value = serde_json::from_slice(&part).unwrap();
        assert!(part["result"]["blob"].is_string(), "{part}");
        parts += 1;
    }
    // The store, and its checksum.
    assert!(parts >= 2, "{parts}");
    let mut socket = WebSocket::open(port, "/v3/election/observe");
    socket.send_text("{\"name\":\"ZQ==\"}");
    let lease = "{\"ID\":\"7\",\"TTL\":\"600\"}";
    post(port, "/v3/lease/grant", lease);
    let campaign = "{\"name\":\"ZQ==\",\"lease\":\"7\",\"value\":\"MQ==\"}";
    post(port, "/v3/election/campaign", campaign);
    assert_eq!(socket.read_text()["result"]["kv"]["value"], "MQ==");
    // It goes on for as long as the client listens.
    post(port, "/v3/lease/revoke", "{\"ID\":\"7\"}");
    post(port, "/v3/lease/grant", &lease.replace('7', "8"));
    post(
        port,
        "/v3/election/campaign",
        &campaign.replace('7', "8").replace("MQ", "Mg"),
    );
    assert_eq!(socket.read_text()["result"]["kv"]["value"], "Mg==");
}
