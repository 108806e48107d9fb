//! `Lock.Unlock`: let a lock go.

use quorate_api::v3lockpb as pb;
use tonic::Status;

use crate::grpc::{Api, convert};

/// Deletes the holder's key. As in etcd, one that is not there is let go as well.
pub(super) async fn answer(
    api: &Api,
    request: &pb::UnlockRequest,
) -> Result<pb::UnlockResponse, Status> {
    let header = api.delete(convert::copied(&request.key)).await?;
    Ok(pb::UnlockResponse {
        header: convert::header(header),
    })
}
