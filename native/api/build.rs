//! Compiles the wire's protos, without `protoc`, into types, services and clients, the types'
//! JSON, and a list of all methods.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};

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
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let descriptors = protox::compile(PROTOS, ["proto"])?;
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    write_json(&descriptors)?;
    write_methods(&descriptors, &out.join("methods.rs"))?;
    let mut config = prost_build::Config::new();
    config.bytes(["."]).enable_type_names();
    // Who dials brings the channel: no `connect` is made, which would ask for one's sort.
    tonic_prost_build::configure()
        .build_transport(false)
        .compile_fds_with_config(descriptors, config)?;
    Ok(())
}

/// The JSON of the gateway: the protos' own names of fields, and what is unknown passed over.
fn write_json(descriptors: &FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    let packages: Vec<String> = descriptors
        .file
        .iter()
        .map(|file| format!(".{}", file.package()))
        .collect();
    pbjson_build::Builder::new()
        .register_descriptors(&descriptors.encode_to_vec())?
        .preserve_proto_field_names()
        .ignore_unknown_fields()
        .build(&packages)?;
    Ok(())
}

fn write_methods(descriptors: &FileDescriptorSet, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut text = String::from("pub const METHODS: &[Method] = &[\n");
    for file in &descriptors.file {
        for service in &file.service {
            for method in &service.method {
                let service = format!("{}.{}", file.package(), service.name());
                writeln!(
                    text,
                    "    Method {{ service: {service:?}, name: {:?}, kind: MethodKind::{} }},",
                    method.name(),
                    kind(method)
                )?;
            }
        }
    }
    text.push_str("];\n");
    fs::write(path, text)?;
    Ok(())
}

fn kind(method: &MethodDescriptorProto) -> &'static str {
    match (method.client_streaming(), method.server_streaming()) {
        (false, false) => "Unary",
        (true, false) => "ClientStream",
        (false, true) => "ServerStream",
        (true, true) => "BothStream",
    }
}
