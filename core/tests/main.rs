//! The core's tests from outside, in one binary: a module for each part.

#![allow(clippy::unwrap_used)]

mod suite {
    mod audit;
    mod durability;
    mod figures;
    mod lease;
    mod limits;
    mod member;
    mod membership;
    mod mvcc;
    mod sim;
    pub(crate) mod wal;
    mod watches;
    mod wire;
}
