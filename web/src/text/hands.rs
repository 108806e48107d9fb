//! The words of what a hand can do: menus, branches, lanes, the inside of a member.

use crate::state::Deed;

/// Those words in one language.
pub(crate) struct HandWords {
    pub(crate) disk: &'static str,
    pub(crate) kv: &'static str,
    pub(crate) raw: &'static str,
    pub(crate) lanes: &'static str,
    pub(crate) look_at: &'static str,

    // Deeds; the second of a pair takes the first back.
    pub(crate) crash: &'static str,
    pub(crate) crash_losing: &'static str,
    pub(crate) crash_keeping: &'static str,
    pub(crate) restart: &'static str,
    pub(crate) isolate: &'static str,
    pub(crate) campaign: &'static str,
    pub(crate) pause: &'static str,
    pub(crate) resume: &'static str,
    pub(crate) faster: &'static str,
    pub(crate) slower: &'static str,
    pub(crate) hold_sync: &'static str,
    pub(crate) release_sync: &'static str,
    pub(crate) fill_disk: &'static str,
    pub(crate) free_disk: &'static str,
    pub(crate) flip_bit: &'static str,
    pub(crate) wipe_disk: &'static str,
    pub(crate) make_leader: &'static str,
    pub(crate) promote: &'static str,
    pub(crate) remove: &'static str,
    pub(crate) deliver: &'static str,
    pub(crate) hold: &'static str,
    pub(crate) let_go: &'static str,
    pub(crate) drop: &'static str,
    pub(crate) duplicate: &'static str,
    pub(crate) swap: &'static str,
    pub(crate) earlier: &'static str,
    pub(crate) later: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) mend: &'static str,
    /// What `{}` sends is lost.
    pub(crate) cut_one_way: &'static str,
    pub(crate) quicker: &'static str,
    pub(crate) longer: &'static str,
    pub(crate) usual: &'static str,
    /// Holds what goes over `{}`.
    pub(crate) hold_way: &'static str,
    pub(crate) release_way: &'static str,
    pub(crate) to_written: &'static str,
    pub(crate) to_synced: &'static str,
    pub(crate) to_committed: &'static str,
    pub(crate) heal: &'static str,
    pub(crate) calm: &'static str,
    pub(crate) add_learner: &'static str,
    pub(crate) add_voter: &'static str,
    pub(crate) open_inside: &'static str,
    pub(crate) close_inside: &'static str,
    pub(crate) more: &'static str,

    // A partition that is put together.
    pub(crate) partition: &'static str,
    pub(crate) partition_hint: &'static str,
    pub(crate) one_way: &'static str,
    pub(crate) cancel: &'static str,

    // Branches.
    pub(crate) branch: &'static str,
    pub(crate) branches: &'static str,
    pub(crate) name_branch: &'static str,
    pub(crate) passed_over: &'static str,
    pub(crate) fork: &'static str,
    pub(crate) go_there: &'static str,
    pub(crate) compare: &'static str,
    pub(crate) end_compare: &'static str,
    pub(crate) no_branches: &'static str,
    pub(crate) same_so_far: &'static str,
    pub(crate) parts_after: &'static str,
    pub(crate) nothing_done: &'static str,

    // Time.
    pub(crate) jump: &'static str,
    pub(crate) election: &'static str,
    pub(crate) commits: &'static str,
    pub(crate) fault: &'static str,
    pub(crate) violation: &'static str,
    pub(crate) jump_title: &'static str,
    pub(crate) still: &'static str,
    pub(crate) still_title: &'static str,

    // Rules.
    pub(crate) rules: &'static str,
    pub(crate) rules_hint: &'static str,
    pub(crate) modified: &'static str,
    pub(crate) rule_names: [&'static str; 6],

    // What is seen of things.
    pub(crate) message: &'static str,
    pub(crate) link: &'static str,
    pub(crate) entry: &'static str,
    pub(crate) inbox: &'static str,
    pub(crate) log_term: &'static str,
    pub(crate) entries: &'static str,
    pub(crate) under_way: &'static str,
    pub(crate) arrives_in: &'static str,
    pub(crate) held: &'static str,
    pub(crate) whole: &'static str,
    pub(crate) is_cut: &'static str,
    pub(crate) latency: &'static str,
    pub(crate) changed: &'static str,
    pub(crate) quorum_line: &'static str,
    pub(crate) majority_has: &'static str,
    pub(crate) paused: &'static str,
    pub(crate) sync_held: &'static str,
    pub(crate) disk_full: &'static str,
    pub(crate) clock: &'static str,

    // The inside of a member.
    pub(crate) inside: &'static str,
    pub(crate) stations: [&'static str; 12],
}

impl HandWords {
    /// What a deed is called where it begins something.
    pub(crate) fn deed(&self, deed: Deed) -> &'static str {
        match deed {
            Deed::Crash => self.crash,
            Deed::CrashLosing => self.crash_losing,
            Deed::CrashKeeping => self.crash_keeping,
            Deed::Restart => self.restart,
            Deed::Isolate => self.isolate,
            Deed::Campaign => self.campaign,
            Deed::PauseOrResume => self.pause,
            Deed::Faster => self.faster,
            Deed::Slower => self.slower,
            Deed::HoldSync => self.hold_sync,
            Deed::FillDisk => self.fill_disk,
            Deed::FlipBit => self.flip_bit,
            Deed::WipeDisk => self.wipe_disk,
            Deed::MakeLeader => self.make_leader,
            Deed::Promote => self.promote,
            Deed::Remove => self.remove,
            Deed::Deliver => self.deliver,
            Deed::Hold => self.hold,
            Deed::Drop => self.drop,
            Deed::Duplicate => self.duplicate,
            Deed::Swap => self.swap,
            Deed::Earlier => self.earlier,
            Deed::Later | Deed::Drag(_) => self.later,
            Deed::CutOrMend => self.cut,
            Deed::CutThere | Deed::CutBack => self.cut_one_way,
            Deed::Quicker => self.quicker,
            Deed::Usual => self.usual,
            Deed::Longer | Deed::Latency(_) => self.longer,
            Deed::HoldThere | Deed::HoldBack => self.hold_way,
            Deed::ToWritten => self.to_written,
            Deed::ToSynced => self.to_synced,
            Deed::ToCommitted => self.to_committed,
            Deed::Heal => self.heal,
            Deed::Calm => self.calm,
            Deed::AddLearner => self.add_learner,
            Deed::AddVoter => self.add_voter,
        }
    }

    /// What a deed is called where it takes back what is so.
    pub(crate) fn taken_back(&self, deed: Deed) -> &'static str {
        match deed {
            Deed::PauseOrResume => self.resume,
            Deed::HoldSync => self.release_sync,
            Deed::FillDisk => self.free_disk,
            Deed::Hold => self.let_go,
            Deed::CutOrMend => self.mend,
            Deed::HoldThere | Deed::HoldBack => self.release_way,
            deed => self.deed(deed),
        }
    }
}
