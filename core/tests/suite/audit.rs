//! The checkers of clients' histories, seen from outside.

mod cross_check;
mod small_store;
mod unknown;
mod watch;
