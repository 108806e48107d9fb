//! What fuzz targets may reach of the gateway.

use std::fmt::Debug;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::Full;
use quorate_api::{etcdserverpb as pb, v3electionpb, v3lockpb};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tonic::Streaming;

use super::{message, pieces};

/// JSON as a message of a kind, and as a stream of such.
pub fn gateway(kind: u8, text: &[u8]) {
    match kind % 16 {
        0 => one::<pb::RangeRequest>(text),
        1 => one::<pb::PutRequest>(text),
        2 => one::<pb::DeleteRangeRequest>(text),
        3 => one::<pb::TxnRequest>(text),
        4 => one::<pb::CompactionRequest>(text),
        5 => one::<pb::LeaseGrantRequest>(text),
        6 => one::<pb::LeaseTimeToLiveRequest>(text),
        7 => one::<pb::MemberAddRequest>(text),
        8 => one::<pb::MemberUpdateRequest>(text),
        9 => one::<pb::AlarmRequest>(text),
        10 => one::<pb::DowngradeRequest>(text),
        11 => one::<v3lockpb::LockRequest>(text),
        12 => one::<v3electionpb::ProclaimRequest>(text),
        13 => one::<pb::AuthUserAddRequest>(text),
        14 => one::<pb::AuthRoleGrantPermissionRequest>(text),
        _ => many::<pb::WatchRequest>(text),
    }
}

fn one<Q>(text: &[u8])
where
    Q: DeserializeOwned + Serialize + Default + Debug + PartialEq + Send,
{
    if let Ok(read) = message::read::<Q>(text) {
        let written = message::write(&read).expect("what was read can be written");
        let again = message::read::<Q>(&written).expect("what was written can be read");
        assert_eq!(again, read);
    }
}

fn many<Q>(text: &[u8])
where
    Q: DeserializeOwned + Default + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let body = Full::new(Bytes::copy_from_slice(text)).map_err(|never| match never {});
    let mut requests: Streaming<Q> = pieces::requests(body, 1_000, |_| {});
    let all = async {
        let mut count = 0;
        while let Ok(Some(_)) = requests.message().await {
            count += 1;
        }
        count
    };
    let count: usize = runtime.expect("a thread is enough").block_on(all);
    // Each value takes a byte at least.
    assert!(count <= text.len(), "{count}");
}
