//! The types of the wire, and services and clients that speak them, made from `proto/` by the
//! build script. The server, its tools and its tests share them.
//!
//! A client is made from any channel: `kv_client::KvClient::new(channel)`.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::too_many_lines,
    reason = "made by a generator; the protos carry the comments"
)]

/// The protos themselves, for who asks a server which calls it has.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// What roles may do.
pub mod authpb {
    tonic::include_proto!("authpb");
}

/// Keys and events.
pub mod mvccpb {
    tonic::include_proto!("mvccpb");
}

/// The services.
pub mod etcdserverpb {
    tonic::include_proto!("etcdserverpb");
}

/// Locks among clients.
pub mod v3lockpb {
    tonic::include_proto!("v3lockpb");
}

/// Elections among clients.
pub mod v3electionpb {
    tonic::include_proto!("v3electionpb");
}
