//! What raft begins with: a log, a configuration, its settings.

use raft::eraftpb::{ConfState, Entry, HardState};

use crate::collections::InOrder;
use crate::consensus::validate;
use crate::id::{Index, Term};
use crate::limits;
use crate::member::MemberConfig;
use crate::rules::Rule;

/// Where a member's log begins when it starts, and what stands in it.
#[derive(Default)]
pub(crate) struct InitialLog {
    /// The index behind which it begins.
    pub(crate) offset: Index,
    /// The term of the entry there.
    pub(crate) offset_term: Term,
    /// The entries from there on, without a gap.
    pub(crate) entries: Vec<Entry>,
    /// Term, vote and commit.
    pub(crate) hard_state: HardState,
    /// The configuration at `offset`.
    pub(crate) configuration: ConfState,
}

/// Raft's own settings.
pub(super) fn raft_settings(config: &MemberConfig, applied: Index) -> raft::Config {
    let election = config.election_ticks as usize;
    raft::Config {
        id: config.id.0,
        election_tick: election,
        heartbeat_tick: limits::HEARTBEAT_TICKS as usize,
        min_election_tick: election,
        max_election_tick: election * 2,
        applied: applied.0,
        max_size_per_msg: limits::APPEND_SIZE_BYTES_MAX,
        max_inflight_msgs: limits::APPENDS_IN_FLIGHT_MAX,
        check_quorum: config.holds(Rule::CheckQuorum) && config.holds(Rule::LeaderLease),
        pre_vote: config.pre_vote && config.holds(Rule::PreVote),
        read_only_option: raft::ReadOnlyOption::Safe,
        skip_bcast_commit: false,
        // Joining appends has no bound: what a follower far behind lacks would become one frame.
        batch_append: false,
        priority: 0,
        max_uncommitted_size: limits::UNCOMMITTED_SIZE_BYTES_MAX,
        max_committed_size_per_ready: limits::COMMITTED_SIZE_BYTES_MAX,
    }
}

/// What `RawNode::new` would panic on.
pub(super) fn check_initial(initial: &InitialLog) -> Result<(), String> {
    let last = initial.offset.0 + initial.entries.len() as u64;
    let hard_state = &initial.hard_state;
    if hard_state.commit > last || hard_state.commit < initial.offset.0 {
        return Err(format!(
            "commit {} is not in the log, which holds {}..={last}",
            hard_state.commit,
            initial.offset.next()
        ));
    }
    for (position, entry) in initial.entries.iter().enumerate() {
        let wanted = initial.offset.0 + 1 + position as u64;
        if entry.index != wanted {
            return Err(format!(
                "the log has a gap: entry {} where {wanted} is due",
                entry.index
            ));
        }
    }
    if hard_state.term > limits::TERM_OR_INDEX_MAX || last > limits::TERM_OR_INDEX_MAX {
        return Err(format!(
            "term {} or index {last} is above the limit",
            hard_state.term
        ));
    }
    // Without a snapshot the configuration is made by the log's first entries.
    if initial.offset.0 == 0 && initial.configuration == ConfState::default() {
        return Ok(());
    }
    validate::configuration(&initial.configuration)
}

/// raft's lists come out of hash sets.
pub(super) fn sorted(mut state: ConfState) -> ConfState {
    state.mut_voters().order();
    state.mut_learners().order();
    state.mut_voters_outgoing().order();
    state.mut_learners_next().order();
    state
}
