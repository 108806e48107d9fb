//! `etcdserverpb.Maintenance`. What looks at a member is there; what changes it comes later.

mod alarm;
mod defragment;
mod downgrade;
mod hash;
mod hash_kv;
mod member_status;
mod move_leader;

use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use super::{Api, not_yet};
use pb::maintenance_server::Maintenance;
use quorate_api::etcdserverpb as pb;

#[tonic::async_trait]
impl Maintenance for Api {
    type SnapshotStream = BoxStream<pb::SnapshotResponse>;

    async fn status(
        &self,
        _: Request<pb::StatusRequest>,
    ) -> Result<Response<pb::StatusResponse>, Status> {
        member_status::answer(self).await.map(Response::new)
    }

    async fn alarm(
        &self,
        request: Request<pb::AlarmRequest>,
    ) -> Result<Response<pb::AlarmResponse>, Status> {
        alarm::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn hash_kv(
        &self,
        request: Request<pb::HashKvRequest>,
    ) -> Result<Response<pb::HashKvResponse>, Status> {
        hash_kv::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn defragment(
        &self,
        _: Request<pb::DefragmentRequest>,
    ) -> Result<Response<pb::DefragmentResponse>, Status> {
        defragment::answer(self).await.map(Response::new)
    }

    async fn hash(
        &self,
        _: Request<pb::HashRequest>,
    ) -> Result<Response<pb::HashResponse>, Status> {
        hash::answer(self).await.map(Response::new)
    }

    async fn snapshot(
        &self,
        _: Request<pb::SnapshotRequest>,
    ) -> Result<Response<Self::SnapshotStream>, Status> {
        Err(not_yet("snapshot"))
    }

    async fn move_leader(
        &self,
        request: Request<pb::MoveLeaderRequest>,
    ) -> Result<Response<pb::MoveLeaderResponse>, Status> {
        move_leader::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn downgrade(
        &self,
        request: Request<pb::DowngradeRequest>,
    ) -> Result<Response<pb::DowngradeResponse>, Status> {
        downgrade::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }
}
