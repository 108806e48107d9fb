//! What is asked of both servers.

use quorate_api::etcdserverpb as pb;
use quorate_api::{v3electionpb, v3lockpb};

/// One operation. A lease's id is its name where a server chose it, see [`super::side`].
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Range(pb::RangeRequest),
    Put(pb::PutRequest),
    DeleteRange(pb::DeleteRangeRequest),
    Txn(pb::TxnRequest),
    Compact(pb::CompactionRequest),
    /// With the name that the lease gets where the server is to choose its id.
    Grant(pb::LeaseGrantRequest, i64),
    /// A lease that would soon be over: it is made and ended.
    GrantAndRevoke(i64),
    Revoke(i64),
    KeepAlive(i64),
    TimeToLive(pb::LeaseTimeToLiveRequest),
    Leases,
    HashKv(i64),
    Alarms,
    /// Raises or lowers the alarm that there is no space.
    NoSpace(bool),
    Members,
    /// A change of the members that cannot be.
    MemberRemove(u64),
    MemberPromote(u64),
    MemberAdd(pb::MemberAddRequest),
    Status,
    Lock(v3lockpb::LockRequest),
    Unlock(v3lockpb::UnlockRequest),
    Campaign(v3electionpb::CampaignRequest),
    Proclaim(v3electionpb::ProclaimRequest),
    Leader(v3electionpb::LeaderRequest),
    Resign(v3electionpb::ResignRequest),
    /// Begins a watch stream with the next number.
    BeginStream,
    EndStream(usize),
    Watch(usize, pb::WatchCreateRequest),
    Cancel(usize, i64),
    Progress(usize),
    /// Waits until all watches have heard all, and compares what.
    Settle,
}
