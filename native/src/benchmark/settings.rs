//! The flags that every load has.

use std::time::Duration;

use clap::Args;

use crate::ctl::failure::{Exit, Failure};
use crate::go::parse_flag_duration;

/// Global flags, as etcd's tool has them.
#[derive(Args, Clone, Debug)]
pub(super) struct Settings {
    /// gRPC endpoints
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        default_value = "127.0.0.1:2379"
    )]
    pub(super) endpoints: Vec<String>,
    /// Total number of gRPC connections
    #[arg(long, global = true, default_value_t = 1)]
    pub(super) conns: usize,
    /// Total number of gRPC clients
    #[arg(long, global = true, default_value_t = 1)]
    pub(super) clients: usize,
    /// Use full floating point precision
    #[arg(long, global = true)]
    pub(super) precise: bool,
    /// 'true' to sample requests for every second
    #[arg(long, global = true)]
    pub(super) sample: bool,
    /// Connect only to the leader
    #[arg(long, global = true)]
    pub(super) target_leader: bool,
    /// Dial timeout for client connections
    #[arg(long, global = true, default_value = "2s", value_parser = parse_flag_duration)]
    pub(super) dial_timeout: Duration,
    /// Print one line of JSON instead of the summary (not in etcd's tool)
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(flatten)]
    missing: Missing,
}

/// What is read so that a command line is understood, and refused where it would mean something.
#[derive(Args, Clone, Debug)]
struct Missing {
    /// Identify HTTPS client using this SSL certificate file
    #[arg(long, global = true)]
    cert: Option<String>,
    /// Identify HTTPS client using this SSL key file
    #[arg(long, global = true)]
    key: Option<String>,
    /// Verify certificates of HTTPS-enabled servers using this CA bundle
    #[arg(long, global = true)]
    cacert: Option<String>,
    /// Skip server certificate verification
    #[arg(long, global = true)]
    insecure_skip_tls_verify: bool,
    /// Provide username[:password] and prompt if password is not supplied
    #[arg(long, global = true)]
    user: Option<String>,
    /// Interval to update endpoints with the latest members
    #[arg(long, global = true, default_value = "0s", value_parser = parse_flag_duration)]
    auto_sync_interval: Duration,
    /// Report in the format of Kubernetes' perfdash
    #[arg(long, global = true)]
    report_perfdash: bool,
}

impl Settings {
    /// Refuses what cannot be, and what is understood but not there.
    ///
    /// # Errors
    /// Which flag, and what would be right.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let missing = &self.missing;
        let asked = [
            ("cert", missing.cert.is_some()),
            ("key", missing.key.is_some()),
            ("cacert", missing.cacert.is_some()),
            ("insecure-skip-tls-verify", missing.insecure_skip_tls_verify),
            ("user", missing.user.is_some()),
            (
                "auto-sync-interval",
                missing.auto_sync_interval > Duration::ZERO,
            ),
            ("report-perfdash", missing.report_perfdash),
        ];
        if let Some((name, _)) = asked.iter().find(|(_, is_asked)| *is_asked) {
            let version = crate::version::QUORATE;
            let text = format!("--{name} is not supported yet by quorate-benchmark {version}");
            return Err(Failure::new(Exit::BadFeature, text));
        }
        at_least_one("conns", self.conns as u64)?;
        at_least_one("clients", self.clients as u64)
    }
}

/// Refuses zero where there has to be something.
///
/// # Errors
/// It is zero.
pub(super) fn at_least_one(flag: &str, value: u64) -> Result<(), Failure> {
    if value == 0 {
        return Err(Failure::arguments(format!("--{flag} must be at least 1")));
    }
    Ok(())
}
