//! Quorate's programs: the server, a member of an etcd-compatible cluster, and what goes with it.
//!
//! The protocol is `quorate_core`'s; the server gives it a clock, a disk, sockets and clients.
//! The programs' `main` functions in `src/bin` do nothing but call this library.

mod check_disk;
mod client;
mod cobra;
pub mod ctl;
mod disk;
mod flags;
mod gateway;
mod go;
mod go_duration;
mod grpc;
mod http_api;
mod latency;
mod listen;
mod log;
mod member_thread;
mod metrics;
mod peer;
mod replay;
mod server;
mod settings;
#[cfg(feature = "torture")]
mod torture;
pub mod utl;
mod version;

use std::io::{self, Write};
use std::process::ExitCode;

use flags::{Request, Values};
use log::{LogLevel, Logger, Outputs};
use serde_json::json;
use settings::{Settings, SettingsError};

/// The command line cannot be understood, as with etcd.
const EXIT_BAD_FLAG: u8 = 2;

/// Runs the server, or one of its commands, with the arguments behind the program's name.
pub fn run(arguments: &[String]) -> ExitCode {
    match arguments.first().map(String::as_str) {
        Some("replay") => return replay::run(&arguments[1..]),
        Some("check") => return check_disk::run(&arguments[1..]),
        _ => {}
    }
    match flags::parse(arguments) {
        Ok(Request::Serve(values)) => serve(&values),
        Ok(Request::Help) => print(&flags::help_text()),
        Ok(Request::Version) => print(&flags::version_text()),
        Err(error) => bad_flag(&error.to_string()),
    }
}

fn serve(values: &Values) -> ExitCode {
    match values.text("logger") {
        "zap" => {}
        "capnslog" => return bad_flag("--logger=capnslog is removed in v3.5; use --logger=zap"),
        other => {
            return bad_flag(&format!(
                "unknown logger option \"{other}\"; use --logger=zap"
            ));
        }
    }
    let outputs = match Outputs::open(values.text("log-outputs")) {
        Ok(outputs) => outputs,
        Err(error) => return bad_flag(&error.to_string()),
    };
    let logger = Logger::new(LogLevel::parse(values.text("log-level")), outputs);
    let settings = match Settings::new(values) {
        Ok(settings) => settings,
        Err(error @ SettingsError::InvalidUrls { .. }) => return bad_flag(&error.to_string()),
        Err(error @ SettingsError::Verify(_)) => {
            let fields = [("error", json!(error.to_string()))];
            logger.warn("failed to verify flags", &fields);
            return ExitCode::FAILURE;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("quorate")
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            logger.fatal("cannot start", &[("error", json!(error.to_string()))]);
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(server::run(&settings, &logger)) {
        Ok(signal) => signal.end_process(),
        Err(error) => {
            let fields = [("error", json!(error.to_string()))];
            logger.fatal("the server cannot go on", &fields);
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn bad_flag(message: &str) -> ExitCode {
    // Whoever cannot be told sees the exit code.
    let _ = writeln!(
        io::stderr(),
        "quorate: {message}\nRun 'quorate --help' for all flags."
    );
    ExitCode::from(EXIT_BAD_FLAG)
}
