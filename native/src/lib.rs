//! Quorate's programs: the server, a member of an etcd-compatible cluster, and what goes with it.
//!
//! The protocol is `quorate_core`'s; the server gives it a clock, a disk, sockets and clients.
//! The programs' `main` functions in `src/bin` do nothing but call this library.

mod answer;
pub mod benchmark;
mod check_disk;
mod client;
mod cobra;
pub mod ctl;
mod disk;
mod flags;
#[cfg(fuzzing)]
pub mod fuzzing;
mod gateway;
mod go;
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
mod socket;
mod threads;
#[cfg(feature = "torture")]
mod torture;
pub mod utl;
mod version;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use flags::{FlagError, GatherError, Request, Values};
use listen::{RESERVED_FILES, Room, TooFewFiles};
use log::Logger;
use serde_json::json;
use server::End;
use settings::Settings;
// Named for its feature alone: what the libraries trace is left out of the programs as they are
// shipped, where nobody reads it. It took a fiftieth of a call.
use tracing as _;

/// The command line cannot be understood, as with etcd.
const EXIT_BAD_FLAG: u8 = 2;

/// Runs the server, or one of its commands, with the arguments behind the program's name.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let texts: Result<Vec<String>, String> = arguments.iter().map(text_of).collect();
    let arguments = &match texts {
        Ok(texts) => texts,
        Err(error) => return bad_flag(&error),
    };
    match arguments.first().map(String::as_str) {
        Some("replay") => return replay::run(&arguments[1..]),
        Some("check") => return check_disk::run(&arguments[1..]),
        _ => {}
    }
    match flags::parse(arguments) {
        Ok(Request::Serve(line)) => serve(arguments, line),
        Ok(Request::Help) => print(&flags::help_text()),
        Ok(Request::Version(line)) => print(&flags::version_text(&line, &environment())),
        // As with etcd, whose library does not look at what is no flag.
        Err(error @ FlagError::NotAFlag(_)) => {
            tell_bad_flag(&error.to_string());
            ExitCode::FAILURE
        }
        Err(error) => bad_flag(&error.to_string()),
    }
}

fn text_of(argument: &OsString) -> Result<String, String> {
    match argument.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(format!("the argument {argument:?} is not valid UTF-8")),
    }
}

/// The environment, as far as it is text.
fn environment() -> Vec<(String, String)> {
    let text = |part: OsString| part.to_string_lossy().into_owned();
    env::vars_os()
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}

fn serve(arguments: &[String], line: Values) -> ExitCode {
    let early = log::to_stderr();
    let gathered = flags::gather(line, &environment());
    for notice in &gathered.early {
        early.notice(notice);
    }
    let values = match gathered.values {
        Ok(values) => values,
        Err(GatherError::Shadowed(variable)) => {
            let text = GatherError::Shadowed(variable.clone()).to_string();
            early.fatal(&text, &[("environment-variable", json!(variable))]);
            return ExitCode::FAILURE;
        }
        Err(error) => return not_verified(&early, arguments, &error.to_string()),
    };
    let logger = match Logger::open(&values) {
        Ok(logger) => logger,
        Err(error) => return not_verified(&early, arguments, &error),
    };
    for notice in &gathered.late {
        logger.notice(notice);
    }
    let host = settings::default_host();
    let settings = match Settings::on_host(&values, host.as_deref().ok()) {
        Ok(settings) => settings,
        Err(error) => return not_verified(&logger, arguments, &error.to_string()),
    };
    for notice in settings::warnings(&values) {
        logger.notice(&notice);
    }
    tell_arguments(&logger, arguments);
    match (&settings.default_host, host) {
        (Some(host), _) => {
            let message = "detected default host for advertise";
            logger.info(message, &[("host", json!(host))]);
        }
        (None, Err(error)) => {
            logger.info("failed to detect default host", &[("error", json!(error))]);
        }
        (None, Ok(_)) => {}
    }
    match logger.queued() {
        Ok(logger) => run_server(&settings, &logger),
        Err(error) => {
            early.fatal("cannot start", &[("error", json!(error.to_string()))]);
            ExitCode::FAILURE
        }
    }
}

/// As etcd does, with what the process was started with.
fn tell_arguments(logger: &Logger, arguments: &[String]) {
    let program = env::args_os().next().unwrap_or_default();
    let program = program.to_string_lossy();
    let all: Vec<&str> = std::iter::once(program.as_ref())
        .chain(arguments.iter().map(String::as_str))
        .collect();
    logger.info("Running: ", &[("args", json!(all))]);
}

/// What a server was told does not go together.
fn not_verified(logger: &Logger, arguments: &[String], error: &str) -> ExitCode {
    tell_arguments(logger, arguments);
    logger.warn("failed to verify flags", &[("error", json!(error))]);
    ExitCode::FAILURE
}

fn run_server(settings: &Settings, logger: &Logger) -> ExitCode {
    server::memory::use_small_pages();
    let room = match Room::within(listen::raise_open_files_max()) {
        Ok(room) => room,
        Err(TooFewFiles { limit }) => {
            logger.fatal(
                "file descriptor limit of etcd process is too low; please set higher",
                &[
                    ("limit", json!(limit)),
                    ("recommended-limit", json!(RESERVED_FILES)),
                ],
            );
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
    let end = runtime.block_on(server::run(settings, room, logger));
    logger.flush();
    match end {
        Ok(End::Signal(signal)) => signal.end_process(),
        // etcd ends like this, too: whoever starts it again on failure must not do so now.
        Ok(End::Removed) => ExitCode::SUCCESS,
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
    tell_bad_flag(message);
    ExitCode::from(EXIT_BAD_FLAG)
}

fn tell_bad_flag(message: &str) {
    // Whoever cannot be told sees the exit code.
    let _ = writeln!(
        io::stderr(),
        "quorate: {message}\nRun 'quorate --help' for all flags."
    );
}
