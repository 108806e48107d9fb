//! `cargo xtask`: the commands that a person needs to play with Quorate and to work on it.
//!
//! * `play` builds all that is needed and runs a real cluster of three members with the page.
//! * `test` runs every check that stands between a change and the main branch.
//! * `simulate` runs the simulator seed after seed; `mutants` puts known bugs back.
//! * `lesson` makes and previews lessons.
//! * `torture` runs real servers under real faults.
//! * `bench` measures Quorate and etcd side by side; `bench web` the page.
//! * `setup` installs the tools that the other two use (they call it by themselves).
//! * `page` builds the page alone; `picture` draws the README's pictures anew from it.
//!
//! Nothing here is part of the product: it starts other programs, waits for them and tells what
//! they did. Every program started is printed before it runs.

#![expect(
    clippy::print_stdout,
    reason = "these commands speak to a person at a terminal; there is no log to write to"
)]

mod bench;
mod page;
mod picture;
mod play;
mod process;
mod protoc;
mod setup;
mod simulate;
mod stamp;
mod test;
mod torture;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// What stands after `cargo xtask`.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Play with Quorate, test it, set up its tools"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

/// One command of `cargo xtask`.
#[derive(Subcommand)]
enum Task {
    /// Build everything and run a three-member cluster with the page, until Ctrl-C
    Play(play::Options),
    /// Run every check: formatting, lints, tests, wasm, page, dependencies
    Test(test::Options),
    /// Run the simulator seed after seed, on all cores
    Simulate(simulate::Options),
    /// Put known bugs back one at a time and show which checker meets each
    Mutants(simulate::Options),
    /// Make, preview and pack lessons
    Lesson(simulate::Options),
    /// Run real servers while processes are killed, links cut and disks failed
    Torture(torture::Options),
    /// Measure Quorate and etcd 3.5.1 side by side, and report their ratios
    Bench(bench::Options),
    /// Install the tools that `play` and `test` use, and say where they are
    Setup(setup::Options),
    /// Build the page into target/dist, with its compressed copies
    Page,
    /// Draw the pictures of the README anew, from the page in headless Chromium
    Picture,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = Workspace::locate().and_then(|workspace| match arguments.task {
        Task::Play(options) => play::run(&workspace, &options),
        Task::Test(options) => test::run(&workspace, &options),
        Task::Simulate(options) => simulate::simulate(&workspace, &options),
        Task::Mutants(options) => simulate::mutants(&workspace, &options),
        Task::Lesson(options) => simulate::lesson(&workspace, &options),
        Task::Torture(options) => torture::run(&workspace, &options),
        Task::Bench(options) => bench::run(&workspace, &options),
        Task::Setup(options) => setup::run(&workspace, &options),
        Task::Page => page::build_within_budget(&workspace),
        Task::Picture => picture::run(&workspace),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ncargo xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
