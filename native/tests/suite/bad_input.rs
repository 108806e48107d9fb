//! Bytes that no honest client or peer sends: each such connection is closed, and nobody else is
//! harmed.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::cluster::Cluster;
use crate::support::http::get;

/// Connections of each kind.
const ROUNDS: usize = 150;
/// How long a connection that stays open is waited for before it is left alone.
const PATIENCE: Duration = Duration::from_millis(200);

/// HTTP/2's preface and an empty SETTINGS frame.
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

/// Small numbers that look random, the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.roll() as u8).collect()
    }
}

/// What is thrown at a port in one connection, kind by kind.
fn garbage(dice: &mut Dice) -> Vec<Vec<u8>> {
    let upgrade = |length: [u8; 4], rest: Vec<u8>| {
        let head = b"GET /quorate/stream HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n\
                     upgrade: quorate-peer-1\r\nx-etcd-cluster-id: 1\r\nx-server-from: 2\r\n\
                     x-raft-to: 3\r\n\r\n";
        [head.to_vec(), length.to_vec(), rest].concat()
    };
    let count = dice.roll() as usize % 2_000;
    let cut = dice.roll() as usize % HTTP2.len();
    let huge_frame = [HTTP2, b"\xff\xff\xff\x00\x00\x00\x00\x00\x01"].concat();
    let unknown_frame = [HTTP2, b"\x00\x00\x04\xee\x00\x00\x00\x00\x01", b"abcd"].concat();
    let stray_data = [HTTP2, b"\x00\x00\x05\x00\x01\x00\x00\x00\x07hello"].concat();
    let bad_headers = [
        HTTP2,
        b"\x00\x00\x04\x01\x05\x00\x00\x00\x01",
        b"\xff\xff\xff\xff",
    ]
    .concat();
    vec![
        // Random bytes, and HTTP/2's preface before them.
        dice.bytes(count),
        [HTTP2, &dice.bytes(count)].concat(),
        // Cut short.
        HTTP2[..cut].to_vec(),
        b"POST /v3/kv/put HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{".to_vec(),
        // Lengths that lie.
        huge_frame,
        b"POST /v3/kv/put HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n".to_vec(),
        b"POST /v3/kv/put HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999\r\n\r\n"
            .to_vec(),
        // Frames that nobody knows or nobody may send.
        unknown_frame,
        stray_data,
        bad_headers,
        // Other versions, other protocols.
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
        // HTTP/1 that is none.
        b"GET\r\n\r\n".to_vec(),
        format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(200_000)).into_bytes(),
        format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(5_000)).into_bytes(),
        b"GET / HTTP/1.1\r\nhost: a\r\nhost\x00: b\r\n\r\n".to_vec(),
        b"PUT /v3/kv/put HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec(),
        // A peer's stream with frames that lie and frames of nothing.
        upgrade([0xff; 4], dice.bytes(10)),
        upgrade([0; 4], dice.bytes(count)),
        upgrade([100, 0, 0, 0], dice.bytes(100)),
    ]
}

/// Sends, and reads what comes back until the connection is closed or has nothing more to say.
fn throw(port: u16, bytes: &[u8]) {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        panic!("the port is closed");
    };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    // A server that has seen enough closes while there is more to come.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = [0; 4_096];
    loop {
        match stream.read(&mut answer) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

#[test]
fn thousands_of_bad_connections_harm_nobody() {
    let operators = crate::support::ports::free_ports(1)[0];
    let urls = format!("--listen-metrics-urls=http://127.0.0.1:{operators}");
    let mut cluster = Cluster::start(1, &[&urls]);
    let ports = [cluster.client_port(0), cluster.peer_port(0), operators];
    let is_over = AtomicBool::new(false);
    let written = thread::scope(|scope| {
        let throwers: Vec<_> = ports
            .iter()
            .map(|port| {
                scope.spawn(move || {
                    let mut dice = Dice(u64::from(*port) + 1);
                    for _ in 0..ROUNDS {
                        for bytes in garbage(&mut dice) {
                            throw(*port, &bytes);
                        }
                    }
                })
            })
            .collect();
        let client = scope.spawn(|| {
            let etcdctl = cluster.etcdctl();
            let mut written = 0;
            while !is_over.load(Ordering::Relaxed) {
                written += 1;
                etcdctl.ok(&["put", "foo", &written.to_string()]);
                assert_eq!(etcdctl.ok(&["get", "foo"]), format!("foo\n{written}\n"));
            }
            written
        });
        for thrower in throwers {
            thrower.join().unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
        client.join().unwrap()
    });
    assert!(written > 0);
    for port in [cluster.client_port(0), operators] {
        assert_eq!(get(port, "/health").status, 200);
    }
    assert_eq!(get(cluster.peer_port(0), "/version").status, 200);
    let server = cluster.server(0);
    server.wait_for_line("rejected connection on client endpoint");
    server.wait_for_line("rejected connection on peer endpoint");
    server.wait_for_line("rejected connection on metrics endpoint");
    let worse: Vec<_> = server
        .log()
        .into_iter()
        .filter(|line| ["error", "panic", "fatal"].contains(&line["level"].as_str().unwrap()))
        .collect();
    assert!(worse.is_empty(), "{worse:?}");
    // Nothing is left open for those who went away.
    let open = crate::support::wait::wait_for("few open files", || {
        let text = get(operators, "/metrics").body;
        let line = text.lines().find(|line| line.starts_with("os_fd_used "))?;
        let used: u32 = line.split(' ').nth(1)?.parse().ok()?;
        (used < 60).then_some(used)
    });
    assert!(open > 0);
}
