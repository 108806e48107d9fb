//! The simulator: goldens, replays, fault plans.

mod expectation;
mod fault_kinds;
mod faults;
mod golden;
mod membership;
mod refusals;
mod scenario;
mod space;
mod texts;
mod timeline;
mod views;
mod world;
