//! Starting: from nothing, or from what an earlier life left on the disk.
//!
//! A disk without a log, or with one that a crash left blank, is a new member's: its log begins
//! with one entry for each first member, as in etcd, all committed in term 1. Of a member that
//! joins a cluster which exists, it begins with nothing: the leader sends it what there is. Any
//! other disk is read: the newest snapshot that the log has a marker for, then the log behind it.
//! A disk that does not add up is refused, also one whose snapshots say that its log has lost
//! its end; a member never goes on without something it once promised to keep.

use raft::eraftpb::{ConfState, Entry, HardState as RaftHardState};
use thiserror::Error;

use super::join::MemberParts;
use super::restore::{Restored, restore_file};
use super::{Member, MemberConfig, log::Log, versions};
use crate::collections::InOrder;
use crate::consensus::{Consensus, InitialLog, lease_ticks, new_entry};
use crate::disk::{DiskImage, DiskOperation};
use crate::id::{Index, MemberId, Term};
use crate::known_bug::KnownBug;
use crate::limits;
use crate::membership::MembershipEntry;
use crate::snapshot::{
    SnapshotError, SnapshotHeader, check_log_end, newest_good_marked, old_files, received_files,
    unfinished_files,
};
use crate::trace::TraceKind;
use crate::wal::{self, EntryKind, HardState, LogEntry, Metadata, Wal, WalError, WalOptions};

/// Why a member does not start.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StartError {
    /// The settings cannot be.
    #[error("invalid settings: {0}")]
    Settings(String),
    /// The log cannot be read.
    #[error("write-ahead log: {0}")]
    Log(#[from] WalError),
    /// The log and the snapshots do not go together.
    #[error("data directory: {0}")]
    Data(String),
}

/// What the disk gave.
struct FromDisk {
    log: Log,
    first: crate::disk::DiskBatch,
    initial: InitialLog,
    restored: Option<Restored>,
    leftovers: Vec<DiskOperation>,
    lines: Vec<TraceKind>,
    /// Leaders' snapshots that have not got their names yet.
    unnamed: Vec<(Index, Term)>,
}

impl Member {
    /// Starts a member on a disk's contents. What it wants done first is in
    /// [`Member::take_outputs`].
    ///
    /// # Errors
    ///
    /// [`StartError`]: nothing has been changed then.
    pub fn start(config: MemberConfig, image: &DiskImage) -> Result<Self, StartError> {
        check_settings(&config)?;
        let metadata = Metadata {
            member: config.id,
            cluster: config.cluster,
        };
        let options = WalOptions {
            segment_size_bytes: config.segment_size_bytes,
        };
        let disk = match wal::recover(image, Some(metadata), options) {
            Ok(recovered) if recovered.is_blank() => {
                let lines = repair_lines(&recovered);
                let log = (recovered.wal, recovered.operations);
                // A member that joins may have been sent a snapshot before its first promise.
                let void = received_files(image, &[]).void;
                let leftovers = unfinished_files(image).into_iter().chain(void);
                FromDisk {
                    leftovers: leftovers.map(remove).collect(),
                    lines,
                    ..bootstrap(&config, image, log)?
                }
            }
            Ok(recovered) => from_disk(image, recovered)?,
            Err(WalError::Empty) => {
                if let Some(path) = received_files(image, &[]).void.into_iter().next() {
                    return Err(without_log(&path));
                }
                bootstrap(&config, image, Wal::create(metadata, options))?
            }
            Err(error) => return Err(error.into()),
        };
        let FromDisk {
            log,
            first,
            mut initial,
            restored,
            leftovers,
            mut lines,
            unnamed,
        } = disk;
        if config.has_bug(KnownBug::VoteForgottenAfterRestart) {
            initial.hard_state.vote = 0;
        }
        lines.push(TraceKind::Restarted {
            term: Term(initial.hard_state.term),
            commit: Index(initial.hard_state.commit),
            last: Index(initial.offset.0 + initial.entries.len() as u64),
        });
        let snapshot = restored
            .as_ref()
            .map(|restored| (restored.index, restored.term));
        let applied = initial.offset;
        let replayed_until = Index(initial.hard_state.commit);
        let consensus = Consensus::start(&config, initial).map_err(StartError::Data)?;
        let restored = restored.unwrap_or_default();
        let restored = check_restored(&config, restored, &mut lines)?;
        let parts = MemberParts {
            consensus,
            log,
            restored,
            applied,
            replayed_until,
            snapshot,
            snapshot_files: snapshot_files(image, &leftovers),
            unnamed,
        };
        Ok(Member::join(config, parts, first, leftovers, lines))
    }
}

/// What the newest snapshot gives, if this member may go on with it.
#[cfg_attr(
    not(feature = "known-bugs"),
    expect(unused_mut, reason = "only a known bug changes it")
)]
fn check_restored(
    config: &MemberConfig,
    mut restored: Restored,
    lines: &mut Vec<TraceKind>,
) -> Result<Restored, StartError> {
    #[cfg(feature = "known-bugs")]
    if config.has_bug(KnownBug::RevisionDecreasesAfterRestart) && restored.index > Index(0) {
        restored.store.forget_last_deletes();
    }
    lines.push(TraceKind::StoreRestored {
        revision: restored.store.revision(),
    });
    if let Some(version) = restored.versions.cluster() {
        if let Some(reason) = versions::too_new_for(config.server_version, version) {
            return Err(StartError::Data(reason));
        }
        lines.push(TraceKind::CapabilitiesEnabled { version });
    }
    Ok(restored)
}

fn check_settings(config: &MemberConfig) -> Result<(), StartError> {
    let refuse = |what: String| Err(StartError::Settings(what));
    let ticks = limits::ELECTION_TICKS_MIN..=limits::ELECTION_TICKS_MAX;
    if !ticks.contains(&config.election_ticks) {
        return refuse(format!(
            "an election timeout of {} ticks, it is {} to {}",
            config.election_ticks,
            limits::ELECTION_TICKS_MIN,
            limits::ELECTION_TICKS_MAX
        ));
    }
    if !config.id.is_some() {
        return refuse("a member without an id".to_owned());
    }
    if config.tick_ms == 0 || config.segment_size_bytes == 0 {
        return refuse("tick and segment size are above 0".to_owned());
    }
    check_read_lease(config).map_err(StartError::Settings)?;
    if config.request_size_bytes_max > limits::FRAME_SIZE_BYTES_MAX as usize / 4 {
        return refuse(format!(
            "requests of up to {} bytes do not fit into a frame of {}",
            config.request_size_bytes_max,
            limits::FRAME_SIZE_BYTES_MAX
        ));
    }
    Ok(())
}

/// A lease has to last longer than the tick that runs.
fn check_read_lease(config: &MemberConfig) -> Result<(), String> {
    let Some(lease) = config.read_lease else {
        return Ok(());
    };
    let drift = lease.clock_drift_percent;
    if drift > limits::CLOCK_DRIFT_PERCENT_MAX {
        return Err(format!(
            "a clock drift of {drift} %, reads by lease take {} % at most",
            limits::CLOCK_DRIFT_PERCENT_MAX
        ));
    }
    if lease_ticks(config.election_ticks, drift) < 2 {
        return Err(format!(
            "an election timeout of {} ticks is too short for reads by lease with a clock drift \
             of {drift} %",
            config.election_ticks
        ));
    }
    Ok(())
}

/// A new member's log.
fn bootstrap(
    config: &MemberConfig,
    image: &DiskImage,
    (wal, operations): (Wal, Vec<DiskOperation>),
) -> Result<FromDisk, StartError> {
    if let Some(path) = image.files.keys().find(|path| path.ends_with(".snap")) {
        return Err(without_log(path));
    }
    let (mut log, first) = Log::new(wal, operations);
    if config.joins {
        return Ok(FromDisk {
            log,
            first,
            initial: InitialLog::default(),
            restored: None,
            leftovers: Vec::new(),
            lines: Vec::new(),
            unnamed: Vec::new(),
        });
    }
    if !config.bootstrap.iter().any(|member| member.id == config.id) {
        let what = format!(
            "member {} is not among the cluster's first members",
            config.id
        );
        return Err(StartError::Settings(what));
    }
    let mut members = config.bootstrap.clone();
    members.order_by_key(|member| member.id);
    members.dedup_by_key(|member| member.id);
    let entries: Vec<Entry> = members
        .into_iter()
        .zip(1..)
        .map(|(member, index)| {
            new_entry(
                true,
                FIRST_TERM.0,
                index,
                MembershipEntry::First(member).encode(),
            )
        })
        .collect();
    let commit = entries.len() as u64;
    let hard_state = HardState {
        term: FIRST_TERM,
        vote: MemberId::NONE,
        commit: Index(commit),
    };
    log.write_first(&entries, hard_state);
    Ok(FromDisk {
        log,
        first,
        initial: InitialLog {
            offset: Index(0),
            offset_term: Term(0),
            entries,
            hard_state: raft_hard_state(hard_state),
            configuration: ConfState::default(),
        },
        restored: None,
        leftovers: Vec::new(),
        lines: Vec::new(),
        unnamed: Vec::new(),
    })
}

fn without_log(path: &str) -> StartError {
    let what = format!("{path} is a snapshot, but the log that belongs to it is missing");
    StartError::Data(what)
}

/// What an earlier life left.
fn from_disk(image: &DiskImage, recovered: wal::Recovered) -> Result<FromDisk, StartError> {
    check_log_end(image, &recovered).map_err(|lost| StartError::Data(lost.to_string()))?;
    let newest = newest_good_marked(image, &recovered.markers);
    let restored = match newest.snapshot {
        Some(file) => Some(restore_file(file).map_err(StartError::Data)?),
        None => None,
    };
    let (offset, offset_term) = restored.as_ref().map_or((Index(0), Term(0)), |restored| {
        (restored.index, restored.term)
    });
    let entries = recovered.entries_after(offset).map_err(|error| {
        // The log alone would say "gap"; why there is one is more use to a person.
        match newest.broken.first() {
            Some((path, why)) => StartError::Data(format!("{path}: {why}; and so {error}")),
            None => StartError::Log(error),
        }
    })?;
    let entries = entries.iter().map(raft_entry).collect();
    let hard_state = raft_hard_state(recovered.hard_state);
    let configuration = restored
        .as_ref()
        .map(|restored| restored.configuration.clone())
        .unwrap_or_default();
    let mut lines = repair_lines(&recovered);
    let received = received_files(image, &recovered.markers);
    let (log, first) = Log::new(recovered.wal, recovered.operations);
    let mut leftovers: Vec<DiskOperation> = unfinished_files(image)
        .into_iter()
        .chain(received.void)
        .map(remove)
        .collect();
    let mut unnamed = received.marked;
    for (path, error) in newest.broken {
        let broken_path =
            matches!(error, SnapshotError::Broken { .. }).then(|| format!("{path}{BROKEN_SUFFIX}"));
        if let Some(to) = broken_path.clone() {
            unnamed
                .retain(|(index, term)| SnapshotHeader::at(*index, *term).received_path() != path);
            let from = path.clone();
            leftovers.push(DiskOperation::Rename { from, to });
        }
        lines.push(TraceKind::SnapshotUnreadable {
            path,
            broken_path,
            reason: error.to_string(),
        });
    }
    let initial = InitialLog {
        offset,
        offset_term,
        entries,
        hard_state,
        configuration,
    };
    Ok(FromDisk {
        log,
        first,
        initial,
        restored,
        leftovers,
        lines,
        unnamed,
    })
}

fn remove(path: String) -> DiskOperation {
    DiskOperation::Remove { path }
}

/// The snapshots that keep their names.
fn snapshot_files(image: &DiskImage, leftovers: &[DiskOperation]) -> Vec<String> {
    let is_renamed = |path: &String| {
        let mut operations = leftovers.iter();
        operations.any(
            |operation| matches!(operation, DiskOperation::Rename { from, .. } if from == path),
        )
    };
    let mut files = old_files(image.files.keys().map(String::as_str), 0);
    files.retain(|path| !is_renamed(path));
    files
}

fn repair_lines(recovered: &wal::Recovered) -> Vec<TraceKind> {
    let line = |repair: &wal::Repair| TraceKind::WalRepaired {
        file: repair.file.clone(),
        at_bytes: repair.at_bytes,
    };
    recovered.repair.iter().map(line).collect()
}

fn raft_entry(entry: &LogEntry) -> Entry {
    let is_conf_change = entry.kind == EntryKind::ConfChange;
    new_entry(
        is_conf_change,
        entry.term.0,
        entry.index.0,
        entry.data.clone(),
    )
}

fn raft_hard_state(state: HardState) -> RaftHardState {
    RaftHardState {
        term: state.term.0,
        vote: state.vote.0,
        commit: state.commit.0,
        ..RaftHardState::default()
    }
}

/// What follows the name of a snapshot that was damaged; etcd's word.
const BROKEN_SUFFIX: &str = ".broken";

/// The term of the entries that a cluster begins with; its first leader's is 2, as in etcd.
pub(crate) const FIRST_TERM: Term = Term(1);
