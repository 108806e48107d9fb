//! `etcdserverpb.Maintenance`.

mod alarm;
mod defragment;
mod downgrade;
mod hash;
mod hash_kv;
mod member_status;
mod move_leader;
mod snapshot;

use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use super::{Api, call_end};
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
        request: Request<pb::SnapshotRequest>,
    ) -> Result<Response<Self::SnapshotStream>, Status> {
        let end = self.end_of(request.extensions());
        let answers = snapshot::answers(self).await?;
        Ok(Response::new(call_end::until(answers, end)))
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
