//! `cargo xtask lesson`: makes a lesson's folder, previews one, and packs them all for the page.

#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    reason = "it speaks to a person at a terminal; there is no log to write to"
)]

mod commands;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask lesson new NAME       makes the folder of a lesson that can be run at once
cargo xtask lesson preview NAME   runs a lesson both ways and tells what a learner would see
cargo xtask lesson list           all lessons, in their order
cargo xtask lesson pack FOLDER    writes what the page fetches into a folder";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["new", name] => commands::new(name),
        ["preview", name] => commands::preview(name),
        ["list"] => commands::list(),
        ["pack", folder] => commands::pack(folder.as_ref()),
        [] | ["--help" | "-h" | "help"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("it was not understood; write one of\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo xtask lesson: {error}");
            ExitCode::FAILURE
        }
    }
}
