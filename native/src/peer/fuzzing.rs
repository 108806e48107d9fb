//! What fuzz targets may reach of the streams between members.

use http::{HeaderMap, HeaderValue};
use quorate_core::id::{ClusterId, MemberId};
use quorate_core::version::ServerVersion;

use super::Identity;
use super::framing::FrameDecoder;
use super::handshake;

/// The headers that open a stream: cluster, sender, addressee, protocol.
pub fn handshake(values: &[&[u8]]) {
    let own = Identity {
        id: MemberId(1),
        cluster: ClusterId(9),
        version: ServerVersion::CLAIMED,
    };
    let names = [
        handshake::CLUSTER_ID,
        handshake::FROM,
        handshake::TO,
        http::header::UPGRADE,
    ];
    let mut headers = HeaderMap::new();
    for (name, value) in names.into_iter().zip(values) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    }
    let _ = handshake::cluster_of(&headers);
    if let Err(refusal) = handshake::read(&headers, own) {
        let _ = refusal.answer(MemberId(1));
    }
}

/// What comes on a stream, in pieces.
pub fn peer_stream<'a>(pieces: impl Iterator<Item = &'a [u8]>) {
    let mut decoder = FrameDecoder::new(b"");
    let (mut came_bytes, mut taken_bytes) = (0, 0);
    for piece in pieces {
        came_bytes += piece.len();
        decoder.buffer.extend_from_slice(piece);
        loop {
            match decoder.next() {
                Ok(Some(frame)) => taken_bytes += 4 + frame.len(),
                Ok(None) => break,
                Err(_) => return,
            }
        }
        assert_eq!(came_bytes, taken_bytes + decoder.buffer.len());
    }
}
