//! What a client begins with: enough to know what it speaks, within some time.
//!
//! The server tells HTTP/2 from HTTP/1 by the first bytes. It waits for them without a bound, so
//! the bound is here: a client that says nothing, or half a word, does not hold a connection.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::socket::Socket;

/// What HTTP/2 begins with.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How often a client that stopped within the preface is looked at again.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until the client has sent HTTP/2's preface, or a byte that is none of it. The bytes stay
/// where they are.
pub(super) async fn arrive(socket: &Socket, within: Duration) -> Result<(), String> {
    let deadline = Instant::now() + within;
    timeout_at(deadline, wait(socket))
        .await
        .map_err(|_| "the client did not say what it speaks in time".to_owned())?
        .map_err(|error| error.to_string())
}

async fn wait(socket: &Socket) -> io::Result<()> {
    let mut seen = [0; PREFACE.len()];
    loop {
        let Some(count) = socket.peek(&mut seen).await? else {
            continue;
        };
        // A client that hung up is for whoever reads on.
        let is_known = count == 0 || count == PREFACE.len() || seen[..count] != PREFACE[..count];
        if is_known {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpStream, UnixStream};

    use super::*;

    async fn network() -> (Socket, Socket) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TcpStream::connect(address).await.expect("connected");
        let (server, _) = listener.accept().await.expect("accepted");
        (Socket::Tcp(client), Socket::Tcp(server))
    }

    async fn heard(pieces: &[&[u8]], within: Duration) -> Result<(), String> {
        let over_network = heard_on(network().await, pieces, within).await;
        let (client, server) = UnixStream::pair().expect("a pair");
        let ends = (Socket::Unix(client), Socket::Unix(server));
        assert_eq!(heard_on(ends, pieces, within).await, over_network);
        over_network
    }

    async fn heard_on(
        (mut client, server): (Socket, Socket),
        pieces: &[&[u8]],
        within: Duration,
    ) -> Result<(), String> {
        let arrived = tokio::spawn(async move { arrive(&server, within).await });
        for piece in pieces {
            client.write_all(piece).await.expect("sent");
            sleep(PAUSE).await;
        }
        arrived.await.expect("no panic")
    }

    #[tokio::test]
    async fn any_beginning_is_enough_but_half_a_preface() {
        let long = Duration::from_secs(60);
        assert_eq!(heard(&[b"GET / HTTP/1.1"], long).await, Ok(()));
        assert_eq!(heard(&[b"\x16\x03\x01"], long).await, Ok(()));
        assert_eq!(
            heard(&[b"PRI * HT", b"TP/2.0\r\n\r\nSM\r\n\r\n"], long).await,
            Ok(())
        );
        assert_eq!(heard(&[b"PRI", b"NT"], long).await, Ok(()));
        let short = Duration::from_millis(100);
        for pieces in [&[][..], &[b"PRI * HT".as_slice()]] {
            let reason = heard(pieces, short).await.expect_err("too late");
            assert!(reason.contains("in time"), "{reason}");
        }
    }
}
