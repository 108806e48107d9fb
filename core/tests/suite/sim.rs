//! The simulator: goldens, replays, fault plans.

mod faults;
mod golden;
mod scenario;
mod timeline;
mod world;
