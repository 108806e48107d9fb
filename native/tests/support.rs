//! What the tests stand on: servers, clusters, tools, and patience.

pub(crate) mod calls;
pub(crate) mod cluster;
pub(crate) mod etcdctl;
pub(crate) mod etcdctl_stream;
pub(crate) mod http;
pub(crate) mod ports;
pub(crate) mod program;
pub(crate) mod real_etcd;
pub(crate) mod server;
pub(crate) mod talking;
pub(crate) mod tools;
pub(crate) mod wait;
