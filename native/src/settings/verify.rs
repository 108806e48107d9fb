//! What flags must be to one another, in etcd's words (`server/embed/config.go`,
//! `server/config/config.go`).

use thiserror::Error;

use super::Settings;
use crate::flags::Values;

/// Longest election timeout.
const ELECTION_MS_MAX: u32 = 50_000;

/// Why a server cannot be started with these flags.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum SettingsError {
    /// Each value is good, but not together. Ends with exit code 1, as in etcd.
    #[error("{0}")]
    Verify(String),
}

/// Checks all that one flag alone cannot tell.
pub(super) fn verify(settings: &Settings, values: &Values) -> Result<(), SettingsError> {
    timeouts(settings)
        .and_then(|()| listeners(settings, values))
        .and_then(|()| limits(settings))
        .and_then(|()| settings.feature_gates.verify())
        .map_err(SettingsError::Verify)
}

fn timeouts(settings: &Settings) -> Result<(), String> {
    let (heartbeat, election) = (settings.heartbeat_ms, settings.election_ms);
    if heartbeat == 0 {
        return Err("--heartbeat-interval must be >0 (set to 0ms)".to_owned());
    }
    if election == 0 {
        return Err("--election-timeout must be >0 (set to 0ms)".to_owned());
    }
    if heartbeat.saturating_mul(5) > election {
        return Err(format!(
            "--election-timeout[{election}ms] should be at least as 5 times as \
             --heartbeat-interval[{heartbeat}ms]"
        ));
    }
    if election > ELECTION_MS_MAX {
        return Err(format!(
            "--election-timeout[{election}ms] is too long, and should be set less than \
             {ELECTION_MS_MAX}ms"
        ));
    }
    Ok(())
}

fn listeners(settings: &Settings, values: &Values) -> Result<(), String> {
    let listened = [
        &settings.listen_peer,
        &settings.listen_client,
        &settings.listen_client_http,
        &settings.listen_metrics,
    ];
    for endpoint in listened.into_iter().flatten() {
        endpoint.check_bind()?;
    }
    for endpoint in settings
        .advertise_peer
        .iter()
        .chain(&settings.advertise_client)
    {
        endpoint.check_host()?;
    }
    for (name, endpoints) in [
        ("listen-peer-urls", &settings.listen_peer),
        ("listen-client-urls", &settings.listen_client),
        ("initial-advertise-peer-urls", &settings.advertise_peer),
    ] {
        if endpoints.is_empty() {
            return Err(format!("--{name} is empty, and should have a URL at least"));
        }
    }
    // A file that says where to listen leaves the default of what is advertised, as in etcd.
    let is_asked = values.is_set("listen-client-urls") && !values.is_of_file();
    if is_asked && !values.is_set("advertise-client-urls") {
        return Err(
            "--advertise-client-urls is required when --listen-client-urls is set explicitly"
                .to_owned(),
        );
    }
    Ok(())
}

fn limits(settings: &Settings) -> Result<(), String> {
    if settings.compact_hash_check_time.is_zero() {
        return Err("--compact-hash-check-time must be >0 (set to 0s)".to_owned());
    }
    if settings.snapshot_count == 0 {
        return Err("--snapshot-count must be >0 (set to 0)".to_owned());
    }
    if settings.concurrent_streams_max == 0 {
        return Err("--max-concurrent-streams must be >0 (set to 0)".to_owned());
    }
    let most = quorate_core::limits::FRAME_SIZE_BYTES_MAX as usize / 4;
    if settings.request_size_bytes_max > most {
        return Err(format!(
            "--max-request-bytes[{}] is too large, and should be at most {most}",
            settings.request_size_bytes_max
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::{Request, parse};

    fn settings(line: &str) -> Result<Settings, String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match parse(&arguments) {
            Ok(Request::Serve(values)) => Settings::new(&values).map_err(|e| e.to_string()),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_notes_lines_are_good() {
        let settings = settings(
            "--name infra1 --listen-client-urls http://127.0.0.1:12379 --advertise-client-urls \
             http://127.0.0.1:12379 --listen-peer-urls http://127.0.0.1:12380 \
             --initial-advertise-peer-urls http://127.0.0.1:12380 --initial-cluster-token \
             etcd-cluster-1 --initial-cluster infra1=http://127.0.0.1:12380,\
             infra2=http://127.0.0.1:22380,infra3=http://127.0.0.1:32380 --initial-cluster-state \
             new --enable-pprof --logger=zap --log-outputs=stderr",
        )
        .expect("the notes' line");
        assert_eq!(settings.data_dir.to_str(), Some("infra1.etcd"));
        assert_eq!(settings.initial_cluster.members.len(), 3);
        assert!(settings.enable_pprof);
        assert_eq!(settings.election_ticks(), 10);
    }

    #[test]
    fn no_flag_at_all_is_good_and_the_cluster_follows_the_name() {
        let plain = settings("").expect("etcd starts without a flag");
        assert_eq!(
            plain.initial_cluster.to_string(),
            "default=http://localhost:2380"
        );
        let named = settings("--name a").expect("etcd starts with a name alone");
        assert_eq!(named.initial_cluster.to_string(), "a=http://localhost:2380");
        assert_eq!(named.data_dir.to_str(), Some("a.etcd"));
    }

    #[test]
    fn what_does_not_go_together_is_told_in_etcds_words() {
        for (line, message) in [
            (
                "--heartbeat-interval 500",
                "--election-timeout[1000ms] should be at least as 5 times as \
                 --heartbeat-interval[500ms]",
            ),
            (
                "--election-timeout 60000",
                "--election-timeout[60000ms] is too long, and should be set less than 50000ms",
            ),
            (
                "--heartbeat-interval 0",
                "--heartbeat-interval must be >0 (set to 0ms)",
            ),
            (
                "--listen-client-urls http://127.0.0.1:3444",
                "--advertise-client-urls is required when --listen-client-urls is set explicitly",
            ),
            (
                "--listen-client-urls http://foo.bar:34 --advertise-client-urls http://foo.bar:34",
                "expected IP in URL for binding (http://foo.bar:34)",
            ),
            (
                "--initial-cluster abc",
                "error setting up initial cluster: \"abc\" does not have the form name=URL",
            ),
            (
                "--listen-peer-urls=",
                "--listen-peer-urls is empty, and should have a URL at least",
            ),
            (
                "--feature-gates LeaseCheckpointPersist=true",
                "enabling feature gate LeaseCheckpointPersist requires enabling feature gate \
                 LeaseCheckpoint",
            ),
        ] {
            assert_eq!(settings(line).expect_err(line), message, "{line}");
        }
    }
}
