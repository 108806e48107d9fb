//! The flags that every command has.

use std::time::Duration;

use clap::{ArgAction, Args};

use super::failure::{Exit, Failure};
use crate::go::{parse_bool, parse_flag_duration, parse_flag_int};

/// Global flags, from the command line or from `ETCDCTL_…`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Settings {
    /// gRPC endpoints
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        default_value = "127.0.0.1:2379"
    )]
    pub(crate) endpoints: Vec<String>,
    /// Enable client-side debug logging
    #[arg(long, global = true)]
    pub(crate) debug: bool,
    /// Set the output format (fields, json, protobuf, simple, table)
    #[arg(short = 'w', long, global = true, default_value = "simple")]
    pub(crate) write_out: String,
    /// Print byte strings as hex encoded strings
    #[arg(long, global = true)]
    pub(crate) hex: bool,
    /// Dial timeout for client connections
    #[arg(long, global = true, default_value = "2s", value_parser = parse_flag_duration)]
    pub(crate) dial_timeout: Duration,
    /// Timeout for short running command (excluding dial timeout) [default: 5s]
    #[arg(long, global = true, value_parser = parse_flag_duration)]
    command_timeout: Option<Duration>,
    /// Keepalive time for client connections
    #[arg(long, global = true, default_value = "2s", value_parser = parse_flag_duration)]
    pub(crate) keepalive_time: Duration,
    /// Keepalive timeout for client connections
    #[arg(long, global = true, default_value = "6s", value_parser = parse_flag_duration)]
    pub(crate) keepalive_timeout: Duration,
    /// Client-side request send limit in bytes (if 0, it defaults to 2.0 MiB)
    #[arg(long, global = true, default_value = "0", value_parser = parse_flag_int)]
    max_request_bytes: i64,
    /// Client-side response receive limit in bytes (if 0, it defaults to 2 GiB)
    #[arg(long, global = true, default_value = "0", value_parser = parse_flag_int)]
    max_recv_bytes: i64,
    #[command(flatten)]
    security: Security,
}

/// What asks for TLS, users or DNS: read so that a command line is understood, and refused where
/// it would mean something.
#[derive(Args, Clone, Debug)]
struct Security {
    /// Disable transport security for client connections
    #[arg(
        long, global = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value = "true", default_missing_value = "true", value_parser = parse_bool
    )]
    insecure_transport: bool,
    /// Accept insecure SRV records describing cluster endpoints
    #[arg(
        long, global = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value = "true", default_missing_value = "true", value_parser = parse_bool
    )]
    insecure_discovery: bool,
    /// Skip server certificate verification
    #[arg(long, global = true)]
    insecure_skip_tls_verify: bool,
    /// Identify secure client using this TLS certificate file
    #[arg(long, global = true)]
    cert: Option<String>,
    /// Identify secure client using this TLS key file
    #[arg(long, global = true)]
    key: Option<String>,
    /// Verify certificates of TLS-enabled secure servers using this CA bundle
    #[arg(long, global = true)]
    cacert: Option<String>,
    /// Username[:password] for authentication
    #[arg(long, global = true)]
    user: Option<String>,
    /// Password for authentication
    #[arg(long, global = true)]
    password: Option<String>,
    /// JWT token used for authentication
    #[arg(long, global = true)]
    auth_jwt_token: Option<String>,
    /// Domain name to query for SRV records describing cluster endpoints
    #[arg(short = 'd', long, global = true)]
    discovery_srv: Option<String>,
    /// Service name to query when using DNS discovery
    #[arg(long, global = true)]
    discovery_srv_name: Option<String>,
}

impl Settings {
    /// Refuses what is understood but not there yet.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let security = &self.security;
        for (name, value) in [
            ("cert", &security.cert),
            ("key", &security.key),
            ("cacert", &security.cacert),
        ] {
            if value.as_deref() == Some("") {
                let text = format!("empty string is passed to --{name} option");
                return Err(Failure::arguments(text));
            }
        }
        let asked = [
            ("cert", security.cert.is_some()),
            ("key", security.key.is_some()),
            ("cacert", security.cacert.is_some()),
            (
                "insecure-skip-tls-verify",
                security.insecure_skip_tls_verify,
            ),
            ("insecure-transport=false", !security.insecure_transport),
            ("user", security.user.is_some()),
            ("password", security.password.is_some()),
            ("auth-jwt-token", security.auth_jwt_token.is_some()),
            ("discovery-srv", security.discovery_srv.is_some()),
            ("discovery-srv-name", security.discovery_srv_name.is_some()),
        ];
        match asked.iter().find(|(_, is_asked)| *is_asked) {
            Some((name, _)) => Err(not_supported(&format!("--{name}"))),
            None => Ok(()),
        }
    }

    /// How long a short command may take.
    pub(crate) fn command_timeout(&self) -> Duration {
        self.command_timeout.unwrap_or(COMMAND_TIMEOUT)
    }

    /// That, if it was asked for: long commands have no limit of their own.
    pub(crate) fn given_command_timeout(&self) -> Option<Duration> {
        self.command_timeout
    }

    /// Longest request, in bytes.
    pub(crate) fn send_limit_bytes(&self) -> usize {
        limit(self.max_request_bytes, SEND_LIMIT_BYTES)
    }

    /// Longest answer, in bytes.
    pub(crate) fn receive_limit_bytes(&self) -> usize {
        limit(self.max_recv_bytes, RECEIVE_LIMIT_BYTES)
    }
}

/// What is not there yet.
pub(crate) fn not_supported(what: &str) -> Failure {
    let version = crate::version::QUORATE;
    let text = format!("{what} is not supported yet by quoratectl {version}");
    Failure::new(Exit::BadFeature, text)
}

fn limit(given: i64, default: usize) -> usize {
    match usize::try_from(given) {
        Ok(0) | Err(_) => default,
        Ok(given) => given,
    }
}

/// etcdctl's.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(5);
/// etcd's client sends no more.
const SEND_LIMIT_BYTES: usize = 2 * 1_024 * 1_024;
/// And receives up to what protobuf can say.
const RECEIVE_LIMIT_BYTES: usize = i32::MAX as usize;
