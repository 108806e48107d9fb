//! `etcdserverpb.Lease`.

mod grant;
mod keep_alive;
mod leases;
mod revoke;
mod time_to_live;

use quorate_api::etcdserverpb as pb;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use super::{Api, call_end};
use pb::lease_server::Lease;

#[tonic::async_trait]
impl Lease for Api {
    type LeaseKeepAliveStream = BoxStream<pb::LeaseKeepAliveResponse>;

    async fn lease_grant(
        &self,
        request: Request<pb::LeaseGrantRequest>,
    ) -> Result<Response<pb::LeaseGrantResponse>, Status> {
        grant::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn lease_revoke(
        &self,
        request: Request<pb::LeaseRevokeRequest>,
    ) -> Result<Response<pb::LeaseRevokeResponse>, Status> {
        revoke::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn lease_keep_alive(
        &self,
        request: Request<Streaming<pb::LeaseKeepAliveRequest>>,
    ) -> Result<Response<Self::LeaseKeepAliveStream>, Status> {
        let end = self.end_of(request.extensions());
        let answers = keep_alive::answers(self.clone(), request.into_inner());
        Ok(Response::new(call_end::until(answers, end)))
    }

    async fn lease_time_to_live(
        &self,
        request: Request<pb::LeaseTimeToLiveRequest>,
    ) -> Result<Response<pb::LeaseTimeToLiveResponse>, Status> {
        time_to_live::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn lease_leases(
        &self,
        _: Request<pb::LeaseLeasesRequest>,
    ) -> Result<Response<pb::LeaseLeasesResponse>, Status> {
        leases::answer(self).await.map(Response::new)
    }
}
