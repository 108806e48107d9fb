//! `etcdserverpb.Watch`: one call, which carries as many watches as its client likes.
//!
//! A client's requests are read by a task of their own; its responses come straight from the
//! member, and are read as fast as the client takes them. That bounds what is kept for it.

mod fragments;
mod reader;
mod responses;

use quorate_api::etcdserverpb as pb;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use super::{Api, call_end, status};
use pb::watch_server::Watch;
use quorate_core::error::Error;
use reader::Reader;
use responses::Responses;

#[tonic::async_trait]
impl Watch for Api {
    type WatchStream = BoxStream<pb::WatchResponse>;

    async fn watch(
        &self,
        request: Request<Streaming<pb::WatchRequest>>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let end = self.end_of(request.extensions());
        let Some((requests, heard)) = self.member.watch().await else {
            return Err(status::status(&Error::Stopped));
        };
        let reader = Reader::start(request.into_inner(), requests);
        let responses = Responses::new(heard, reader, self.message_size_bytes_max);
        Ok(Response::new(call_end::until(responses, end)))
    }
}
