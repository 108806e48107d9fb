//! Faults and what operators ask, told in English.

use quorate_core::sim::{DiskCall, Fault, Keeps, Node, Operation};

use super::story::listed;
use crate::text::strong;

/// What was done, as a sentence.
pub(super) fn fault(fault: &Fault) -> String {
    match fault {
        Fault::CutOneWay { from, to } => format!(
            "What {} sends to {} is lost from now on; the other way is whole.",
            strong(from),
            strong(to)
        ),
        Fault::Partition { groups } => {
            let sides: Vec<String> = groups.iter().map(|group| listed(group)).collect();
            format!("The cluster is parted: {}.", sides.join(" | "))
        }
        Fault::Latency {
            from,
            to,
            min_us,
            max_us,
        } => format!(
            "Messages between {} and {} take {} to {} ms from now on.",
            strong(from),
            strong(to),
            min_us / 1_000,
            max_us.div_ceil(1_000)
        ),
        Fault::Mend { from, to } => format!(
            "The link of {} and {} is whole again.",
            strong(from),
            strong(to)
        ),
        Fault::Hold { from, to, on } => {
            let end = |node: &Option<Node>| node.map_or("anybody".to_owned(), strong);
            let (from, to) = (end(from), end(to));
            match on {
                true => format!("What {from} sends to {to} is held back from now on."),
                false => format!("What {from} sent to {to} is let go."),
            }
        }
        Fault::Keep { .. } => "A message is held back in its receiver's inbox.".to_owned(),
        Fault::Deliver { .. } => "A message is delivered by hand.".to_owned(),
        Fault::Drop { .. } => "A message is dropped by hand.".to_owned(),
        Fault::Duplicate { .. } => "A message arrives once more than it was sent.".to_owned(),
        Fault::Retime { .. } => "A message will arrive at another time.".to_owned(),
        Fault::EndFaults => "All faults end; who is down stays down.".to_owned(),
        Fault::Chance { .. } | Fault::DemandLiveness { .. } => fault.to_string(),
        _ => of_one(fault),
    }
}

/// What befalls one member.
fn of_one(fault: &Fault) -> String {
    match fault {
        Fault::Pause { node } => format!(
            "{}'s process stands still; its messages pile up.",
            strong(node)
        ),
        Fault::Resume { node } => format!("{}'s process goes on.", strong(node)),
        Fault::ClockRate { node, per_mille } => format!(
            "{}'s clock goes at {}% from now on.",
            strong(node),
            per_mille / 10
        ),
        Fault::Campaign { node } => format!("{}'s election timer runs out now.", strong(node)),
        Fault::CrashKeeping { node, keeps } => {
            let lost = match keeps {
                Keeps::Nothing => "its disk loses all that was not synced",
                Keeps::All => "its files keep all that was written",
                Keeps::Chance => "chance decides what its disk keeps of what was not synced",
            };
            format!("{} crashes; {lost}.", strong(node))
        }
        Fault::SlowDisk { node, extra_us: 0 } => {
            format!("{}'s disk is as quick as it was.", strong(node))
        }
        Fault::SlowDisk { node, extra_us } => format!(
            "{}'s disk takes {} ms longer for each write from now on.",
            strong(node),
            *extra_us as f64 / 1_000.0
        ),
        Fault::StallDisk { node, on: true } => format!(
            "{}'s fsyncs are held: nothing becomes durable there until they are released.",
            strong(node)
        ),
        Fault::StallDisk { node, .. } => format!("{}'s fsyncs are released.", strong(node)),
        Fault::FillDisk { node, on: true } => format!("{}'s disk is full.", strong(node)),
        Fault::FillDisk { node, .. } => format!("{}'s disk has room again.", strong(node)),
        Fault::FlipBit { node, .. } => format!("A bit of a file of {} flips.", strong(node)),
        Fault::WipeDisk { node } => format!("{}'s disk is emptied.", strong(node)),
        Fault::FailDisk { node, operation } => {
            let call = match operation {
                DiskCall::Write => "write",
                DiskCall::Sync => "fsync",
            };
            format!("The next {call} of {} will fail.", strong(node))
        }
        other => other.to_string(),
    }
}

/// What an operator asks of a member.
pub(super) fn operation(node: Node, operation: &Operation) -> String {
    let asked = strong(node);
    match operation {
        Operation::MemberAdd { new, learner: true } => {
            format!("{asked} is asked to take {} in as a learner.", strong(new))
        }
        Operation::MemberAdd { new, .. } => {
            format!("{asked} is asked to take {} in as a voter.", strong(new))
        }
        Operation::MemberPromote { target } => {
            format!("{asked} is asked to give {} a vote.", strong(target))
        }
        Operation::MemberRemove { target } => {
            format!("{asked} is asked to remove {}.", strong(target))
        }
        Operation::MoveLeader { target } => {
            format!("{asked} is asked to hand leadership to {}.", strong(target))
        }
        other => format!("A client asks {asked}: {other}."),
    }
}
