//! Real servers on 127.0.0.1, driven by etcd's own etcdctl.
//!
//! What a test waits for it waits for with a generous deadline; nothing here measures time.
//! etcdctl comes from `QUORATE_ETCDCTL`, from where `cargo xtask` puts it, or from PATH.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod suite;
mod support;
