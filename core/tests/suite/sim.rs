//! The simulator: goldens, replays, fault plans.

mod fault_kinds;
mod faults;
mod golden;
mod scenario;
mod timeline;
mod world;
