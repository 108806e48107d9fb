//! The types of the wire, and services and clients that speak them, made from `proto/` by the
//! build script. The server, its tools and its tests share them.
//!
//! Each message is read from JSON and written to it by `serde`, in the mapping of etcd's gateway:
//! the protos' own field names, bytes in base64, 64-bit numbers as strings. A scalar that is
//! `null` is refused; whoever takes JSON from strangers drops nulls first.
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
    include!(concat!(env!("OUT_DIR"), "/authpb.serde.rs"));
}

/// Keys and events.
pub mod mvccpb {
    tonic::include_proto!("mvccpb");
    include!(concat!(env!("OUT_DIR"), "/mvccpb.serde.rs"));
}

/// The services.
pub mod etcdserverpb {
    tonic::include_proto!("etcdserverpb");
    include!(concat!(env!("OUT_DIR"), "/etcdserverpb.serde.rs"));
}

/// Locks among clients.
pub mod v3lockpb {
    tonic::include_proto!("v3lockpb");
    include!(concat!(env!("OUT_DIR"), "/v3lockpb.serde.rs"));
}

/// Elections among clients.
pub mod v3electionpb {
    tonic::include_proto!("v3electionpb");
    include!(concat!(env!("OUT_DIR"), "/v3electionpb.serde.rs"));
}

/// A method of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// `etcdserverpb.KV`.
    pub service: &'static str,
    /// `Range`.
    pub name: &'static str,
    /// Whether one message or many go either way.
    pub kind: MethodKind,
}

/// Which sides of a call may send many messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodKind {
    /// Neither.
    Unary,
    /// The client.
    ClientStream,
    /// The server.
    ServerStream,
    /// Both.
    BothStream,
}

include!(concat!(env!("OUT_DIR"), "/methods.rs"));
