//! What a member refuses, so that what waits in it stays bounded.

use bytes::Bytes;
use quorate_core::command::{Command, MemberInfo, Put};
use quorate_core::disk::DiskImage;
use quorate_core::error::Error;
use quorate_core::id::{ClusterId, MemberId, RequestId};
use quorate_core::limits::PENDING_REQUESTS_MAX;
use quorate_core::member::{Member, MemberConfig};
use quorate_core::{Input, Output};

#[test]
fn one_request_too_many_is_refused_and_the_others_wait() {
    let founder = |id| MemberInfo {
        id: MemberId(id),
        ..MemberInfo::default()
    };
    let founders = [1, 2, 3].map(founder).to_vec();
    let config = MemberConfig::new(MemberId(1), ClusterId(5), founders);
    let mut member = Member::start(config, &DiskImage::default()).unwrap();
    // There is no leader to take them, so they wait.
    let put = Command::Put(Put {
        key: Bytes::from_static(b"k"),
        ..Put::default()
    });
    let most = PENDING_REQUESTS_MAX as u64;
    for id in 1..=most + 2 {
        member.step(Input::Request {
            id: RequestId(id),
            command: put.clone(),
        });
    }
    let refused: Vec<(RequestId, Result<_, Error>)> = member
        .take_outputs()
        .into_iter()
        .filter_map(|output| match output {
            Output::Reply { id, result, .. } => Some((id, result)),
            _ => None,
        })
        .collect();
    let too_many = |id| (RequestId(id), Err(Error::TooManyRequests));
    assert_eq!(refused, [too_many(most + 1), too_many(most + 2)]);
}
