//! Compiles the wire's protos, without `protoc`, into the types and services of `proto`.

use std::env;
use std::error::Error;
use std::process::Command;

const PROTOS: &[&str] = &[
    "proto/mvccpb.proto",
    "proto/authpb.proto",
    "proto/etcdserverpb/kv.proto",
    "proto/etcdserverpb/watch.proto",
    "proto/etcdserverpb/lease.proto",
    "proto/etcdserverpb/cluster.proto",
    "proto/etcdserverpb/maintenance.proto",
    "proto/etcdserverpb/auth.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    println!("cargo::rerun-if-env-changed=QUORATE_GIT_SHA");
    println!(
        "cargo::rustc-env=QUORATE_RUSTC_VERSION={}",
        rustc_version()?
    );
    let descriptors = protox::compile(PROTOS, ["proto"])?;
    let mut config = prost_build::Config::new();
    config.bytes(["."]);
    tonic_prost_build::configure()
        .build_client(false)
        .build_transport(false)
        .compile_fds_with_config(descriptors, config)?;
    Ok(())
}

/// `rustc 1.95.0` of the compiler that cargo uses.
fn rustc_version() -> Result<String, Box<dyn Error>> {
    let rustc = env::var("RUSTC")?;
    let output = Command::new(rustc).arg("--version").output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(" "))
}
