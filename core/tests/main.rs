//! The core's tests from outside, in one binary: a module for each part.

#![allow(clippy::unwrap_used)]

mod suite {
    mod agreement;
    mod audit;
    mod auto_compaction;
    mod durability;
    mod figures;
    pub(crate) mod lease;
    mod long_work;
    mod member;
    mod membership;
    mod mvcc;
    mod quota;
    mod saving;
    mod sim;
    mod versions;
    pub(crate) mod wal;
    mod watches;
    mod wire;
}
