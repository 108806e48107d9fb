//! The core's tests from outside: only what a host can see.

mod suite {
    mod sim;
}
