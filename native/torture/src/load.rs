//! Clients that ask without a pause to think while faults come and go, and watchers that hear what
//! came of it.

mod asking;
mod draw;
mod leaser;
mod listening;
mod watcher;
mod worker;

pub(crate) use asking::Asking;
pub(crate) use draw::all_keys;
pub(crate) use leaser::leased_keys;
pub(crate) use listening::Listening;
