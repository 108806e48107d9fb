//! `quorateutl`: an administrative command line tool for Quorate's files.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    quorate::utl::run(&arguments)
}
