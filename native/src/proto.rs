//! The types of the wire, made from `proto/` by the build script.

#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::too_many_lines,
    reason = "made by a generator; the protos carry the comments"
)]

/// What roles may do.
pub(crate) mod authpb {
    tonic::include_proto!("authpb");
}

/// Keys and events.
pub(crate) mod mvccpb {
    tonic::include_proto!("mvccpb");
}

/// The services.
pub(crate) mod etcdserverpb {
    tonic::include_proto!("etcdserverpb");
}
