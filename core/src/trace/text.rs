//! The events as etcd's log lines: one match, so that none is without its line.

mod words;

use std::fmt;

use self::words::{Ids, alarm_of, auto_compaction, check_finished, check_started};
use super::{TraceEvent, TraceKind as K};

impl fmt::Display for TraceEvent {
    #[allow(clippy::too_many_lines, reason = "one arm, one line of text")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.member;
        match &self.kind {
            K::Restarted { term, commit, last } => write!(
                f,
                "newRaft {id} [term: {term}, commit: {commit}, lastindex: {last}]"
            ),
            K::StoreRestored { revision } => {
                write!(f, "kvstore restored [current-rev: {revision}]")
            }
            K::ElectionTicksAdvanced {
                ticks,
                single: true,
            } => {
                write!(
                    f,
                    "{id} started as single-node; fast-forwarding {ticks} election ticks"
                )
            }
            K::ElectionTicksAdvanced {
                ticks,
                single: false,
            } => write!(
                f,
                "{id} initialized peer connections; fast-forwarding {ticks} election ticks"
            ),
            K::PeerActive { peer } => write!(f, "{id} peer became active: {peer}"),
            K::PeerInactive { peer } => write!(f, "{id} peer became inactive: {peer}"),
            K::QuorumLost => {
                write!(
                    f,
                    "{id} stepped down to follower since quorum is not active"
                )
            }
            K::BecameFollower { term } => write!(f, "{id} became follower at term {term}"),
            K::BecamePreCandidate { term } => {
                write!(f, "{id} became pre-candidate at term {term}")
            }
            K::BecameCandidate { term } => write!(f, "{id} became candidate at term {term}"),
            K::BecameLeader { term } => write!(f, "{id} became leader at term {term}"),
            K::ElectionStarted { term } => {
                write!(f, "{id} is starting a new election at term {term}")
            }
            K::TimeoutNowReceived { term, from } => write!(
                f,
                "{id} [term {term}] received MsgTimeoutNow from {from} and starts an election to \
                 get leadership."
            ),
            K::LeaderElected { leader, term } => {
                write!(f, "raft.node: {id} elected leader {leader} at term {term}")
            }
            K::LeaderLost { leader, term } => {
                write!(f, "raft.node: {id} lost leader {leader} at term {term}")
            }
            K::LeaderChanged { from, to, term } => {
                write!(
                    f,
                    "raft.node: {id} changed leader from {from} to {to} at term {term}"
                )
            }
            K::VoteRequested {
                kind,
                to,
                term,
                log_term,
                index,
            } => write!(
                f,
                "{id} [logterm: {log_term}, index: {index}] sent {kind} request to {to} at term \
                 {term}"
            ),
            K::VoteCast { kind, to, term } => {
                write!(f, "{id} cast {kind} for {to} at term {term}")
            }
            K::VoteRejected { kind, to, term } => {
                write!(f, "{id} rejected {kind} from {to} at term {term}")
            }
            K::VoteIgnored {
                kind,
                from,
                term,
                remaining_ticks,
            } => write!(
                f,
                "{id} ignored {kind} from {from} at term {term}: lease is not expired (remaining \
                 ticks: {remaining_ticks})"
            ),
            K::ElectionImpossible { reason } => write!(f, "{id} refused {reason}"),
            K::ReadLeaseBegan { term } => {
                write!(f, "{id} answers reads by its lease at term {term}")
            }
            K::ReadLeaseEnded { term } => {
                write!(f, "{id} has no lease for reads any more at term {term}")
            }
            K::VoteReceived {
                kind,
                from,
                term,
                granted: true,
            } => {
                write!(f, "{id} received {kind} from {from} at term {term}")
            }
            K::VoteReceived {
                kind,
                from,
                term,
                granted: false,
            } => {
                write!(
                    f,
                    "{id} received {kind} rejection from {from} at term {term}"
                )
            }
            K::VoteTally {
                kind,
                granted,
                rejected,
            } => write!(
                f,
                "{id} has received {granted} {kind} votes and {rejected} vote rejections"
            ),
            K::HigherTerm {
                kind,
                from,
                own,
                theirs,
            } => write!(
                f,
                "{id} [term: {own}] received a {kind} message with higher term from {from} \
                 [term: {theirs}]"
            ),
            K::LowerTermIgnored {
                kind,
                from,
                own,
                theirs,
            } => write!(
                f,
                "{id} [term: {own}] ignored a {kind} message with lower term from {from} \
                 [term: {theirs}]"
            ),
            K::TransferStarted { term, to } => {
                write!(
                    f,
                    "{id} [term {term}] starts to transfer leadership to {to}"
                )
            }
            K::TransferOnStop { to } => write!(f, "leadership transfer starting: {id} to {to}"),
            K::TransferSkipped => {
                write!(
                    f,
                    "{id} skipped leadership transfer; local server is not leader"
                )
            }
            K::TransferSkippedAlone => write!(
                f,
                "{id} skipped leadership transfer for single voting member cluster"
            ),
            K::TransferImpossible => write!(
                f,
                "{id} leadership transfer failed: etcdserver: unhealthy cluster"
            ),
            K::TransferFinished { to } => {
                write!(f, "leadership transfer finished: {id} to {to}")
            }
            K::TransferFailed { to } => write!(
                f,
                "leadership transfer failed: {id} to {to}: etcdserver: request timed out, \
                 leader transfer took too long"
            ),
            K::Appended { first, last, term } => {
                write!(f, "{id} appended entries {first}..={last} of term {term}")
            }
            K::LogTruncated { from } => write!(f, "{id} truncated its log from index {from}"),
            K::Synced { index, term, vote } => {
                write!(
                    f,
                    "{id} synced its log up to index {index} [term: {term}, vote: {vote}]"
                )
            }
            K::Committed { index } => write!(f, "{id} committed up to index {index}"),
            K::Applied { index, revision } => {
                write!(f, "{id} applied up to index {index} [revision: {revision}]")
            }
            K::AppendRejected { from, index, hint } => write!(
                f,
                "{id} rejected MsgApp from {from} at index {index}, hint {hint}"
            ),
            K::SnapshotStarted { index, term } => {
                write!(
                    f,
                    "{id} triggering snapshot at index {index} [term: {term}]"
                )
            }
            K::SnapshotSaved { index, term } => {
                write!(f, "{id} saved snapshot at index {index} [term: {term}]")
            }
            K::SnapshotSendStarted { to, index, term } => {
                write!(
                    f,
                    "{id} sending snapshot at index {index} [term: {term}] to {to}"
                )
            }
            K::SnapshotSendFinished {
                to,
                index,
                succeeded,
            } => {
                let verb = if *succeeded { "sent" } else { "failed to send" };
                write!(f, "{id} {verb} database snapshot at index {index} to {to}")
            }
            K::SnapshotApplied { from, index, term } => {
                write!(
                    f,
                    "{id} applied snapshot from {from} at index {index} [term: {term}]"
                )
            }
            K::SegmentsReleased { files } => {
                write!(f, "{id} released log segments {}", files.join(", "))
            }
            K::SegmentCut { file } => write!(f, "{id} created a new log segment {file}"),
            K::WalRepaired { file, at_bytes } => {
                write!(f, "{id} repaired the torn end of {file} at byte {at_bytes}")
            }
            K::SnapshotUnreadable { path, reason, .. } => {
                write!(f, "{id} failed to read a snap file {path}: {reason}")
            }
            K::LogCompacted { index } => write!(f, "{id} compacted its log up to index {index}"),
            K::StoreCompacted { revision } => {
                write!(
                    f,
                    "{id} finished scheduled compaction at revision {revision}"
                )
            }
            K::LeaseGranted { lease, ttl_seconds } => {
                write!(f, "{id} granted lease {lease} [TTL: {ttl_seconds}]")
            }
            K::LeaseRevoked {
                lease,
                keys,
                expired,
            } => {
                let verb = if *expired { "expired" } else { "revoked" };
                write!(f, "{id} {verb} lease {lease} [keys: {keys}]")
            }
            K::LeasesPromoted { term, leases } => {
                write!(
                    f,
                    "{id} promoted its lessor at term {term} [leases: {leases}]"
                )
            }
            K::LeaseExpiryIgnored { decided, term } => write!(
                f,
                "{id} ignored an older leader's lease revoke request [term: {term}, decided at \
                 term: {decided}]"
            ),
            K::MemberAdded {
                id: added,
                peer_urls,
                is_learner,
            } => write!(
                f,
                "{id} added member {added} [peer urls: {}, is learner: {is_learner}]",
                peer_urls.join(",")
            ),
            K::MemberRemoved { id: removed } => write!(f, "{id} removed member {removed}"),
            K::MemberUpdated {
                id: updated,
                peer_urls,
            } => write!(
                f,
                "{id} updated member {updated} [peer urls: {}]",
                peer_urls.join(",")
            ),
            K::MemberPromoted { id: promoted } => write!(f, "{id} promote member {promoted}"),
            K::ConfigurationSwitched { voters, learners } => {
                write!(f, "{id} switched to configuration voters=({})", Ids(voters))?;
                if learners.is_empty() {
                    return Ok(());
                }
                write!(f, " learners=({})", Ids(learners))
            }
            K::ChangeRefused { change, reason } => {
                write!(f, "{id} rejecting request to {change}: {reason}")
            }
            K::LeavingStarted => write!(f, "{id} was removed and takes leave of the others"),
            K::RemovedForGood => write!(
                f,
                "{id} server error: the member has been permanently removed from the cluster; \
                 data-dir used by this member must be removed"
            ),
            K::AttributesPublished { id: whose, name } => {
                write!(f, "{id} set the attributes of {whose} [name: {name}]")
            }
            K::QuotaExceeded {
                size_bytes,
                quota_bytes,
            } => write!(
                f,
                "{id} message exceeded backend quota; raising alarm [quota-size-bytes: \
                 {quota_bytes}, size-bytes: {size_bytes}]"
            ),
            K::AlarmRaised { alarm } => write!(f, "{id} alarm raised {}", alarm_of(*alarm)),
            K::AlarmLowered { alarm } => write!(f, "{id} alarm disarmed {}", alarm_of(*alarm)),
            K::AutoCompactionStarted { revision, mode } => {
                write!(
                    f,
                    "{id} starting auto {}",
                    auto_compaction(*mode, *revision)
                )
            }
            K::AutoCompactionFinished { revision, mode } => {
                write!(
                    f,
                    "{id} completed auto {}",
                    auto_compaction(*mode, *revision)
                )
            }
            K::AutoCompactionFailed {
                revision,
                mode,
                reason,
            } => write!(
                f,
                "{id} failed auto {}: {reason}",
                auto_compaction(*mode, *revision)
            ),
            K::CorruptionCheckStarted { check } => write!(f, "{id} {}", check_started(*check)),
            K::CorruptionCheckFinished { check, checked } => {
                write!(f, "{id} {}", check_finished(*check, *checked))
            }
            K::StoresDiffer { peer, what, .. } => {
                write!(f, "{id} {what} [remote-peer-id: {peer}]")
            }
            K::DefragmentStarted {
                size_bytes,
                size_in_use_bytes,
            } => write!(
                f,
                "{id} defragmenting [current-db-size-bytes: {size_bytes}, \
                 current-db-size-in-use-bytes: {size_in_use_bytes}]"
            ),
            K::DefragmentFinished {
                before_bytes,
                size_bytes,
                size_in_use_bytes,
            } => write!(
                f,
                "{id} finished defragmenting [current-db-size-bytes-diff: -{}, \
                 current-db-size-bytes: {size_bytes}, current-db-size-in-use-bytes: \
                 {size_in_use_bytes}]",
                before_bytes.saturating_sub(*size_bytes)
            ),
            K::ClusterVersionSet { from: None, to } => write!(
                f,
                "{id} set initial cluster version [cluster-version: {}]",
                to.cluster_text()
            ),
            K::ClusterVersionSet {
                from: Some(from),
                to,
            } => write!(
                f,
                "{id} updated cluster version [from: {}, to: {}]",
                from.cluster_text(),
                to.cluster_text()
            ),
            K::CapabilitiesEnabled { version } => write!(
                f,
                "{id} enabled capabilities for version [cluster-version: {}]",
                version.cluster_text()
            ),
            K::DowngradeEnabled { target } => write!(
                f,
                "{id} enabled a downgrade [target-version: {}]",
                target.cluster_text()
            ),
            K::DowngradeCancelled => write!(f, "{id} cancelled the downgrade"),
            K::DowngradeCancelFailed { reason } => {
                write!(f, "{id} failed to cancel downgrade: {reason}")
            }
            K::Refused { from, reason } => {
                write!(f, "{id} refused a message from {from}: {reason}")
            }
            K::DiskFailed { reason } => write!(f, "{id} stops: {reason}"),
        }
    }
}
