//! The tests, by what they are about.

mod bad_flags;
mod crash;
mod etcdctl;
mod http;
mod lease;
mod peer_port;
mod procfile;
mod replay;
mod stop;
mod watch;
