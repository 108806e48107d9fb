//! The wire's types and the core's, one into the other.
//!
//! What comes from a client is copied once here: prost's `Bytes` are views of the connection's
//! read buffer, and a key that is kept would keep that whole buffer.

mod reply;
mod request;
mod watch;

use bytes::Bytes;

pub(super) use reply::txn_response;
pub(super) use reply::{
    delete_range_response, header, header_of_cluster, key_value, member, put_response,
    range_response,
};
pub(super) use request::{delete_range, put, range, txn};
pub(super) use watch::{watch_create, watch_response};

/// Bytes that keep nothing else alive.
pub(super) fn copied(bytes: &Bytes) -> Bytes {
    Bytes::copy_from_slice(bytes)
}
