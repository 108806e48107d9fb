//! `v3electionpb.Election`: one of those who campaign is the leader, until it resigns or its lease
//! ends.

mod campaign;
mod leader;
mod observe;
mod proclaim;
mod resign;

use futures_util::TryStreamExt;
use quorate_api::v3electionpb as pb;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use super::{Api, call_end, status};
use pb::election_server::Election;

/// Who proclaims or resigns has not said as whom.
const NO_LEADER_KEY: &str = "\"leader\" field must be provided";

#[tonic::async_trait]
impl Election for Api {
    type ObserveStream = BoxStream<pb::LeaderResponse>;

    async fn campaign(
        &self,
        request: Request<pb::CampaignRequest>,
    ) -> Result<Response<pb::CampaignResponse>, Status> {
        campaign::answer(self, request.get_ref())
            .await
            .map(Response::new)
            .map_err(status::of_own_client)
    }

    async fn proclaim(
        &self,
        request: Request<pb::ProclaimRequest>,
    ) -> Result<Response<pb::ProclaimResponse>, Status> {
        proclaim::answer(self, request.get_ref())
            .await
            .map(Response::new)
            .map_err(status::of_own_client)
    }

    async fn leader(
        &self,
        request: Request<pb::LeaderRequest>,
    ) -> Result<Response<pb::LeaderResponse>, Status> {
        leader::answer(self, request.get_ref())
            .await
            .map(Response::new)
            .map_err(status::of_own_client)
    }

    async fn observe(
        &self,
        request: Request<pb::LeaderRequest>,
    ) -> Result<Response<Self::ObserveStream>, Status> {
        let end = self.end_of(request.extensions());
        let answers = observe::answers(self, request.get_ref()).map_err(status::of_own_client);
        Ok(Response::new(call_end::until(answers, end)))
    }

    async fn resign(
        &self,
        request: Request<pb::ResignRequest>,
    ) -> Result<Response<pb::ResignResponse>, Status> {
        resign::answer(self, request.get_ref())
            .await
            .map(Response::new)
            .map_err(status::of_own_client)
    }
}
