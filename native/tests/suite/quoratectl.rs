//! quoratectl, against etcd and against Quorate.

mod bad_input;
mod formats;
mod same_as_etcdctl;
mod streams;
mod unreachable;
