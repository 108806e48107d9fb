//! `etcdserverpb.KV`.

mod compact;
mod delete_range;
mod put;
mod range;
mod range_stream;
mod txn;
pub(super) mod txn_message;

use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use super::{Api, call_end};
use pb::kv_server::Kv;
use quorate_api::etcdserverpb as pb;

#[tonic::async_trait]
impl Kv for Api {
    type RangeStreamStream = BoxStream<pb::RangeStreamResponse>;

    async fn range(
        &self,
        request: Request<pb::RangeRequest>,
    ) -> Result<Response<pb::RangeResponse>, Status> {
        range::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn range_stream(
        &self,
        request: Request<pb::RangeRequest>,
    ) -> Result<Response<Self::RangeStreamStream>, Status> {
        let end = self.end_of(request.extensions());
        let answers = range_stream::answers(self, request.get_ref())?;
        Ok(Response::new(call_end::until(answers, end)))
    }

    async fn put(
        &self,
        request: Request<pb::PutRequest>,
    ) -> Result<Response<pb::PutResponse>, Status> {
        put::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn delete_range(
        &self,
        request: Request<pb::DeleteRangeRequest>,
    ) -> Result<Response<pb::DeleteRangeResponse>, Status> {
        delete_range::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn txn(
        &self,
        request: Request<pb::TxnRequest>,
    ) -> Result<Response<pb::TxnResponse>, Status> {
        txn::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }

    async fn compact(
        &self,
        request: Request<pb::CompactionRequest>,
    ) -> Result<Response<pb::CompactionResponse>, Status> {
        compact::answer(self, request.get_ref())
            .await
            .map(Response::new)
    }
}
