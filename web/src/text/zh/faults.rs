//! 故障与运维请求的中文叙述。

use quorate_core::sim::{DiskCall, Fault, Keeps, Node, Operation};

use super::story::listed;
use crate::text::strong;

/// What was done, as a sentence.
pub(super) fn fault(fault: &Fault) -> String {
    match fault {
        Fault::CutOneWay { from, to } => format!(
            "从现在起，{} 发给 {} 的都会丢失；反方向完好。",
            strong(from),
            strong(to)
        ),
        Fault::Partition { groups } => {
            let sides: Vec<String> = groups.iter().map(|group| listed(group)).collect();
            format!("集群被分开：{}。", sides.join(" | "))
        }
        Fault::Latency {
            from,
            to,
            min_us,
            max_us,
        } => format!(
            "从现在起，{} 与 {} 之间的消息要走 {} 到 {} 毫秒。",
            strong(from),
            strong(to),
            min_us / 1_000,
            max_us.div_ceil(1_000)
        ),
        Fault::Mend { from, to } => {
            format!("{} 与 {} 之间的链路恢复。", strong(from), strong(to))
        }
        Fault::Hold { from, to, on } => {
            let end = |node: &Option<Node>| node.map_or("任何成员".to_owned(), strong);
            let (from, to) = (end(from), end(to));
            match on {
                true => format!("从现在起，{from} 发给 {to} 的消息都被扣住。"),
                false => format!("{from} 发给 {to} 的消息被放行。"),
            }
        }
        Fault::Keep { .. } => "一条消息被扣在收件箱里。".to_owned(),
        Fault::Deliver { .. } => "一条消息被直接送达。".to_owned(),
        Fault::Drop { .. } => "一条消息被丢弃。".to_owned(),
        Fault::Duplicate { .. } => "一条消息多送达了一次。".to_owned(),
        Fault::Retime { .. } => "一条消息的到达时间改变了。".to_owned(),
        Fault::EndFaults => "一切故障结束；停机的成员仍然停机。".to_owned(),
        Fault::Chance { .. } | Fault::DemandLiveness { .. } => fault.to_string(),
        _ => of_one(fault),
    }
}

/// What befalls one member.
fn of_one(fault: &Fault) -> String {
    match fault {
        Fault::Pause { node } => format!("{} 的进程停住，消息越积越多。", strong(node)),
        Fault::Resume { node } => format!("{} 的进程继续运行。", strong(node)),
        Fault::ClockRate { node, per_mille } => format!(
            "从现在起，{} 的时钟按 {}% 的速度走。",
            strong(node),
            per_mille / 10
        ),
        Fault::Campaign { node } => format!("{} 的选举定时器立刻到点。", strong(node)),
        Fault::CrashKeeping { node, keeps } => {
            let lost = match keeps {
                Keeps::Nothing => "没有 fsync 的内容全部丢失",
                Keeps::All => "写进文件的内容全部保留",
                Keeps::Chance => "没有 fsync 的内容能留下多少，全看运气",
            };
            format!("{} 崩溃：{lost}。", strong(node))
        }
        Fault::SlowDisk { node, extra_us: 0 } => {
            format!("{} 的磁盘恢复了原来的速度。", strong(node))
        }
        Fault::SlowDisk { node, extra_us } => format!(
            "从现在起，{} 的磁盘每写一批多花 {} 毫秒。",
            strong(node),
            *extra_us as f64 / 1_000.0
        ),
        Fault::StallDisk { node, on: true } => format!(
            "{} 的 fsync 被扣住：放行之前，那里什么都不会落盘。",
            strong(node)
        ),
        Fault::StallDisk { node, .. } => format!("{} 的 fsync 被放行。", strong(node)),
        Fault::FillDisk { node, on: true } => format!("{} 的磁盘写满了。", strong(node)),
        Fault::FillDisk { node, .. } => format!("{} 的磁盘又有空间了。", strong(node)),
        Fault::FlipBit { node, .. } => format!("{} 的某个文件里有一位翻转。", strong(node)),
        Fault::WipeDisk { node } => format!("{} 的磁盘被清空。", strong(node)),
        Fault::FailDisk { node, operation } => {
            let call = match operation {
                DiskCall::Write => "写入",
                DiskCall::Sync => "fsync",
            };
            format!("{} 的下一次{call}会失败。", strong(node))
        }
        other => other.to_string(),
    }
}

/// What an operator asks of a member.
pub(super) fn operation(node: Node, operation: &Operation) -> String {
    let asked = strong(node);
    match operation {
        Operation::MemberAdd { new, learner: true } => {
            format!("请求 {asked} 把 {} 作为学习者加入集群。", strong(new))
        }
        Operation::MemberAdd { new, .. } => {
            format!("请求 {asked} 把 {} 作为投票成员加入集群。", strong(new))
        }
        Operation::MemberPromote { target } => {
            format!("请求 {asked} 给 {} 投票权。", strong(target))
        }
        Operation::MemberRemove { target } => {
            format!("请求 {asked} 把 {} 移出集群。", strong(target))
        }
        Operation::MoveLeader { target } => {
            format!("请求 {asked} 把领导权交给 {}。", strong(target))
        }
        other => format!("客户端请求 {asked}：{other}。"),
    }
}
