//! What two members tell one another before a stream begins: etcd's headers, and its refusals.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use quorate_core::id::{ClusterId, MemberId};

use super::Identity;
use crate::flags::Endpoint;

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

/// Where the sender is reached, as etcd has it.
const PEER_URLS: HeaderName = HeaderName::from_static("x-peerurls");
/// That the sender's disk knows of no term but the first.
const NEW: HeaderName = HeaderName::from_static("x-quorate-new");
/// That the sender's cluster knows by name the one it speaks to; in an answer, the one that asked.
const STARTED: HeaderName = HeaderName::from_static("x-quorate-started");
/// What the two headers above say.
const YES: HeaderValue = HeaderValue::from_static("true");

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
    /// The sender was a member.
    Removed(MemberId),
    /// The sender was a member and has lost its data: what it has promised before it may break.
    Bootstrapped(MemberId),
    /// The sender says the same of this member.
    SelfBootstrapped,
}

impl Refusal {
    /// The answer's status and text.
    pub(super) fn answer(self, own: MemberId) -> (StatusCode, String) {
        let (status, text) = match self {
            Refusal::Malformed => (StatusCode::BAD_REQUEST, "not a quorate-peer stream"),
            Refusal::ClusterMismatch(_) => (StatusCode::PRECONDITION_FAILED, "cluster ID mismatch"),
            Refusal::NotForUs(_) => (StatusCode::PRECONDITION_FAILED, "to field mismatch"),
            Refusal::Unknown(_) => (StatusCode::NOT_FOUND, "error sender not found"),
            Refusal::Removed(_) => (StatusCode::GONE, "the member has been removed"),
            Refusal::Bootstrapped(from) => return (StatusCode::CONFLICT, bootstrapped(from)),
            Refusal::SelfBootstrapped => {
                return (StatusCode::SERVICE_UNAVAILABLE, bootstrapped(own));
            }
        };
        (status, text.to_owned())
    }
}

/// What etcd says to a member that starts anew where it has been before; and what helps.
pub(crate) fn bootstrapped(member: MemberId) -> String {
    format!(
        "member {member} has already been bootstrapped; its data directory is empty or lost, and \
         what it promised with it the others still count on: restore the directory, or remove the \
         member from the cluster and add a new one (etcdctl member remove {member}, member add)"
    )
}

/// What a member that dials says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Introduction<'a> {
    /// Who it is.
    pub(super) own: Identity,
    /// Where it is reached.
    pub(super) urls: &'a [Endpoint],
    /// Whom it wants to reach.
    pub(super) to: MemberId,
    /// Whether its disk knows of no term but the first.
    pub(super) is_new: bool,
    /// Whether, as far as it knows, the one it wants to reach has told its name to the cluster.
    pub(super) is_to_known: bool,
}

/// What was read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Introduced {
    /// Who dials.
    pub(super) from: MemberId,
    /// Where it is reached; nothing when it does not say so, or in no words known here.
    pub(super) urls: Vec<Endpoint>,
    /// Whether its disk knows of no term but the first.
    pub(super) is_new: bool,
    /// Whether it knows this member by name.
    pub(super) knows_us: bool,
}

impl Introduction<'_> {
    /// Writes it into a request.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        headers.insert(CLUSTER_ID, number(self.own.cluster.0));
        headers.insert(FROM, number(self.own.id.0));
        headers.insert(TO, number(self.to.0));
        headers.insert(VERSION, version(self.own));
        let urls: Vec<&str> = self.urls.iter().map(|one| one.url.as_str()).collect();
        if let Ok(urls) = HeaderValue::from_str(&urls.join(",")) {
            headers.insert(PEER_URLS, urls);
        }
        for (name, is_so) in [(NEW, self.is_new), (STARTED, self.is_to_known)] {
            if is_so {
                headers.insert(name, YES);
            }
        }
        headers.insert(
            http::header::CONNECTION,
            HeaderValue::from_static("upgrade"),
        );
        headers.insert(http::header::UPGRADE, HeaderValue::from_static(PROTOCOL));
    }
}

/// Says who answers.
pub(super) fn write_answer(headers: &mut HeaderMap, own: Identity) {
    headers.insert(CLUSTER_ID, number(own.cluster.0));
    headers.insert(VERSION, version(own));
}

/// Says that whoever asked has started before.
pub(super) fn write_bootstrapped(headers: &mut HeaderMap) {
    headers.insert(STARTED, YES);
}

/// Whether an answer says so.
pub(super) fn says_bootstrapped(headers: &HeaderMap) -> bool {
    headers.get(&STARTED) == Some(&YES)
}

/// Reads who asks for a stream; the caller says whether it may have one.
pub(super) fn read(headers: &HeaderMap, own: Identity) -> Result<Introduced, Refusal> {
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
    // Nobody dials itself, and nobody is 0.
    if from == own.id || !from.is_some() {
        return Err(Refusal::Malformed);
    }
    let urls = headers.get(&PEER_URLS);
    let urls = urls.and_then(|urls| Endpoint::parse_list(urls.to_str().ok()?).ok());
    Ok(Introduced {
        from,
        urls: urls.unwrap_or_default(),
        is_new: headers.get(&NEW) == Some(&YES),
        knows_us: headers.get(&STARTED) == Some(&YES),
    })
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

    fn headers(own: Identity, to: MemberId) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let urls = Endpoint::parse_list("http://a:1,http://b:2").expect("URLs");
        let introduction = Introduction {
            own,
            urls: &urls,
            to,
            is_new: true,
            is_to_known: false,
        };
        introduction.write(&mut headers);
        headers
    }

    #[test]
    fn what_one_says_of_itself_the_other_reads() {
        let headers = headers(ONE, TWO.id);
        let read_by_two = read(&headers, TWO).expect("for it");
        assert_eq!(read_by_two.from, ONE.id);
        assert_eq!(read_by_two.urls.len(), 2);
        assert!(read_by_two.is_new && !read_by_two.knows_us);
        let three = Identity {
            id: MemberId(3),
            ..TWO
        };
        assert_eq!(read(&headers, three), Err(Refusal::NotForUs(TWO.id)));
    }

    #[test]
    fn nobody_dials_itself() {
        assert_eq!(read(&headers(ONE, ONE.id), ONE), Err(Refusal::Malformed));
    }

    #[test]
    fn another_cluster_is_told_so_first_of_all() {
        let headers = headers(ONE, MemberId(7));
        let other = Identity {
            cluster: ClusterId(8),
            ..TWO
        };
        let refusal = read(&headers, other).expect_err("another cluster");
        assert_eq!(refusal, Refusal::ClusterMismatch(ClusterId(9)));
        assert_eq!(refusal.answer(TWO.id).1, "cluster ID mismatch");
        assert_eq!(read(&HeaderMap::new(), TWO), Err(Refusal::Malformed));
    }
}
