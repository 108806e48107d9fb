//! From a snapshot to a running state: store, members, configuration.

use bytes::Bytes;
use raft::eraftpb::ConfState;

use crate::alarm::Alarms;
use crate::archive;
use crate::command::MemberInfo;
use crate::id::{ClusterId, Index, MemberId, Term};
use crate::membership::Membership;
use crate::mvcc::{CheckpointChunk, Loader, Store};
use crate::snapshot::{Configuration, SnapshotFile, SnapshotHeader};
use crate::versions::Versions;

/// What a snapshot holds, rebuilt; by default what there is without one.
#[derive(Default)]
pub(crate) struct Restored {
    pub(super) index: Index,
    pub(super) term: Term,
    pub(super) configuration: ConfState,
    pub(super) membership: Membership,
    pub(crate) store: Store,
    pub(super) alarms: Alarms,
    pub(super) versions: Versions,
}

/// What a snapshot holds beside the store and the configuration.
pub(super) struct Agreed<'a> {
    pub(super) membership: &'a Membership,
    pub(super) alarms: &'a Alarms,
    pub(super) versions: &'a Versions,
}

/// Rebuilds a snapshot that was read from a file.
///
/// # Errors
///
/// What is wrong with it: its checksums were good, so somebody wrote it so.
pub(crate) fn restore_file(file: SnapshotFile) -> Result<Restored, String> {
    let mut loader = Loader::new();
    for chunk in &file.chunks {
        let chunk = CheckpointChunk::decode(chunk).map_err(|error| error.to_string())?;
        loader.add(chunk).map_err(|error| error.to_string())?;
    }
    restore_parts(file.header, loader)
}

/// Rebuilds a snapshot whose chunks have been loaded.
///
/// # Errors
///
/// As [`restore_file`].
pub(super) fn restore_parts(header: SnapshotHeader, loader: Loader) -> Result<Restored, String> {
    let mut store = loader
        .finish(header.revision, header.compact_revision)
        .map_err(|error| error.to_string())?;
    store.restore_leases(header.leases)?;
    let members: Vec<MemberInfo> = archive::decode(&header.membership)?;
    Ok(Restored {
        index: header.index,
        term: header.term,
        configuration: configuration(&header.configuration),
        membership: Membership::new(members, header.removed),
        store,
        alarms: Alarms::new(header.alarms),
        versions: Versions::from(header.versions),
    })
}

/// What a snapshot of this state says about itself.
pub(super) fn header(
    cluster: ClusterId,
    position: (Index, Term),
    state: &ConfState,
    agreed: &Agreed<'_>,
    store: &Store,
) -> SnapshotHeader {
    let members: Vec<MemberInfo> = agreed.membership.members().cloned().collect();
    let ids = |ids: &[u64]| ids.iter().copied().map(MemberId).collect();
    SnapshotHeader {
        cluster,
        index: position.0,
        term: position.1,
        configuration: Configuration {
            voters: ids(state.get_voters()),
            learners: ids(state.get_learners()),
            ..Configuration::default()
        },
        membership: Bytes::from(archive::encode(&members).into_vec()),
        removed: agreed.membership.removed().collect(),
        revision: store.revision(),
        compact_revision: store.compact_revision(),
        leases: store.leases().records(),
        alarms: agreed.alarms.iter().collect(),
        versions: agreed.versions.record(),
    }
}

fn configuration(header: &Configuration) -> ConfState {
    let ids = |ids: &[MemberId]| ids.iter().map(|id| id.0).collect();
    let mut state = ConfState::default();
    state.set_voters(ids(&header.voters));
    state.set_learners(ids(&header.learners));
    state.set_voters_outgoing(ids(&header.voters_outgoing));
    state.set_learners_next(ids(&header.learners_next));
    state
}
