//! Actions, faults and operations as the words that are read again.

use std::fmt;

use super::txn;
use super::units::{duration_text, per_cent_text};
use super::words::quote;
use crate::sim::action::{Action, Node};
use crate::sim::fault::{DamagedFile, DiskCall, Fault, Keeps};
use crate::sim::operation::Operation;
use crate::sim::revision_choice::RevisionChoice;

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Crash { node } => write!(f, "crash {node}"),
            Action::Restart { node } => write!(f, "restart {node}"),
            Action::Isolate { node } => write!(f, "isolate {node}"),
            Action::Cut { from, to } => write!(f, "cut {from} {to}"),
            Action::Heal => f.write_str("heal"),
            Action::Put { node, key, value } => {
                write!(f, "put {}={} at {node}", quote(key), quote(value))
            }
            Action::Get { node, key } => write!(f, "get {} at {node}", quote(key)),
            Action::Delete { node, key } => write!(f, "delete {} at {node}", quote(key)),
            Action::Compact { node, revision } => write!(f, "compact {revision} at {node}"),
            Action::Stop { node } => write!(f, "stop {node}"),
            Action::Fault(fault) => write!(f, "{fault}"),
            Action::Operation { node, operation } => write!(f, "{operation} at {node}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::CutOneWay { from, to } => write!(f, "cut {from}->{to}"),
            Fault::Partition { groups } => {
                let groups: Vec<String> = groups.iter().map(|group| group_text(group)).collect();
                let space = if groups.is_empty() { "" } else { " " };
                write!(f, "partition{space}{}", groups.join("|"))
            }
            Fault::Latency {
                from,
                to,
                min_us,
                max_us,
            } => {
                let (min, max) = (duration_text(*min_us), duration_text(*max_us));
                write!(f, "latency {from} {to} {min}..{max}")
            }
            Fault::Chance {
                loss_per_mille,
                duplicate_per_mille,
            } => {
                let loss = per_cent_text(*loss_per_mille);
                let duplicate = per_cent_text(*duplicate_per_mille);
                write!(f, "chance loss={loss} duplicate={duplicate}")
            }
            Fault::Hold { from, to, on } => {
                let verb = if *on { "hold" } else { "release" };
                write!(f, "{verb} {}->{}", anybody(*from), anybody(*to))
            }
            Fault::Deliver { message } => write!(f, "deliver #{message}"),
            Fault::Drop { message } => write!(f, "drop #{message}"),
            Fault::Duplicate { message } => write!(f, "duplicate #{message}"),
            Fault::Keep { message } => write!(f, "keep #{message}"),
            Fault::Mend { from, to } => write!(f, "mend {from} {to}"),
            Fault::Retime {
                message,
                arrives_at_us,
            } => write!(f, "retime #{message} {}", duration_text(*arrives_at_us)),
            Fault::Wait { until_us } => write!(f, "wait {}", duration_text(*until_us)),
            _ => self.fmt_of_one_member(f),
        }
    }
}

impl Fault {
    fn fmt_of_one_member(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Pause { node } => write!(f, "pause {node}"),
            Fault::Resume { node } => write!(f, "resume {node}"),
            Fault::ClockRate { node, per_mille } => {
                let sign = if *per_mille < 1_000 { '-' } else { '+' };
                let share = per_cent_text(per_mille.abs_diff(1_000));
                write!(f, "clock {node} {sign}{share}")
            }
            Fault::ClockStep { node, ticks } => write!(f, "clock {node} +{ticks}ticks"),
            Fault::Campaign { node } => write!(f, "campaign {node}"),
            Fault::CrashKeeping { node, keeps } => {
                let keeps = match keeps {
                    Keeps::Chance => "lose-by-chance",
                    Keeps::Nothing => "lose-unsynced",
                    Keeps::All => "lose-nothing",
                };
                write!(f, "crash {node} {keeps}")
            }
            Fault::SlowDisk { node, extra_us } => {
                write!(f, "slow-disk {node} {}", duration_text(*extra_us))
            }
            Fault::StallDisk { node, on: true } => write!(f, "stall-disk {node}"),
            Fault::StallDisk { node, on: false } => write!(f, "unstall-disk {node}"),
            Fault::FailDisk { node, operation } => {
                let call = match operation {
                    DiskCall::Write => "write",
                    DiskCall::Sync => "sync",
                };
                write!(f, "fail-disk {node} {call}")
            }
            Fault::FillDisk { node, on: true } => write!(f, "fill-disk {node}"),
            Fault::FillDisk { node, on: false } => write!(f, "free-disk {node}"),
            Fault::FlipBit { node, file } => {
                let file = match file {
                    DamagedFile::Log => "log",
                    DamagedFile::Snapshot => "snapshot",
                };
                write!(f, "flip-bit {node} {file}")
            }
            Fault::SaveDisk { node } => write!(f, "save-disk {node}"),
            Fault::RestoreDisk { node } => write!(f, "restore-disk {node}"),
            Fault::WipeDisk { node } => write!(f, "wipe-disk {node}"),
            Fault::EndFaults => f.write_str("end-faults"),
            Fault::DemandLiveness { within_us } => {
                write!(f, "demand-liveness {}", duration_text(*within_us))
            }
            Fault::CutOneWay { .. }
            | Fault::Keep { .. }
            | Fault::Mend { .. }
            | Fault::Partition { .. }
            | Fault::Latency { .. }
            | Fault::Chance { .. }
            | Fault::Hold { .. }
            | Fault::Deliver { .. }
            | Fault::Drop { .. }
            | Fault::Duplicate { .. }
            | Fault::Retime { .. }
            | Fault::Wait { .. } => Ok(()),
        }
    }
}

impl fmt::Display for Operation {
    #[expect(clippy::too_many_lines, reason = "one arm, one operation")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::Range {
                key,
                end,
                revision,
                serializable,
            } => {
                write!(f, "range {}", range_text(key, end, *revision))?;
                f.write_str(if *serializable { " serializable" } else { "" })
            }
            Operation::CompareAndSwap {
                key,
                expected,
                value,
            } => {
                write!(f, "compare-and-swap {}", quote(key))?;
                if let Some(expected) = expected {
                    write!(f, " expected={}", quote(expected))?;
                }
                write!(f, " value={}", quote(value))
            }
            Operation::PutAll { pairs } => {
                f.write_str("put-all")?;
                pairs
                    .iter()
                    .try_for_each(|(key, value)| write!(f, " {}={}", quote(key), quote(value)))
            }
            Operation::PutAndGetOld {
                key,
                value,
                revision,
            } => {
                let pair = format!("{}={}", quote(key), quote(value));
                write!(f, "put-and-get-old {pair} revision={revision}")
            }
            Operation::PutWithLease { key, value, lease } => {
                write!(f, "put {}={} lease={lease}", quote(key), quote(value))
            }
            Operation::LeaseGrant { lease, ttl_seconds } => {
                write!(f, "lease-grant {lease} ttl={ttl_seconds}s")
            }
            Operation::LeaseRevoke { lease } => write!(f, "lease-revoke {lease}"),
            Operation::LeaseKeepAlive { lease } => write!(f, "lease-keep-alive {lease}"),
            Operation::LeaseTimeToLive { lease } => write!(f, "lease-time-to-live {lease}"),
            Operation::Watch { key, end, revision } => {
                write!(f, "watch {}", range_text(key, end, *revision))
            }
            Operation::WatchCancel { operation } => write!(f, "watch-cancel {operation}"),
            Operation::WatchStall { operation, on } => {
                let verb = if *on { "watch-stall" } else { "watch-go-on" };
                write!(f, "{verb} {operation}")
            }
            Operation::WatchProgress { operation } => write!(f, "watch-progress {operation}"),
            Operation::MemberAdd { .. }
            | Operation::MemberRemove { .. }
            | Operation::MemberUpdate { .. }
            | Operation::MemberPromote { .. }
            | Operation::MoveLeader { .. }
            | Operation::AlarmList
            | Operation::AlarmRaise { .. }
            | Operation::AlarmDisarm { .. }
            | Operation::LeaseList
            | Operation::MemberList
            | Operation::Status
            | Operation::Defragment => operator(self, f),
            Operation::DeleteRange { key, end } => {
                let range = range_text(key, end, RevisionChoice::DEFAULT);
                write!(f, "delete-range {range}")
            }
            Operation::Txn {
                compare,
                success,
                failure,
            } => txn::print(f, compare, success, failure),
        }
    }
}

/// What an operator asks, of members and of what is wrong with them.
fn operator(operation: &Operation, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match operation {
        Operation::MemberAdd { new, learner } => {
            write!(
                f,
                "member-add {new}{}",
                if *learner { " learner" } else { "" }
            )
        }
        Operation::MemberRemove { target } => write!(f, "member-remove {target}"),
        Operation::MemberUpdate { target, port } => {
            write!(f, "member-update {target} port={port}")
        }
        Operation::MemberPromote { target } => write!(f, "member-promote {target}"),
        Operation::MoveLeader { target } => write!(f, "move-leader {target}"),
        Operation::AlarmList => f.write_str("alarm-list"),
        Operation::AlarmRaise { alarm, target } => {
            write!(f, "alarm-raise {} {target}", alarm.name())
        }
        Operation::AlarmDisarm { alarm, target } => {
            write!(f, "alarm-disarm {} {target}", alarm.name())
        }
        Operation::Defragment => f.write_str("defrag"),
        Operation::LeaseList => f.write_str("lease-list"),
        Operation::MemberList => f.write_str("member-list"),
        Operation::Status => f.write_str("status"),
        _ => Ok(()),
    }
}

fn range_text(key: &str, end: &str, revision: RevisionChoice) -> String {
    let mut text = quote(key);
    if !end.is_empty() {
        text += &format!(" end={}", quote(end));
    }
    if revision != RevisionChoice::DEFAULT {
        text += &format!(" revision={revision}");
    }
    text
}

fn anybody(node: Option<Node>) -> String {
    node.map_or_else(|| "*".to_owned(), |node| node.to_string())
}

fn group_text(group: &[Node]) -> String {
    if group.is_empty() {
        return "-".to_owned();
    }
    let members: Vec<String> = group.iter().map(Node::to_string).collect();
    members.join(",")
}
