//! The simulator: goldens, replays, fault plans.

mod faults;
mod golden;
mod timeline;
mod world;
