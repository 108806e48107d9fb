//! The tests, by what they are about.

mod against_etcd;
mod bad_flags;
mod bad_input;
mod check_disk;
mod crash;
mod curious;
mod election;
mod errors;
mod etcdctl;
mod gateway;
mod http;
mod lease;
mod like_etcd;
mod lock;
mod metrics;
mod operators;
mod peer_port;
mod procfile;
mod quoratectl;
mod quorateutl;
mod range_stream;
mod replay;
mod saving;
mod stop;
mod watch;
mod watch_many;
