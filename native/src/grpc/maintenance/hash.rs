//! `Maintenance.Hash`: a hash of the whole store, for a test to compare members by.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, HashKv, Reply};
use quorate_core::id::Revision;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member. etcd hashes its file, whatever is in it; here it is the hash of all records,
/// at the newest revision.
pub(super) async fn answer(api: &Api) -> Result<pb::HashResponse, Status> {
    let newest = Revision(0);
    match api
        .ask(Command::HashKv(HashKv { revision: newest }))
        .await?
    {
        (header, Reply::HashKv(reply)) => Ok(pb::HashResponse {
            header: convert::header(header),
            hash: reply.hash,
        }),
        _ => Err(wrong_reply()),
    }
}
