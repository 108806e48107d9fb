//! When a fault makes sense.

use super::World;
use super::carry::may_come_twice;
use crate::collections::InOrder;
use crate::member::Role;
use crate::sim::action::Node;
use crate::sim::fault::{DamagedFile, Fault};
use crate::sim::network::link;
use crate::sim::queue::Message;

impl World {
    /// Why a fault is not possible now; nothing when it is.
    pub(super) fn fault_refusal(&self, fault: &Fault) -> Option<String> {
        let stranger = fault
            .nodes()
            .into_iter()
            .find(|node| self.machine(*node).is_none());
        if let Some(stranger) = stranger {
            return Some(format!("there is no {stranger}"));
        }
        match fault {
            Fault::CutOneWay { .. }
            | Fault::Partition { .. }
            | Fault::Latency { .. }
            | Fault::Chance { .. }
            | Fault::Mend { .. }
            | Fault::Hold { .. } => self.network_refusal(fault),
            Fault::Deliver { message }
            | Fault::Drop { message }
            | Fault::Keep { message }
            | Fault::Duplicate { message }
            | Fault::Retime { message, .. } => self.message_refusal(fault, *message),
            Fault::Wait { until_us } => self.wait_refusal(*until_us),
            Fault::Pause { .. }
            | Fault::Resume { .. }
            | Fault::ClockRate { .. }
            | Fault::ClockStep { .. }
            | Fault::Campaign { .. }
            | Fault::CrashKeeping { .. } => self.process_refusal(fault),
            Fault::SlowDisk { .. }
            | Fault::StallDisk { .. }
            | Fault::FailDisk { .. }
            | Fault::FillDisk { .. }
            | Fault::FlipBit { .. }
            | Fault::SaveDisk { .. }
            | Fault::RestoreDisk { .. }
            | Fault::WipeDisk { .. } => self.disk_refusal(fault),
            Fault::DemandLiveness { within_us } => {
                too_long(*within_us).or_else(|| self.liveness_refusal())
            }
            Fault::EndFaults => None,
        }
    }

    fn network_refusal(&self, fault: &Fault) -> Option<String> {
        match fault {
            Fault::CutOneWay { from, to }
            | Fault::Latency { from, to, .. }
            | Fault::Mend { from, to }
                if from == to =>
            {
                Some("a member has no link to itself".to_owned())
            }
            Fault::CutOneWay { from, to } if self.network.is_cut(link(*from, *to)) => {
                Some(format!("the link of {from} and {to} is cut already"))
            }
            Fault::CutOneWay { from, to } => self
                .network
                .is_cut_one_way(*from, *to)
                .then(|| format!("{to} does not hear {from} already")),
            Fault::Partition { groups } => self.partition_refusal(groups),
            Fault::Mend { from, to } => (!self.network.is_odd(link(*from, *to)))
                .then(|| format!("the link of {from} and {to} is whole")),
            Fault::Latency { min_us, max_us, .. } if min_us > max_us => Some(format!(
                "the least latency, {min_us}, is above the most, {max_us}"
            )),
            Fault::Latency { max_us, .. } => too_long(*max_us),
            Fault::Chance {
                loss_per_mille,
                duplicate_per_mille,
            } => {
                let most = (*loss_per_mille).max(*duplicate_per_mille);
                (most > 1_000).then(|| format!("{most} is more than 1000 in a thousand"))
            }
            Fault::Hold { from, to, on: true } => self
                .network
                .holds()
                .any(|hold| hold == (*from, *to))
                .then(|| "that is kept back already".to_owned()),
            Fault::Hold {
                from,
                to,
                on: false,
            } => (!self.network.has_hold((*from, *to)))
                .then(|| "nothing of that is kept back".to_owned()),
            // These are looked at elsewhere.
            Fault::Deliver { .. }
            | Fault::Drop { .. }
            | Fault::Keep { .. }
            | Fault::Duplicate { .. }
            | Fault::Retime { .. }
            | Fault::Wait { .. }
            | Fault::Pause { .. }
            | Fault::Resume { .. }
            | Fault::ClockRate { .. }
            | Fault::ClockStep { .. }
            | Fault::Campaign { .. }
            | Fault::CrashKeeping { .. }
            | Fault::SlowDisk { .. }
            | Fault::StallDisk { .. }
            | Fault::FailDisk { .. }
            | Fault::FillDisk { .. }
            | Fault::FlipBit { .. }
            | Fault::SaveDisk { .. }
            | Fault::RestoreDisk { .. }
            | Fault::WipeDisk { .. }
            | Fault::DemandLiveness { .. }
            | Fault::EndFaults => None,
        }
    }

    fn partition_refusal(&self, groups: &[Vec<Node>]) -> Option<String> {
        let mut all: Vec<Node> = groups.concat();
        all.order();
        if let Some(pair) = all.windows(2).find(|pair| pair[0] == pair[1]) {
            return Some(format!("{} is in two groups", pair[0]));
        }
        self.links_between(groups)
            .is_empty()
            .then(|| "no whole link lies between these groups".to_owned())
    }

    /// The links that are whole and lie between groups.
    pub(super) fn links_between(&self, groups: &[Vec<Node>]) -> Vec<(Node, Node)> {
        let group = |node: Node| groups.iter().position(|group| group.contains(&node));
        let nodes = self.nodes();
        let pairs = nodes.iter().flat_map(|one| {
            let others = nodes.iter().filter(move |two| one < *two);
            others.map(move |two| (*one, *two))
        });
        pairs
            .filter(|(one, two)| group(*one).is_none() || group(*one) != group(*two))
            .filter(|(one, two)| !self.network.is_cut(link(*one, *two)))
            .collect()
    }

    /// A message that is held or under way.
    pub(super) fn message(&self, id: u64) -> Option<&Message> {
        self.network
            .held_message(id)
            .or_else(|| self.queue.message(id))
    }

    fn message_refusal(&self, fault: &Fault, id: u64) -> Option<String> {
        let Some(message) = self.message(id) else {
            return Some(format!("message {id} is neither under way nor held"));
        };
        match fault {
            Fault::Deliver { .. } | Fault::Duplicate { .. } => {
                if matches!(fault, Fault::Duplicate { .. }) && !may_come_twice(&message.frame) {
                    return Some(
                        "a forwarded proposal that came twice would be carried out twice: a \
                         stream does not do that"
                            .to_owned(),
                    );
                }
                self.barrier(message)
                    .map(|reason| format!("message {id} cannot arrive: {reason}"))
            }
            Fault::Keep { .. } => self
                .network
                .held_message(id)
                .map(|_| format!("message {id} is kept back already")),
            Fault::Retime { arrives_at_us, .. } => match arrives_at_us.checked_sub(self.now_us) {
                None => Some(format!("it is {} already", self.now_us)),
                Some(left_us) => too_long(left_us),
            },
            // One that is lost, and what is looked at elsewhere.
            Fault::Drop { .. }
            | Fault::Mend { .. }
            | Fault::CutOneWay { .. }
            | Fault::Partition { .. }
            | Fault::Latency { .. }
            | Fault::Chance { .. }
            | Fault::Hold { .. }
            | Fault::Wait { .. }
            | Fault::Pause { .. }
            | Fault::Resume { .. }
            | Fault::ClockRate { .. }
            | Fault::ClockStep { .. }
            | Fault::Campaign { .. }
            | Fault::CrashKeeping { .. }
            | Fault::SlowDisk { .. }
            | Fault::StallDisk { .. }
            | Fault::FailDisk { .. }
            | Fault::FillDisk { .. }
            | Fault::FlipBit { .. }
            | Fault::SaveDisk { .. }
            | Fault::RestoreDisk { .. }
            | Fault::WipeDisk { .. }
            | Fault::DemandLiveness { .. }
            | Fault::EndFaults => None,
        }
    }

    fn process_refusal(&self, fault: &Fault) -> Option<String> {
        let node = *fault.nodes().first()?;
        let machine = self.machine(node)?;
        let is_paused = machine.condition.is_paused();
        let stands_still = || is_paused.then(|| format!("{node} stands still"));
        let is_down = (!machine.is_running()).then(|| format!("{node} is down"));
        match fault {
            Fault::Resume { .. } => {
                is_down.or_else(|| (!is_paused).then(|| format!("{node} does not stand still")))
            }
            Fault::ClockRate { per_mille, .. } => {
                (!(CLOCK_PER_MILLE_MIN..=CLOCK_PER_MILLE_MAX).contains(per_mille)).then(|| {
                    format!(
                        "a clock rate of {per_mille} is not between {CLOCK_PER_MILLE_MIN} and \
                     {CLOCK_PER_MILLE_MAX}"
                    )
                })
            }
            Fault::ClockStep { ticks, .. } if !(1..=STEP_TICKS_MAX).contains(ticks) => Some(
                format!("a step of {ticks} ticks is not between 1 and {STEP_TICKS_MAX}"),
            ),
            Fault::Campaign { .. } => is_down.or_else(stands_still).or_else(|| {
                let process = machine.process.as_ref()?;
                if process.facts().role == Role::Leader {
                    return Some(format!("{node} leads already"));
                }
                (!process.is_voter()).then(|| format!("{node} is no voter"))
            }),
            Fault::CrashKeeping { .. } => is_down,
            Fault::ClockStep { .. } | Fault::Pause { .. } => is_down.or_else(stands_still),
            // These are looked at elsewhere.
            Fault::CutOneWay { .. }
            | Fault::Mend { .. }
            | Fault::Keep { .. }
            | Fault::Partition { .. }
            | Fault::Latency { .. }
            | Fault::Chance { .. }
            | Fault::Hold { .. }
            | Fault::Deliver { .. }
            | Fault::Drop { .. }
            | Fault::Duplicate { .. }
            | Fault::Retime { .. }
            | Fault::Wait { .. }
            | Fault::SlowDisk { .. }
            | Fault::StallDisk { .. }
            | Fault::FailDisk { .. }
            | Fault::FillDisk { .. }
            | Fault::FlipBit { .. }
            | Fault::SaveDisk { .. }
            | Fault::RestoreDisk { .. }
            | Fault::WipeDisk { .. }
            | Fault::DemandLiveness { .. }
            | Fault::EndFaults => None,
        }
    }

    /// Time goes forward, and nothing that is due is passed over.
    fn wait_refusal(&self, until_us: u64) -> Option<String> {
        let Some(left_us) = until_us.checked_sub(self.now_us) else {
            return Some(format!("it is {} already", self.now_us));
        };
        match self.queue.next_at_us().filter(|at_us| *at_us <= until_us) {
            Some(at_us) => Some(format!("something is due at {at_us}")),
            None => too_long(left_us),
        }
    }

    fn disk_refusal(&self, fault: &Fault) -> Option<String> {
        let node = *fault.nodes().first()?;
        let machine = self.machine(node)?;
        let runs = machine
            .is_running()
            .then(|| format!("{node} runs: its disk cannot be changed under it"));
        match fault {
            Fault::SlowDisk { extra_us, .. } => too_long(*extra_us),
            Fault::StallDisk { on, .. } => match (*on, machine.condition.answers.is_some()) {
                (true, true) => Some(format!("{node}'s disk is stalled already")),
                (false, false) => Some(format!("{node}'s disk is not stalled")),
                _ => None,
            },
            Fault::FillDisk { on, .. } => match (*on, machine.disk.is_full) {
                (true, true) => Some(format!("{node}'s disk is full already")),
                (false, false) => Some(format!("{node}'s disk is not full")),
                _ => None,
            },
            Fault::FlipBit { file, .. } => runs.or_else(|| {
                (!machine.disk.has_flippable(|path| is_a(*file, path))).then(|| match file {
                    DamagedFile::Log => format!("{node} has no log"),
                    DamagedFile::Snapshot => format!("{node} has no snapshot"),
                })
            }),
            Fault::RestoreDisk { .. } => runs.or_else(|| {
                let is_saved = machine.condition.saved.is_some();
                (!is_saved).then(|| format!("no copy of {node}'s disk was put aside"))
            }),
            Fault::WipeDisk { .. } => runs,
            // A call that is to fail, a copy, and what is looked at elsewhere.
            Fault::FailDisk { .. }
            | Fault::SaveDisk { .. }
            | Fault::Mend { .. }
            | Fault::Keep { .. }
            | Fault::CutOneWay { .. }
            | Fault::Partition { .. }
            | Fault::Latency { .. }
            | Fault::Chance { .. }
            | Fault::Hold { .. }
            | Fault::Deliver { .. }
            | Fault::Drop { .. }
            | Fault::Duplicate { .. }
            | Fault::Retime { .. }
            | Fault::Wait { .. }
            | Fault::Pause { .. }
            | Fault::Resume { .. }
            | Fault::ClockRate { .. }
            | Fault::ClockStep { .. }
            | Fault::Campaign { .. }
            | Fault::CrashKeeping { .. }
            | Fault::DemandLiveness { .. }
            | Fault::EndFaults => None,
        }
    }

    /// What keeps a message from arriving now, chance apart.
    fn barrier(&self, message: &Message) -> Option<String> {
        let mut lucky = message.clone();
        lucky.is_unlucky = false;
        self.loss(&lucky).map(|reason| reason.to_string())
    }
}

/// Whether a path is of such a file.
pub(super) fn is_a(file: DamagedFile, path: &str) -> bool {
    path.ends_with(match file {
        DamagedFile::Log => ".wal",
        DamagedFile::Snapshot => ".snap",
    })
}

fn too_long(duration_us: u64) -> Option<String> {
    (duration_us > DURATION_US_MAX)
        .then(|| format!("{duration_us} microseconds are more than {DURATION_US_MAX}"))
}

const CLOCK_PER_MILLE_MIN: u32 = 100;
const CLOCK_PER_MILLE_MAX: u32 = 10_000;
/// More than an hour and a half of default ticks.
const STEP_TICKS_MAX: u32 = 60_000;
/// An hour.
const DURATION_US_MAX: u64 = 3_600_000_000;
