//! The store, seen from outside.

mod checkpoint;
mod golden;
mod hash;
mod model;
mod property;
mod script;
mod validate;
mod watch;
