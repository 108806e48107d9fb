//! The core's tests from outside, one area a file.

#![allow(clippy::unwrap_used)]

mod suite {
    mod wal;
}
