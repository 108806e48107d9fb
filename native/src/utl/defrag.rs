//! `defrag`: gives back what a member's files no longer need, while it does not run.
//!
//! The member itself is started, without a clock and without peers: it carries out what is
//! committed, writes a snapshot of that, and is left. What lies behind the snapshot is removed.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use quorate_core::disk::DiskImage;
use quorate_core::member::{Member, MemberConfig};
use quorate_core::offline::{owner, tidy};
use quorate_core::{Input, Output};

use super::file::failure;
use crate::ctl::failure::Failure;
use crate::disk::{self, DataDirectory, load_image};
use crate::go::{humanized_bytes, io_error_text};

/// Defragments the storage of a member that does not run
#[derive(Args, Clone, Debug)]
pub(super) struct Defrag {
    /// Required. Defragments a data directory not in use by a server
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl Defrag {
    /// Takes the lock, rewrites, and says what became of the size.
    pub(super) fn run(self) -> Result<(), Failure> {
        let Some(path) = self.data_dir else {
            return Err(failure("required flag(s) \"data-dir\" not set"));
        };
        let failed = |reason: String| {
            let path = path.display();
            failure(format!("Failed to defragment etcd data[{path}] ({reason})"))
        };
        // A directory that is not there must not be made.
        fs::metadata(&path).map_err(|error| {
            failed(format!(
                "stat {}: {}",
                path.display(),
                io_error_text(&error)
            ))
        })?;
        let directory = DataDirectory::open(&path).map_err(|error| failed(error.to_string()))?;
        let (before, after) = defragment(directory.path()).map_err(failed)?;
        let text = format!(
            "Finished defragmenting directory {}: {} before, {} now",
            path.display(),
            humanized_bytes(before),
            humanized_bytes(after)
        );
        crate::ctl::print::line(&text)
    }
}

/// Size of all files before and after, in bytes.
fn defragment(root: &Path) -> Result<(u64, u64), String> {
    let load = || load_image(root).map_err(|error| error.to_string());
    let image = load()?;
    let before = size_bytes(&image);
    write_snapshot(root, &image)?;
    let operations = tidy(&load()?).map_err(|error| error.to_string())?;
    disk::carry_out(root, &operations).map_err(|error| error.to_string())?;
    Ok((before, size_bytes(&load()?)))
}

/// Lets the member write a snapshot of all that is committed.
fn write_snapshot(root: &Path, image: &DiskImage) -> Result<(), String> {
    let whose = owner(image).map_err(|error| error.to_string())?;
    let config = MemberConfig {
        // At every entry that the newest snapshot lacks.
        snapshot_count: 0,
        ..MemberConfig::new(whose.member, whose.cluster, Vec::new())
    };
    let mut member = Member::start(config, image).map_err(|error| error.to_string())?;
    let mut outputs: VecDeque<Output> = member.take_outputs().into();
    while let Some(output) = outputs.pop_front() {
        match output {
            Output::Disk(batch) => {
                let result = disk::carry_out(root, &batch.operations);
                if let Err(error) = &result {
                    return Err(error.to_string());
                }
                member.step(Input::DiskDone {
                    lane: batch.lane,
                    batch: batch.id,
                    result,
                });
                outputs.extend(member.take_outputs());
            }
            Output::Stopped { failure } => {
                return Err(failure.unwrap_or_else(|| "the member has stopped".to_owned()));
            }
            // Nobody is there to hear of anything.
            _ => {}
        }
    }
    Ok(())
}

fn size_bytes(image: &DiskImage) -> u64 {
    image.files.values().map(|bytes| bytes.len() as u64).sum()
}
