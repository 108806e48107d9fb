//! Compiles the wire's protos, without `protoc`, into types, services and clients.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use prost::Message;

const PROTOS: &[&str] = &[
    "proto/mvccpb.proto",
    "proto/authpb.proto",
    "proto/etcdserverpb/kv.proto",
    "proto/etcdserverpb/watch.proto",
    "proto/etcdserverpb/lease.proto",
    "proto/etcdserverpb/cluster.proto",
    "proto/etcdserverpb/maintenance.proto",
    "proto/etcdserverpb/auth.proto",
    "proto/v3lock.proto",
    "proto/v3election.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::compile(PROTOS, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    let mut config = prost_build::Config::new();
    config.bytes(["."]);
    // Who dials brings the channel: no `connect` is made, which would ask for one's sort.
    tonic_prost_build::configure()
        .build_transport(false)
        .compile_fds_with_config(descriptors, config)?;
    Ok(())
}
