//! What two members tell one another before a stream begins: etcd's headers, and its refusals.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use quorate_core::id::{ClusterId, MemberId};

use super::Identity;

/// Where streams begin.
pub(super) const STREAM_PATH: &str = "/quorate/stream";
/// What the connection is upgraded to; a change of the framing is another name.
pub(super) const PROTOCOL: &str = "quorate-peer-1";
/// Which cluster the sender belongs to.
pub(super) const CLUSTER_ID: HeaderName = HeaderName::from_static("x-etcd-cluster-id");
/// Who sends.
pub(super) const FROM: HeaderName = HeaderName::from_static("x-server-from");
/// The sender's version.
pub(super) const VERSION: HeaderName = HeaderName::from_static("x-server-version");
/// For whom it is.
pub(super) const TO: HeaderName = HeaderName::from_static("x-raft-to");

/// Why a stream is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The request lacks a header or asks for another protocol.
    Malformed,
    /// The sender belongs to another cluster.
    ClusterMismatch(ClusterId),
    /// The stream is meant for another member.
    NotForUs(MemberId),
    /// The sender is no member of this cluster.
    Unknown(MemberId),
}

impl Refusal {
    /// The answer's status and text.
    pub(super) fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Refusal::Malformed => (StatusCode::BAD_REQUEST, "not a quorate-peer stream"),
            Refusal::ClusterMismatch(_) => (StatusCode::PRECONDITION_FAILED, "cluster ID mismatch"),
            Refusal::NotForUs(_) => (StatusCode::PRECONDITION_FAILED, "to field mismatch"),
            Refusal::Unknown(_) => (StatusCode::NOT_FOUND, "error sender not found"),
        }
    }
}

/// Says who asks for a stream, and to whom.
pub(super) fn write(headers: &mut HeaderMap, own: Identity, to: MemberId) {
    headers.insert(CLUSTER_ID, number(own.cluster.0));
    headers.insert(FROM, number(own.id.0));
    headers.insert(TO, number(to.0));
    headers.insert(VERSION, version(own));
    headers.insert(
        http::header::CONNECTION,
        HeaderValue::from_static("upgrade"),
    );
    headers.insert(http::header::UPGRADE, HeaderValue::from_static(PROTOCOL));
}

/// Says who answers.
pub(super) fn write_answer(headers: &mut HeaderMap, own: Identity) {
    headers.insert(CLUSTER_ID, number(own.cluster.0));
    headers.insert(VERSION, version(own));
}

/// Reads who asks for a stream; the caller says who is a member.
pub(super) fn read(
    headers: &HeaderMap,
    own: Identity,
    is_member: impl Fn(MemberId) -> bool,
) -> Result<MemberId, Refusal> {
    let cluster = ClusterId(hex(headers, &CLUSTER_ID).ok_or(Refusal::Malformed)?);
    // First of all, for a member of another cluster has nothing else to be told.
    if cluster != own.cluster {
        return Err(Refusal::ClusterMismatch(cluster));
    }
    let from = MemberId(hex(headers, &FROM).ok_or(Refusal::Malformed)?);
    let to = MemberId(hex(headers, &TO).ok_or(Refusal::Malformed)?);
    if headers.get(http::header::UPGRADE) != Some(&HeaderValue::from_static(PROTOCOL)) {
        return Err(Refusal::Malformed);
    }
    if to != own.id {
        return Err(Refusal::NotForUs(to));
    }
    if !is_member(from) {
        return Err(Refusal::Unknown(from));
    }
    Ok(from)
}

/// The cluster an answer names.
pub(super) fn cluster_of(headers: &HeaderMap) -> Option<ClusterId> {
    hex(headers, &CLUSTER_ID).map(ClusterId)
}

fn number(number: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("{number:x}")).expect("hexadecimal digits")
}

fn version(own: Identity) -> HeaderValue {
    HeaderValue::from_str(&own.version.to_string()).expect("digits and points")
}

fn hex(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    u64::from_str_radix(headers.get(name)?.to_str().ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use quorate_core::version::ServerVersion;

    use super::*;

    const ONE: Identity = Identity {
        id: MemberId(1),
        cluster: ClusterId(9),
        version: ServerVersion::CLAIMED,
    };
    const TWO: Identity = Identity {
        id: MemberId(2),
        cluster: ClusterId(9),
        version: ServerVersion::CLAIMED,
    };

    #[test]
    fn members_of_one_cluster_know_one_another() {
        let mut headers = HeaderMap::new();
        write(&mut headers, ONE, TWO.id);
        assert_eq!(read(&headers, TWO, |id| id == ONE.id), Ok(ONE.id));
        assert_eq!(
            read(&headers, TWO, |_| false),
            Err(Refusal::Unknown(ONE.id))
        );
        let three = Identity {
            id: MemberId(3),
            ..TWO
        };
        assert_eq!(
            read(&headers, three, |_| true),
            Err(Refusal::NotForUs(TWO.id))
        );
    }

    #[test]
    fn another_cluster_is_told_so_first_of_all() {
        let mut headers = HeaderMap::new();
        write(&mut headers, ONE, MemberId(7));
        let other = Identity {
            cluster: ClusterId(8),
            ..TWO
        };
        let refusal = read(&headers, other, |_| false).expect_err("another cluster");
        assert_eq!(refusal, Refusal::ClusterMismatch(ClusterId(9)));
        assert_eq!(refusal.answer().1, "cluster ID mismatch");
        assert_eq!(
            read(&HeaderMap::new(), TWO, |_| true),
            Err(Refusal::Malformed)
        );
    }
}
