//! What can be done to a world beyond its cables and switches: to single messages, clocks, disks.

use serde::{Deserialize, Serialize};

use super::action::Node;

/// A fault. One that makes no sense (to resume a member that is not paused) does nothing and says
/// so in the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// One direction of a link is cut: what `from` sends to `to` is lost. Nobody is told, as when
    /// a firewall drops packets.
    CutOneWay {
        /// Who is not heard.
        from: Node,
        /// Who does not hear.
        to: Node,
    },
    /// All links between members of different groups are cut, both ways; a member that is in no
    /// group is alone in one.
    Partition {
        /// The groups; nobody is in two.
        groups: Vec<Vec<Node>>,
    },
    /// From now on messages over a link, both ways, take so long.
    Latency {
        /// One end.
        from: Node,
        /// The other.
        to: Node,
        /// Least time, in virtual microseconds.
        min_us: u64,
        /// Most time.
        max_us: u64,
    },
    /// From now on so many messages in a thousand are lost, and so many come twice.
    Chance {
        /// Lost.
        loss_per_mille: u32,
        /// Delivered twice. Only what a peer may repeat: see `consensus` on what a copy of a
        /// forwarded proposal would do.
        duplicate_per_mille: u32,
    },
    /// From now on messages from one member to another are kept back until they are delivered or
    /// dropped by hand; or no longer.
    Hold {
        /// The sender; nobody for all.
        from: Option<Node>,
        /// The receiver; nobody for all.
        to: Option<Node>,
        /// Whether to keep back.
        on: bool,
    },
    /// One message that is under way or held arrives now.
    Deliver {
        /// Which.
        message: u64,
    },
    /// One message that is under way or held is lost.
    Drop {
        /// Which.
        message: u64,
    },
    /// One message that is under way or held arrives once more, now.
    Duplicate {
        /// Which.
        message: u64,
    },
    /// One message that is under way is kept back until it is delivered, dropped or retimed by
    /// hand.
    Keep {
        /// Which.
        message: u64,
    },
    /// One link is whole again, both ways, and takes as long as any other.
    Mend {
        /// One end.
        from: Node,
        /// The other.
        to: Node,
    },
    /// One message that is under way or held arrives at another time.
    Retime {
        /// Which.
        message: u64,
        /// When, in virtual microseconds; not in the past.
        arrives_at_us: u64,
    },
    /// Time passes up to a moment although nothing happens: what is done next is done exactly then.
    Wait {
        /// Up to when, in virtual microseconds; not in the past, and before anything else is due.
        until_us: u64,
    },
    /// The process stands still, its machine does not: messages and disk answers pile up.
    Pause {
        /// Which member.
        node: Node,
    },
    /// It goes on.
    Resume {
        /// Which member.
        node: Node,
    },
    /// The member's clock runs at another rate from now on.
    ClockRate {
        /// Which member.
        node: Node,
        /// 1,000 is true; 1,200 is a fifth fast.
        per_mille: u32,
    },
    /// The member's clock jumps: so many ticks pass at once.
    ClockStep {
        /// Which member.
        node: Node,
        /// How many.
        ticks: u32,
    },
    /// The member's election timer runs out now, if it has one that can.
    Campaign {
        /// Which member.
        node: Node,
    },
    /// The process ends at once, and the disk keeps what is said here of what was not synced.
    CrashKeeping {
        /// Which member.
        node: Node,
        /// What stays.
        keeps: Keeps,
    },
    /// The member's disk takes so much longer for each batch from now on.
    SlowDisk {
        /// Which member.
        node: Node,
        /// In virtual microseconds; 0 ends it.
        extra_us: u64,
    },
    /// The member's disk holds its answers back, or does so no longer.
    StallDisk {
        /// Which member.
        node: Node,
        /// Whether to hold back.
        on: bool,
    },
    /// The next operation of a kind on the member's disk fails.
    FailDisk {
        /// Which member.
        node: Node,
        /// Which kind.
        operation: DiskCall,
    },
    /// The member's disk is full, or is no longer: appends fail half way.
    FillDisk {
        /// Which member.
        node: Node,
        /// Whether it is full.
        on: bool,
    },
    /// One bit of a file of a member that is down flips; chance chooses where.
    FlipBit {
        /// Which member.
        node: Node,
        /// In the log, or in a snapshot.
        file: DamagedFile,
    },
    /// A copy of what is durable on the member's disk is put aside.
    SaveDisk {
        /// Which member.
        node: Node,
    },
    /// The disk of a member that is down becomes the copy that was put aside.
    RestoreDisk {
        /// Which member.
        node: Node,
    },
    /// The disk of a member that is down is emptied.
    WipeDisk {
        /// Which member.
        node: Node,
    },
    /// Nothing is broken any more, and from now on the cluster must show that it gets on with its
    /// work: a violation of liveness ends the world. Refused while something is broken; any fault
    /// takes it back.
    DemandLiveness {
        /// How long everything may take: to elect, to answer, to catch up.
        within_us: u64,
    },
    /// All that is unusual ends, but members that are down stay down: clocks run true, disks
    /// work, nothing is held or lost by chance, nobody is paused. Links heal.
    EndFaults,
}

impl Fault {
    /// The members that it names.
    pub fn nodes(&self) -> Vec<Node> {
        match self {
            Fault::CutOneWay { from, to }
            | Fault::Mend { from, to }
            | Fault::Latency { from, to, .. } => vec![*from, *to],
            Fault::Partition { groups } => groups.concat(),
            Fault::Hold { from, to, .. } => from.iter().chain(to).copied().collect(),
            Fault::Pause { node }
            | Fault::Resume { node }
            | Fault::ClockRate { node, .. }
            | Fault::ClockStep { node, .. }
            | Fault::Campaign { node }
            | Fault::CrashKeeping { node, .. }
            | Fault::SlowDisk { node, .. }
            | Fault::StallDisk { node, .. }
            | Fault::FailDisk { node, .. }
            | Fault::FillDisk { node, .. }
            | Fault::FlipBit { node, .. }
            | Fault::SaveDisk { node }
            | Fault::RestoreDisk { node }
            | Fault::WipeDisk { node } => vec![*node],
            Fault::Chance { .. }
            | Fault::Deliver { .. }
            | Fault::Drop { .. }
            | Fault::Keep { .. }
            | Fault::Duplicate { .. }
            | Fault::Retime { .. }
            | Fault::Wait { .. }
            | Fault::DemandLiveness { .. }
            | Fault::EndFaults => Vec::new(),
        }
    }
}

/// What a disk keeps of what was not synced when its machine loses power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keeps {
    /// What chance leaves.
    Chance,
    /// Nothing.
    Nothing,
    /// All of it: as when only the process is killed.
    All,
}

/// A kind of disk call that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskCall {
    /// Writing bytes.
    Write,
    /// Making them durable.
    Sync,
}

/// What kind of file is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DamagedFile {
    /// A segment of the log.
    Log,
    /// A snapshot.
    Snapshot,
}
