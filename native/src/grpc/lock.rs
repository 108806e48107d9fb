//! `v3lockpb.Lock`: a lock whose holder is who waits longest.

mod acquire;
mod release;

use quorate_api::v3lockpb as pb;
use tonic::{Request, Response, Status};

use super::{Api, status};
use pb::lock_server::Lock;

#[tonic::async_trait]
impl Lock for Api {
    async fn lock(
        &self,
        request: Request<pb::LockRequest>,
    ) -> Result<Response<pb::LockResponse>, Status> {
        acquire::answer(self, request.get_ref())
            .await
            .map(Response::new)
            .map_err(status::of_own_client)
    }

    async fn unlock(
        &self,
        request: Request<pb::UnlockRequest>,
    ) -> Result<Response<pb::UnlockResponse>, Status> {
        release::answer(self, request.get_ref())
            .await
            .map(Response::new)
            .map_err(status::of_own_client)
    }
}
