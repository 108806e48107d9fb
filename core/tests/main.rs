//! The core's integration tests, in one binary: a module for each part.

mod suite {
    mod mvcc;
}
