//! Running the simulator seed after seed: the threads, the clock and the files that the core must
//! not have.
//!
//! * [`run`] carries one seed out and says what came of it, a panic included.
//! * [`pool`] does that for many seeds on all cores, in the order of seeds as far as anybody can
//!   tell.
//! * [`shrink`] takes away from a failure what it does not need.
//! * [`story`] writes it down as a scenario that fails in the same way.
//! * [`regressions`] are the seeds that failed once.
//! * [`progress`] is where a long run stands, and [`log`] has a line for each seed of it.
//! * [`report`] tells a person, and [`say`] brings it to the terminal.
//!
//! The runner of real processes (`cargo xtask torture`) shares what is no simulator: [`progress`],
//! [`log`], [`stop`] and [`say`].
//!
//! What a seed gives does not depend on threads or time: the same seed has the same verdict and
//! the same hash, wherever and whenever it runs.

#[cfg(feature = "known-bugs")]
pub mod focus;
pub mod log;
pub mod options;
pub mod pool;
pub mod progress;
pub mod regressions;
pub mod report;
pub mod run;
pub mod say;
pub mod shrink;
pub mod stop;
pub mod story;
pub mod tally;
