//! One run of the load generator, and what it measured.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::cluster::Cluster;

/// What was measured of one workload in one round. What it does not have, it has not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) per_second: Option<f64>,
    pub(crate) p50_seconds: Option<f64>,
    pub(crate) p99_seconds: Option<f64>,
    /// The servers' CPU time for each request, in microseconds.
    pub(crate) cpu_us_per_request: Option<f64>,
    pub(crate) written_bytes_per_request: Option<f64>,
    /// Of the largest member.
    pub(crate) resident_bytes: Option<f64>,
    /// How long something took that happens once.
    pub(crate) seconds: Option<f64>,
}

impl Figures {
    /// What `quorate-benchmark --json` says of one load.
    pub(super) fn of(report: &Value) -> Self {
        let percentile = |percent: &str| report["percentiles_seconds"][percent].as_f64();
        Self {
            per_second: report["requests_per_second"].as_f64(),
            p50_seconds: percentile("50"),
            p99_seconds: percentile("99"),
            ..Self::default()
        }
    }
}

/// Starts the load generator.
pub(super) fn command(cluster: &Cluster, arguments: &[String]) -> Command {
    let mut command = Command::new(&cluster.benchmark);
    command
        .arg(format!("--endpoints={}", cluster.endpoints()))
        .arg("--json")
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// What it printed.
pub(super) fn read(output: &std::process::Output, arguments: &[String]) -> Result<Value> {
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let complaints = String::from_utf8_lossy(&output.stderr);
        bail!(
            "quorate-benchmark {}: {said}{complaints}",
            arguments.join(" ")
        );
    }
    serde_json::from_str(&said)
        .with_context(|| format!("quorate-benchmark {}: {said}", arguments.join(" ")))
}

/// Runs the load generator to its end, and measures the servers meanwhile.
pub(super) fn run(cluster: &Cluster, arguments: &[String]) -> Result<(Value, Figures)> {
    let (cpu, written) = (cluster.cpu_us()?, cluster.written_bytes()?);
    let output = command(cluster, arguments).output()?;
    let report = read(&output, arguments)?;
    let requests = report["requests"].as_f64();
    let each = |sum: u64| {
        requests
            .filter(|count| *count > 0.0)
            .map(|count| sum as f64 / count)
    };
    let figures = Figures {
        cpu_us_per_request: each(cluster.cpu_us()? - cpu),
        written_bytes_per_request: each(cluster.written_bytes()? - written),
        ..Figures::of(&report)
    };
    Ok((report, figures))
}
