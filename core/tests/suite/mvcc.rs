//! The store, seen from outside.

mod checkpoint;
mod golden;
mod hash;
mod limits;
mod model;
mod property;
mod script;
mod script_watch;
mod validate;
mod watch;
mod watch_property;
