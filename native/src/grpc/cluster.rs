//! `etcdserverpb.Cluster`: who is in the cluster, and the changes of that, one at a time.

mod member_add;
mod member_list;
mod member_promote;
mod member_remove;
mod member_update;

use quorate_api::etcdserverpb as pb;
use tonic::{Request, Response, Status};

use super::Api;
use pb::cluster_server::Cluster;

#[tonic::async_trait]
impl Cluster for Api {
    async fn member_list(
        &self,
        request: Request<pb::MemberListRequest>,
    ) -> Result<Response<pb::MemberListResponse>, Status> {
        member_list::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn member_add(
        &self,
        request: Request<pb::MemberAddRequest>,
    ) -> Result<Response<pb::MemberAddResponse>, Status> {
        member_add::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn member_remove(
        &self,
        request: Request<pb::MemberRemoveRequest>,
    ) -> Result<Response<pb::MemberRemoveResponse>, Status> {
        member_remove::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn member_update(
        &self,
        request: Request<pb::MemberUpdateRequest>,
    ) -> Result<Response<pb::MemberUpdateResponse>, Status> {
        member_update::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn member_promote(
        &self,
        request: Request<pb::MemberPromoteRequest>,
    ) -> Result<Response<pb::MemberPromoteResponse>, Status> {
        member_promote::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }
}
