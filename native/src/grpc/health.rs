//! `grpc.health.v1.Health`: a server that answers serves; that is all there is to say, as in etcd.

use futures_util::{StreamExt, stream};
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::{Api, call_end};

/// What stands for the whole server.
const WHOLE_SERVER: &str = "";

#[tonic::async_trait]
impl Health for Api {
    type WatchStream = BoxStream<HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match request.get_ref().service.as_str() {
            WHOLE_SERVER => Ok(Response::new(response(ServingStatus::Serving))),
            _ => Err(Status::not_found("unknown service")),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let end = self.end_of(request.extensions());
        let now = match request.get_ref().service.as_str() {
            WHOLE_SERVER => ServingStatus::Serving,
            _ => ServingStatus::ServiceUnknown,
        };
        // It does not change before the connection ends.
        let answers = stream::iter([Ok(response(now))]).chain(stream::pending());
        Ok(Response::new(call_end::until(answers, end)))
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status as i32,
    }
}
