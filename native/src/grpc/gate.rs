//! What every call is checked for before anything is done for it (etcd's `v3rpc/interceptor.go`).

use http::HeaderMap;
use quorate_core::error::Error;
use quorate_core::member::Standing;
use tokio::time::Instant;
use tonic::Status;

use super::call_end::Terms;
use super::{deadline, status};

/// The calls that a learner answers; of the second only a serializable one.
const CALLS_OF_LEARNERS: [&str; 3] = [
    "/etcdserverpb.Maintenance/Status",
    "/etcdserverpb.KV/Range",
    "/etcdserverpb.Maintenance/Snapshot",
];

/// Lets a call in, on its client's terms, or says why not.
pub(super) fn admit(path: &str, headers: &HeaderMap, standing: Standing) -> Result<Terms, Status> {
    if standing.is_learner && !CALLS_OF_LEARNERS.contains(&path) {
        return Err(status::status(&Error::NotSupportedForLearner));
    }
    let version = headers.get("client-api-version");
    if version.is_some_and(|version| std::str::from_utf8(version.as_bytes()).is_err()) {
        return Err(status::invalid_client_api_version());
    }
    let needs_leader = headers
        .get("hasleader")
        .is_some_and(|value| value.as_bytes() == b"true");
    if needs_leader && !standing.leader.is_some() {
        return Err(status::status(&Error::NoLeader));
    }
    let deadline = deadline::read(headers).map(|limit| Instant::now() + limit);
    Ok(Terms {
        deadline,
        needs_leader,
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use quorate_core::id::MemberId;

    use super::*;

    const LED: Standing = Standing {
        leader: MemberId(1),
        is_learner: false,
        is_new: false,
    };

    fn headers(name: &'static str, value: &[u8]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(value).expect("a value");
        headers.insert(HeaderName::from_static(name), value);
        headers
    }

    fn refusal(path: &str, headers: &HeaderMap, standing: Standing) -> Option<String> {
        let refused = admit(path, headers, standing).err()?;
        Some(refused.message().to_owned())
    }

    #[test]
    fn who_asks_for_a_leader_is_refused_without_one() {
        let path = "/etcdserverpb.KV/Range";
        let asks = headers("hasleader", b"true");
        let leaderless = Standing::default();
        assert_eq!(
            refusal(path, &asks, leaderless).as_deref(),
            Some("etcdserver: no leader")
        );
        assert_eq!(refusal(path, &asks, LED), None);
        assert_eq!(refusal(path, &HeaderMap::new(), leaderless), None);
        let other = headers("hasleader", b"yes");
        assert_eq!(refusal(path, &other, leaderless), None);
    }

    #[test]
    fn a_learner_answers_little() {
        let learner = Standing {
            is_learner: true,
            ..LED
        };
        let none = HeaderMap::new();
        for path in CALLS_OF_LEARNERS {
            assert_eq!(refusal(path, &none, learner), None);
        }
        for path in ["/etcdserverpb.KV/Put", "/grpc.health.v1.Health/Check"] {
            assert_eq!(
                refusal(path, &none, learner).as_deref(),
                Some("etcdserver: rpc not supported for learner")
            );
        }
    }

    #[test]
    fn a_version_must_be_text() {
        let path = "/etcdserverpb.KV/Put";
        let good = headers("client-api-version", b"3.5");
        assert_eq!(refusal(path, &good, LED), None);
        let bad = headers("client-api-version", &[0xff, 0xfe]);
        assert_eq!(
            refusal(path, &bad, LED).as_deref(),
            Some("etcdserver: invalid client api version")
        );
    }
}
