//! `quoratectl`: a command line client for Quorate and etcd.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    quorate::ctl::run(&arguments)
}
