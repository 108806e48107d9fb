//! Events, told in Chinese.

use quorate_core::sim::{
    Action, EventCause, LossReason, MessageFrame, Node, OperationFrame, OperationOutcome,
};
use quorate_core::trace::{MessageKind, MessageSummary, TraceEvent, TraceKind};

use crate::text::sentence::Names;
use crate::text::strong;

/// What a message is, as part of a sentence.
pub(in crate::text) fn message(summary: &MessageSummary) -> String {
    let MessageSummary {
        term,
        index,
        entries,
        ..
    } = summary;
    match (summary.kind, summary.reject) {
        (MessageKind::Propose, _) => "转交的提案".to_owned(),
        (MessageKind::Append, _) if *entries == 0 => {
            format!("空追加消息（提交到 {}）", summary.commit)
        }
        (MessageKind::Append, _) if *entries == 1 => format!("第 {} 条日志", index.0 + 1),
        (MessageKind::Append, _) => format!(
            "第 {} 到 {} 条日志",
            index.0 + 1,
            index.0 + u64::from(*entries)
        ),
        (MessageKind::AppendResponse, false) => format!("答复“到 {index} 为止我都有了”"),
        (MessageKind::AppendResponse, true) => format!("答复“我缺少前面的 {index}”"),
        (MessageKind::Vote, _) => format!("任期 {term} 的投票请求"),
        (MessageKind::VoteResponse, false) => format!("任期 {term} 的一票"),
        (MessageKind::VoteResponse, true) => format!("任期 {term} 的拒绝票"),
        (MessageKind::PreVote, _) => format!("询问“任期 {term} 你会投给我吗？”"),
        (MessageKind::PreVoteResponse, false) => "答复“我会投给你”".to_owned(),
        (MessageKind::PreVoteResponse, true) => "答复“我不会”".to_owned(),
        (MessageKind::Snapshot, _) => format!("到 {index} 为止的快照的开头"),
        (MessageKind::SnapshotChunk, _) => "快照的一块".to_owned(),
        (MessageKind::SnapshotProgress, _) => "快照接收进度".to_owned(),
        (MessageKind::Heartbeat, _) => "心跳".to_owned(),
        (MessageKind::HeartbeatResponse, _) => "心跳答复".to_owned(),
        (MessageKind::TimeoutNow, _) => "“立刻参选”的指示".to_owned(),
        (MessageKind::ReadIndex, _) => "询问“读到哪里才算最新”".to_owned(),
        (MessageKind::ReadIndexResponse, _) => format!("答复“读到索引 {index}”"),
        (MessageKind::LeaseQuestion, _) => "关于租约的询问".to_owned(),
        (MessageKind::LeaseAnswer, _) => "关于租约的答复".to_owned(),
        (MessageKind::ChangeQuestion, _) => "变更成员的请求".to_owned(),
        (MessageKind::ChangeAnswer, _) => "变更未被接受的答复".to_owned(),
        (MessageKind::StandingQuestion, _) => "询问“我还是成员吗？”".to_owned(),
        (MessageKind::Removal, _) => "成员已被移除的通知".to_owned(),
        (MessageKind::HashQuestion, _) => "对存储哈希值的询问".to_owned(),
        (MessageKind::HashAnswer, _) => "存储的哈希值".to_owned(),
    }
}

/// What an action did.
fn action(action: &Action) -> String {
    match action {
        Action::Crash { node } => format!("{} 崩溃：只在内存里的都没了。", strong(node)),
        Action::Restart { node } => format!("{} 从自己的磁盘重新启动。", strong(node)),
        Action::Isolate { node } => format!("{} 的所有链路被切断。", strong(node)),
        Action::Cut { from, to } => {
            format!("{} 与 {} 之间的链路被切断。", strong(from), strong(to))
        }
        Action::Heal => "所有链路恢复。".to_owned(),
        Action::Put { node, key, value } => {
            format!("客户端请 {} 写入 {key}={value}。", strong(node))
        }
        Action::Get { node, key } => format!("客户端向 {} 读取 {key}。", strong(node)),
        Action::Delete { node, key } => format!("客户端请 {} 删除 {key}。", strong(node)),
        Action::Compact { node, revision } => {
            format!(
                "客户端请 {} 忘掉修订版本 {revision} 之前的历史。",
                strong(node)
            )
        }
        Action::Fault(fault) => super::faults::fault(fault),
        Action::Operation { node, operation } => super::faults::operation(*node, operation),
        Action::Stop { node } => format!("要求 {} 停止。", strong(node)),
    }
}

/// The event itself.
pub(in crate::text) fn cause(cause: &EventCause) -> String {
    match cause {
        EventCause::Started => "成员启动，都是跟随者：还没有领导者。".to_owned(),
        EventCause::Ticked(node) => format!("{} 的时钟走了一下。", strong(node)),
        EventCause::Delivered(MessageFrame {
            from, to, summary, ..
        }) => format!(
            "{} 收到 {} 发来的{}。",
            strong(to),
            strong(from),
            message(summary)
        ),
        EventCause::Lost(message, reason) => {
            lost(message.from, &[message.to], &message.summary, *reason)
        }
        EventCause::Wrote(node) => {
            format!(
                "{} 的磁盘收下了数据，但还没有落盘，崩溃时可能丢失。",
                strong(node)
            )
        }
        EventCause::Synced(node) => format!("{} 的磁盘已落盘：崩溃也不会丢。", strong(node)),
        EventCause::Connected(one, other) => {
            format!("{} 与 {} 建立了连接。", strong(one), strong(other))
        }
        EventCause::Disconnected(one, other) => {
            format!("{} 与 {} 的连接断了。", strong(one), strong(other))
        }
        EventCause::Acted(done) => action(done),
        EventCause::Refused(_, why) => format!("做不到：{why}。"),
    }
}

/// A client's answer.
pub(in crate::text) fn answered(operation: &OperationFrame) -> String {
    let what = strong(&operation.text);
    match &operation.outcome {
        OperationOutcome::Waiting => format!("客户端在等待 {what}。"),
        OperationOutcome::Done(answer) => format!("客户端的 {what} 得到答复：{answer}。"),
        OperationOutcome::Failed(why) => format!("客户端的 {what} 失败：{why}。"),
        OperationOutcome::Unknown(why) => {
            format!("客户端无法得知 {what} 的结果：{why}。")
        }
    }
}

/// What was sent, and to whom.
pub(in crate::text) fn sent(from: Node, to: &[Node], summary: &MessageSummary) -> String {
    format!(
        "{} 向 {} 发送{}。",
        strong(from),
        listed(to),
        message(summary)
    )
}

/// What did not arrive, and why.
pub(in crate::text) fn lost(
    from: Node,
    to: &[Node],
    summary: &MessageSummary,
    reason: LossReason,
) -> String {
    let why = match reason {
        LossReason::Cut => "链路断开",
        LossReason::Chance => "途中出错",
        LossReason::Down => "对方已停机",
        LossReason::Dropped => "被人丢弃",
        LossReason::NotConnected => "还没有连接",
    };
    let (from, to) = (strong(from), listed(to));
    format!("{from} 发给 {to} 的{}丢失：{why}。", message(summary))
}

pub(super) fn listed(members: &[Node]) -> String {
    let names: Vec<String> = members.iter().map(strong).collect();
    names.join("、")
}

/// What came of the event.
pub(in crate::text) fn consequence(trace: &TraceEvent, names: &Names<'_>) -> String {
    use TraceKind as K;
    let who = names.of(trace.member);
    match &trace.kind {
        K::Restarted { commit, last, .. } if last.0 == 0 && commit.0 == 0 => {
            format!("{who} 的磁盘上还什么都没有。")
        }
        K::Restarted { commit, last, .. } => {
            format!("{who} 启动，日志到 {last} 为止，已知提交到 {commit}。")
        }
        K::ElectionStarted { .. } => format!("{who} 整整一个选举超时没有听到领导者。"),
        K::TimeoutNowReceived { .. } => format!("{who} 按指示立刻参选。"),
        K::BecamePreCandidate { .. } => {
            format!("{who} 成为预候选人：先问问能不能赢，再提高任期。")
        }
        K::BecameCandidate { term } => format!("{who} 成为任期 {term} 的候选人，并投给自己。"),
        K::BecameLeader { term } => format!("{who} 得到多数票，成为任期 {term} 的领导者。"),
        K::BecameFollower { term } => format!("{who} 在任期 {term} 是跟随者。"),
        K::QuorumLost => format!("{who} 整整一个选举超时听不到多数成员，于是让位。"),
        K::LeaderElected { leader, .. } => format!("{who} 得知领导者是 {}。", names.of(*leader)),
        K::LeaderLost { .. } => format!("{who} 没有领导者了。"),
        K::LeaderChanged { to, .. } => format!("{who} 改为跟随 {}。", names.of(*to)),
        K::TransferStarted { to, .. } | K::TransferOnStop { to } => {
            format!("{who} 开始把领导权移交给 {}。", names.of(*to))
        }
        K::TransferFinished { to } => format!("{who} 已把领导权移交给 {}。", names.of(*to)),
        K::TransferFailed { to } => format!("{who} 没能及时把领导权移交给 {}。", names.of(*to)),
        _ => vote_or_entry(trace, names),
    }
}

fn vote_or_entry(trace: &TraceEvent, names: &Names<'_>) -> String {
    use TraceKind as K;
    let who = names.of(trace.member);
    match &trace.kind {
        K::VoteCast { kind, to, .. } if is_preliminary(*kind) => {
            format!("{who} 表示会投给 {}。", names.of(*to))
        }
        K::VoteCast { to, term, .. } => format!("{who} 在任期 {term} 投给 {}。", names.of(*to)),
        K::VoteRejected { to, .. } => format!("{who} 拒绝投给 {}。", names.of(*to)),
        K::VoteIgnored { from, .. } => {
            format!("{who} 不理会 {}：它还听得到领导者。", names.of(*from))
        }
        K::ElectionImpossible { .. } => format!("{who} 再也不能当选。"),
        K::ReadLeaseBegan { .. } => {
            format!("{who} 在一段时间内可以独自回答读请求：其间选不出别的领导者。")
        }
        K::ReadLeaseEnded { .. } => format!("{who} 不能再独自回答读请求。"),
        K::VoteTally { granted, .. } => format!("{who} 已得 {granted} 票。"),
        K::HigherTerm { theirs, .. } => format!("{who} 得知更高的任期 {theirs}。"),
        K::LowerTermIgnored { theirs, .. } => format!("{who} 不予理会：任期 {theirs} 已经过去。"),
        K::Appended { first, last, .. } if first == last => {
            format!("{who} 把第 {last} 条放进内存，还没有落盘。")
        }
        K::Appended { first, last, .. } => {
            format!("{who} 把第 {first} 到 {last} 条放进内存，还没有落盘。")
        }
        K::LogTruncated { from } => format!("{who} 丢弃 {from} 起的日志：与领导者的不同。"),
        K::Synced { index, .. } => format!("{who} 的日志到 {index} 为止是安全的。"),
        K::Committed { index } => format!("{who} 得知：到 {index} 为止都已提交。"),
        K::Applied { index, revision } => {
            format!("{who} 的存储已执行到 {index}，修订版本为 {revision}。")
        }
        K::AppendRejected { index, .. } => format!("{who} 拒绝：它的日志里没有前面的 {index}。"),
        _ => storage(trace, names),
    }
}

fn storage(trace: &TraceEvent, names: &Names<'_>) -> String {
    use TraceKind as K;
    let who = names.of(trace.member);
    match &trace.kind {
        K::SnapshotStarted { index, .. } => format!("{who} 开始为 {index} 为止的状态做快照。"),
        K::SnapshotSaved { index, .. } => format!("{who} 的快照（到 {index}）已在磁盘上。"),
        K::SnapshotSendStarted { to, index, .. } => format!(
            "{who} 向 {} 发送到 {index} 为止的快照：日志已追溯不到那么早。",
            names.of(*to)
        ),
        K::SnapshotSendFinished { to, succeeded, .. } => {
            let how = if *succeeded {
                "收齐了"
            } else {
                "没有收齐"
            };
            format!("{} {how} {who} 的快照。", names.of(*to))
        }
        K::SnapshotApplied { index, .. } => {
            format!("{who} 用到 {index} 为止的快照替换了自己的存储。")
        }
        K::SegmentsReleased { .. } => format!("{who} 释放了快照之前的日志文件。"),
        K::SegmentCut { .. } => format!("{who} 开始写新的日志文件。"),
        K::WalRepaired { .. } => format!("{who} 切掉了日志文件末尾被崩溃撕裂的部分。"),
        K::SnapshotUnreadable { .. } => {
            format!("{who} 跳过一个损坏的快照。")
        }
        K::LogCompacted { index } => format!("{who} 从内存里去掉了 {index} 为止的日志。"),
        K::StoreCompacted { revision } => {
            format!("{who} 的存储忘掉了修订版本 {revision} 之前的历史。")
        }
        K::AttributesPublished { id, .. } => format!("{who} 得知 {} 的名字和地址。", names.of(*id)),
        K::ElectionTicksAdvanced { .. } => format!("{who} 加快了第一次选举超时。"),
        K::Refused { reason, .. } => format!("{who} 拒收这条消息：{reason}。"),
        K::DiskFailed { reason } => format!("{who} 停止：{reason}。"),
        _ => trace.to_string(),
    }
}

fn is_preliminary(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::PreVote | MessageKind::PreVoteResponse)
}
