//! The short words of the page: what stands on buttons, labels and heads.

use quorate_core::member::{ProgressState, Role};
use quorate_core::sim::Standing;

use crate::draw::logs::Durability;

/// What the four roles are called, and a member that is down.
pub(crate) struct RoleWords {
    pub(crate) follower: &'static str,
    pub(crate) pre_candidate: &'static str,
    pub(crate) candidate: &'static str,
    pub(crate) leader: &'static str,
    pub(crate) down: &'static str,
}

/// What machines are called that are no members with a vote.
pub(crate) struct StandingWords {
    pub(crate) learner: &'static str,
    pub(crate) removed: &'static str,
    pub(crate) stranger: &'static str,
}

/// All short words in one language.
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) members: &'static str,
    pub(crate) seed: &'static str,
    pub(crate) new_seed: &'static str,
    pub(crate) trace_hash: &'static str,
    pub(crate) trace_hash_title: &'static str,
    pub(crate) switch_language: &'static str,
    pub(crate) theme_auto: &'static str,
    pub(crate) theme_light: &'static str,
    pub(crate) theme_dark: &'static str,
    pub(crate) help: &'static str,
    pub(crate) close: &'static str,

    pub(crate) stage: &'static str,
    pub(crate) nothing_yet: &'static str,
    pub(crate) roles: RoleWords,
    pub(crate) standings: StandingWords,
    pub(crate) term: &'static str,
    pub(crate) voted_for: &'static str,
    pub(crate) hears: &'static str,
    pub(crate) votes: &'static str,
    pub(crate) of: &'static str,
    pub(crate) lost_cut: &'static str,
    pub(crate) lost_chance: &'static str,
    pub(crate) lost_down: &'static str,
    pub(crate) lost_dropped: &'static str,
    pub(crate) lost_not_connected: &'static str,

    pub(crate) logs: &'static str,
    pub(crate) index: &'static str,
    pub(crate) next: &'static str,
    pub(crate) no_entries: &'static str,
    pub(crate) in_memory: &'static str,
    pub(crate) written: &'static str,
    pub(crate) synced: &'static str,
    pub(crate) committed: &'static str,
    pub(crate) not_committed: &'static str,
    pub(crate) applied: &'static str,
    pub(crate) snapshot: &'static str,
    pub(crate) earlier: &'static str,
    pub(crate) legend_commit: &'static str,
    pub(crate) legend_notch: &'static str,

    pub(crate) member: &'static str,
    pub(crate) role: &'static str,
    pub(crate) vote: &'static str,
    pub(crate) leader_known: &'static str,
    pub(crate) timer: &'static str,
    pub(crate) ticks: &'static str,
    pub(crate) commit: &'static str,
    pub(crate) log: &'static str,
    pub(crate) revision: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) none: &'static str,
    pub(crate) progress: &'static str,
    pub(crate) matched: &'static str,
    pub(crate) in_flight: &'static str,
    pub(crate) state: &'static str,
    pub(crate) probe: &'static str,
    pub(crate) replicate: &'static str,
    pub(crate) heard: &'static str,
    pub(crate) silent: &'static str,
    pub(crate) bytes: &'static str,
    pub(crate) is_down: &'static str,

    pub(crate) trace_empty: &'static str,

    pub(crate) clients: &'static str,
    pub(crate) key: &'static str,
    pub(crate) value: &'static str,
    pub(crate) at: &'static str,
    pub(crate) put: &'static str,
    pub(crate) get: &'static str,
    pub(crate) operations: &'static str,
    pub(crate) no_operations: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) done: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) unknown: &'static str,

    pub(crate) faults: &'static str,
    pub(crate) crash: &'static str,
    pub(crate) restart: &'static str,
    pub(crate) isolate: &'static str,
    pub(crate) heal: &'static str,

    pub(crate) to_start: &'static str,
    pub(crate) step_back: &'static str,
    pub(crate) step: &'static str,
    pub(crate) play: &'static str,
    pub(crate) pause: &'static str,
    pub(crate) speed: &'static str,
    pub(crate) every_event: &'static str,
    pub(crate) every_event_title: &'static str,
    pub(crate) jump_back: &'static str,
    pub(crate) jump_forward: &'static str,
    pub(crate) scrub: &'static str,
    pub(crate) event: &'static str,
    pub(crate) undo: &'static str,
    pub(crate) dismiss: &'static str,
    pub(crate) help_paragraphs: &'static [&'static str],
    pub(crate) keys_head: &'static str,
    pub(crate) keys_table: &'static [(&'static str, &'static str)],
}

impl Words {
    /// The name of a role.
    pub(crate) fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Follower => self.roles.follower,
            Role::PreCandidate => self.roles.pre_candidate,
            Role::Candidate => self.roles.candidate,
            Role::Leader => self.roles.leader,
        }
    }

    /// How a machine stands to the cluster; nothing for a member with a vote, as most are.
    pub(crate) fn standing(&self, standing: Standing) -> Option<&'static str> {
        match standing {
            Standing::Voter => None,
            Standing::Learner => Some(self.standings.learner),
            Standing::Removed => Some(self.standings.removed),
            Standing::Stranger => Some(self.standings.stranger),
        }
    }

    /// How safe something is, in words.
    pub(crate) fn durability(&self, durability: Durability) -> &'static str {
        match durability {
            Durability::Memory => self.in_memory,
            Durability::Written => self.written,
            Durability::Synced => self.synced,
        }
    }

    /// The name of how a leader sends to a follower.
    pub(crate) fn progress_state(&self, state: ProgressState) -> &'static str {
        match state {
            ProgressState::Probe => self.probe,
            ProgressState::Replicate => self.replicate,
            ProgressState::Snapshot => self.snapshot,
        }
    }
}
