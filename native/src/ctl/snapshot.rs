//! `snapshot save`: fetches a member's store into a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use quorate_api::etcdserverpb::SnapshotRequest;
use serde_json::json;

use super::client::{Client, deadline_in};
use super::context::Context;
use super::failure::{Exit, Failure};
use crate::go::{GoDuration, humanized_bytes, io_error_text};
use crate::log;

/// Manages member snapshots
///
/// `quorateutl snapshot` shows what is in one and restores it.
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Snapshot {
    #[command(subcommand)]
    command: SnapshotCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum SnapshotCommand {
    /// Stores a member's snapshot to a given file
    Save {
        #[arg(value_name = "FILENAME")]
        path: Vec<PathBuf>,
    },
}

impl Snapshot {
    /// Fetches it.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let SnapshotCommand::Save { path } = self.command;
        let [path] = path.as_slice() else {
            let text = "snapshot save expects one argument <filename>";
            return Err(Failure::arguments(text));
        };
        let endpoints = &context.settings.endpoints;
        if endpoints.len() != 1 {
            let text = format!(
                "snapshot must be requested to one selected node, not multiple [{}]",
                endpoints.join(" ")
            );
            return Err(Failure::new(Exit::Interrupted, text));
        }
        // Without the flag it takes as long as it takes.
        let timeout = context.settings.given_command_timeout();
        let client = context.patient_client()?;
        let client = client.until(timeout.and_then(deadline_in));
        let version = save(&client, path)
            .await
            .map_err(|text| Failure::new(Exit::Interrupted, text))?;
        let mut text = format!("Snapshot saved at {}", path.display());
        if !version.is_empty() {
            text += &format!("\nServer version {version}");
        }
        context.printer.line(&text)
    }
}

/// Saves it under another name first: what bears the name is whole. Answers the server's version.
async fn save(client: &Client, path: &Path) -> Result<String, String> {
    let log = log::to_stderr();
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Part(PathBuf::from(part));
    let mut file = part.create()?;
    let name = part.0.display().to_string();
    log.info("created temporary db file", &[("path", json!(name))]);
    let start = Instant::now();
    let endpoint = client.endpoints().join(",");
    log.info("fetching snapshot", &[("endpoint", json!(endpoint))]);
    let (size_bytes, version) = fetch(client, &mut file).await?;
    if size_bytes % SECTOR_BYTES != CHECKSUM_BYTES {
        return Err(format!("sha256 checksum not found [bytes: {size_bytes}]"));
    }
    let synced = file.sync_all();
    synced.map_err(|error| format!("could not fsync snapshot: {error}"))?;
    drop(file);
    log.info(
        "fetched snapshot",
        &[
            ("endpoint", json!(endpoint)),
            ("size", json!(humanized_bytes(size_bytes))),
            ("took", json!(GoDuration(start.elapsed()).to_string())),
            ("etcd-version", json!(version)),
        ],
    );
    fs::rename(&part.0, path)
        .map_err(|error| format!("could not rename {name} to {} ({error})", path.display()))?;
    sync_directory_of(path).map_err(|error| format!("could not fsync directory: {error}"))?;
    log.info("saved", &[("path", json!(path.display().to_string()))]);
    Ok(version)
}

/// Until then a crash may take the name away again.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(directory)?.sync_all()
}

/// Writes what comes; answers how much it was, and the server's version.
async fn fetch(client: &Client, file: &mut File) -> Result<(u64, String), String> {
    let stream = client.snapshot(SnapshotRequest {}).await;
    let mut stream = stream.map_err(|error| error.to_string())?;
    let mut size_bytes = 0u64;
    let mut version = String::new();
    // Hidden where no terminal is.
    let bar = ProgressBar::new(0).with_style(style());
    loop {
        let response = stream.message().await.map_err(|status| {
            let error = super::client::CallError::from(status);
            format!("could not write snapshot: {error}")
        })?;
        let Some(response) = response else {
            bar.finish_and_clear();
            return Ok((size_bytes, version));
        };
        let written = file.write_all(&response.blob);
        written.map_err(|error| format!("could not write snapshot: {error}"))?;
        size_bytes += response.blob.len() as u64;
        if version.is_empty() {
            version = response.version;
        }
        bar.set_length(size_bytes + response.remaining_bytes);
        bar.set_position(size_bytes);
    }
}

/// How progress is drawn.
fn style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A file that is not whole; removed unless it was renamed.
struct Part(PathBuf);

impl Part {
    fn create(&self) -> Result<File, String> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&self.0)
            .map_err(|error| {
                let (path, reason) = (self.0.display(), io_error_text(&error));
                format!("could not open {path} (open {path}: {reason})")
            })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Gone already when it was renamed.
        let _ = fs::remove_file(&self.0);
    }
}

/// A saved snapshot is whole sectors and a checksum.
const SECTOR_BYTES: u64 = 512;
/// SHA-256.
const CHECKSUM_BYTES: u64 = 32;
