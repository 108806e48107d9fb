//! The simulator: goldens, replays, fault plans.

mod fault_kinds;
mod faults;
mod golden;
mod membership;
mod scenario;
mod space;
mod timeline;
mod world;
