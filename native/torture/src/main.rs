//! `cargo xtask torture`: real servers under real faults, with what their clients saw audited by
//! the checkers of the simulator.
//!
//! A *cluster* lives for some *rounds*. In each, clients ask without a pause while processes are
//! killed, paused and stopped, ways between them cut and slowed, disks slow and failing; then all
//! is mended, and a leader must come, all members must hold the same store, and the whole history
//! of the cluster must be that of a single correct server.

mod client;
mod cluster;
mod failure;
mod figures;
mod load;
mod options;
mod patience;
mod plan;
mod proxy;
mod recorder;
mod report;
mod round;
mod run;

use std::process::ExitCode;

use clap::Parser;
use options::Options;
use run::Verdict;

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    // On this very thread: the kernel ends the servers with the thread that started them.
    let verdict = runtime
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run::run(&options)));
    match verdict {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::FAILURE,
        Ok(Verdict::Stopped(code)) => ExitCode::from(code),
        Err(error) => {
            eprintln!("torture: {error:#}");
            ExitCode::from(2)
        }
    }
}
