//! What a server's disk holds when it starts; with `--force-new-cluster` after it was changed.

use quorate_core::disk::DiskImage;
use quorate_core::id::MemberId;
use quorate_core::offline::{Forced, force_new_cluster};
use serde_json::{Value, json};

use super::{ServerError, failed};
use crate::disk::{DataDirectory, carry_out, load_image};
use crate::log::Logger;
use crate::settings::Settings;

/// Reads it.
pub(super) fn load(
    settings: &Settings,
    directory: &DataDirectory,
    logger: &Logger,
) -> Result<DiskImage, ServerError> {
    let load = || load_image(directory.path()).map_err(failed("cannot read the data directory"));
    let image = load()?;
    if !settings.force_new_cluster {
        return Ok(image);
    }
    let refused = |reason: String| ServerError::Failed(format!("--force-new-cluster: {reason}"));
    let Some(forced) = force_new_cluster(&image).map_err(refused)? else {
        // A new member's: it founds a cluster anyway.
        return Ok(image);
    };
    drop(image);
    carry_out(directory.path(), &forced.operations).map_err(|error| refused(error.to_string()))?;
    tell(&forced, logger);
    load()
}

fn tell(forced: &Forced, logger: &Logger) {
    let hex = |id: &MemberId| id.to_string();
    let removed: Value = forced.removed.iter().map(hex).collect();
    logger.info(
        "forcing restart member",
        &[
            ("cluster-id", json!(forced.owner.cluster.to_string())),
            ("local-member-id", json!(hex(&forced.owner.member))),
            ("wal-commit-index", json!(forced.old_commit.0)),
            ("commit-index", json!(forced.commit.0)),
        ],
    );
    if !forced.removed.is_empty() {
        logger.warn(
            "this member is the only one of its cluster now; the others must not be started again \
             on their old data",
            &[("removed-member-ids", removed)],
        );
    }
}
