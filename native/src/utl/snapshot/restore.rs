//! `snapshot restore`: makes the data directory of a new cluster's first member.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use quorate_core::command::MemberInfo;
use quorate_core::disk::{SNAPSHOT_DIRECTORY, WAL_DIRECTORY};
use quorate_core::membership::{cluster_id, member_id};
use quorate_core::offline::{Founding, found_from_snapshot};
use quorate_core::snapshot::read_saved;
use serde_json::{Value, json};

use crate::ctl::failure::Failure;
use crate::disk;
use crate::flags::{self, Request};
use crate::go::parse_flag_uint;
use crate::log;
use crate::settings::{Settings, check_joining};
use crate::utl::file::{FileKind, broken, failure, read};

/// Restores a snapshot to a new data directory
///
/// Run it once for each member of the new cluster, with the same snapshot and the same
/// --initial-cluster; then start each member with the same flags on its directory.
#[derive(Args, Clone, Debug)]
pub(super) struct Restore {
    /// Path to the output data directory (default: NAME.etcd)
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Path to the WAL directory (default: below --data-dir)
    #[arg(long)]
    wal_dir: Option<PathBuf>,
    /// Accepted, as etcdutl has it, and of no effect: the store is no mapped file
    #[arg(long, default_value = "0", value_parser = parse_flag_uint)]
    initial_memory_map_size: u64,
    /// Human-readable name for this member
    #[arg(long, default_value = "default")]
    name: String,
    /// Initial cluster configuration for restore bootstrap (default: this member alone)
    #[arg(long)]
    initial_cluster: Option<String>,
    /// Initial cluster token during restore bootstrap
    #[arg(long, default_value = "etcd-cluster")]
    initial_cluster_token: String,
    /// List of this member's peer URLs to advertise to the rest of the cluster
    #[arg(long, default_value = "http://localhost:2380")]
    initial_advertise_peer_urls: String,
    /// Ignore snapshot integrity hash value (required if copied from data directory)
    #[arg(long)]
    skip_hash_check: bool,
    /// How much to increase the latest revision after restore
    #[arg(long, default_value = "0", value_parser = parse_flag_uint)]
    bump_revision: u64,
    /// Mark the latest revision after restore as the point of scheduled compaction (required if
    /// --bump-revision > 0, disallowed otherwise)
    #[arg(long)]
    mark_compacted: bool,
    /// A saved snapshot
    #[arg(value_name = "FILENAME")]
    path: Vec<PathBuf>,
}

impl Restore {
    /// Checks all there is to check, and only then writes.
    pub(super) fn run(self) -> Result<(), Failure> {
        let [path] = self.path.as_slice() else {
            let text = "snapshot restore requires exactly one argument";
            return Err(Failure::arguments(text));
        };
        if (self.bump_revision > 0) != self.mark_compacted {
            let text = "--mark-compacted required if --revision-bump > 0";
            return Err(Failure::arguments(text));
        }
        if self.initial_memory_map_size > 0 {
            log::to_stderr().warn(
                "--initial-memory-map-size has no effect: the store is no mapped file",
                &[(
                    "initial-memory-map-size",
                    json!(self.initial_memory_map_size),
                )],
            );
        }
        let settings = self.settings()?;
        // No server is asked what its name stands for: the files may be made anywhere.
        check_joining(&settings).map_err(failure)?;
        let bytes = read(path, FileKind::Snapshot)?;
        let snapshot = read_saved(&bytes, self.skip_hash_check);
        let snapshot = snapshot.map_err(|error| broken(path, &error))?;
        let data_dir = &settings.data_dir;
        ensure_empty("data-dir", data_dir)?;
        if let Some(wal_dir) = &settings.wal_dir {
            ensure_empty("wal-dir", wal_dir)?;
        }
        let founding = self.founding(&settings);
        let log = log::to_stderr();
        let usual = data_dir.join(WAL_DIRECTORY);
        let wal_dir = settings.wal_dir.as_ref().unwrap_or(&usual);
        let places = [
            ("path", json!(path)),
            ("wal-dir", json!(wal_dir)),
            ("data-dir", json!(data_dir)),
            ("snap-dir", json!(data_dir.join(SNAPSHOT_DIRECTORY))),
        ];
        log.info("restoring snapshot", &places);
        let operations = found_from_snapshot(snapshot, &founding)
            .map_err(|reason| failure(format!("{}: {reason}", path.display())))?;
        for member in &founding.members {
            log.info("added member", &fields_of(member, &founding));
        }
        let directory = disk::DataDirectory::open_with_log(data_dir, settings.wal_dir.as_deref())
            .map_err(failure)?;
        disk::carry_out(directory.path(), &operations).map_err(failure)?;
        log.info("restored snapshot", &places);
        Ok(())
    }

    /// The server's own settings for these flags: what it would refuse is refused here.
    fn settings(&self) -> Result<Settings, Failure> {
        let mut arguments = vec![
            format!("--name={}", self.name),
            format!("--initial-cluster-token={}", self.initial_cluster_token),
            format!(
                "--initial-advertise-peer-urls={}",
                self.initial_advertise_peer_urls
            ),
        ];
        arguments.extend(
            self.initial_cluster
                .as_ref()
                .map(|cluster| format!("--initial-cluster={cluster}")),
        );
        for (name, path) in [("data-dir", &self.data_dir), ("wal-dir", &self.wal_dir)] {
            arguments.extend(
                path.as_ref()
                    .map(|path| format!("--{name}={}", path.display())),
            );
        }
        let values = match flags::parse(&arguments).map_err(failure)? {
            Request::Serve(values) => values,
            _ => return Err(failure("the flags are not those of a server")),
        };
        Settings::new(&values).map_err(failure)
    }

    fn founding(&self, settings: &Settings) -> Founding {
        let token = &settings.token;
        let urls = |endpoints: &[flags::Endpoint]| -> Vec<String> {
            endpoints
                .iter()
                .map(|endpoint| endpoint.url.clone())
                .collect()
        };
        let members: Vec<MemberInfo> = settings
            .initial_cluster
            .members
            .iter()
            .map(|member| {
                let peer_urls = urls(&member.peer_urls);
                MemberInfo {
                    id: member_id(&peer_urls, token, None),
                    peer_urls,
                    // Published by the member itself once it has started.
                    ..MemberInfo::default()
                }
            })
            .collect();
        let ids: Vec<_> = members.iter().map(|member| member.id).collect();
        Founding {
            own: member_id(&urls(&settings.advertise_peer), token, None),
            cluster: cluster_id(&ids),
            members,
            bump_revision: self.bump_revision,
        }
    }
}

/// etcdutl's; as there, who restores is nobody yet.
fn fields_of(member: &MemberInfo, founding: &Founding) -> [(&'static str, Value); 4] {
    [
        ("cluster-id", json!(founding.cluster.to_string())),
        ("local-member-id", json!("0")),
        ("added-peer-id", json!(member.id.to_string())),
        ("added-peer-peer-urls", json!(member.peer_urls)),
    ]
}

/// What is there is never written over.
fn ensure_empty(name: &str, directory: &Path) -> Result<(), Failure> {
    let is_empty = match fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if is_empty {
        return Ok(());
    }
    let path = directory.display();
    Err(failure(format!(
        "{name} \"{path}\" not empty or could not be read"
    )))
}
