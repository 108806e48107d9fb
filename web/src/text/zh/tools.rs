//! Chinese: the closer looks and the tools.

use quorate_core::sim::Node;

use crate::terminal::Complaint;
use crate::text::ToolWords;

pub(in crate::text) static WORDS: ToolWords = ToolWords {
    segments: "日志分段",
    snapshots: "快照",
    other_files: "其他文件",
    no_files: "磁盘上什么也没有。",
    no_snapshots: "还没有：应用了足够多的条目才会做快照。",
    bytes: "字节",
    not_synced: "字节未同步",
    checksum_good: "CRC 正确",
    checksum_bad: "CRC 错误",
    record_head: "段头",
    record_state: "状态",
    record_marker: "快照标记",
    record_torn: "残缺的末尾",
    record_corrupt: "损坏",
    voted_for: "投给",
    only_in_memory: "只在内存里，还没写进文件：",
    at_revision: "修订号",
    chunk: "块",

    revision: "修订号",
    key: "键",
    keys: "个键",
    no_keys: "存储是空的，修订号从 1 开始。",
    compacted_at: "已压缩到",
    deleted: "已删除",
    watches: "监听",
    no_watches: "没有人在这个成员上监听。",
    has_heard_all: "已收到全部变化",
    behind: "条未收到",
    next: "下一个",
    lease: "租约",
    leases: "租约",
    no_leases: "没有。",
    not_counted: "由领导者计时；",

    event: "事件",
    lost: "丢失",

    clients_lane: "客户端",
    linearizable: "到目前为止是线性一致的：有一个顺序能解释所有回答",
    unacknowledged: "个写入没有得到回答",
    undecided: "无法判定：寻找顺序花的时间太长，已放弃",

    terminal: "终端",
    terminal_title: "终端（etcdctl 的命令）",
    terminal_lines: "输入与回答",
    terminal_hint: "这里可以输入 etcdctl 的命令，发给选中的成员。help 列出全部命令；方向键找回输入过的行；Ctrl-C 结束监听或续约。",
    command_line: "命令",
    runs_on: "运行到有回答为止",
    runs_on_title: "关闭后只发送命令，由你自己一步步走到回答",
    waits: "… 正在等回答：请继续前进",
    not_yet: "（此刻还没有发出，或者属于另一条分支）",
    commands: &[
        "写入一个键",
        "读取一个键或一段范围，可指定修订号",
        "删除",
        "先比较，再执行两组操作之一；逐行输入，空行结束一部分",
        "监听变化，可从某个修订号开始",
        "创建租约",
        "撤销租约",
        "查询租约还剩多久",
        "不断续约，直到按 Ctrl-C；加 --once 只续一次",
        "列出租约",
        "忘掉某个修订号以前的历史",
        "集群有哪些成员",
        "加入一台机器：重启它之后才会运行",
        "让学习者获得投票权",
        "移除成员，写名字或 id 都行",
        "移交领导权",
        "查看成员状态",
        "查看或解除告警",
        "归还空闲空间",
        "这份列表；清屏；版本",
    ],

    share: "分享",
    share_title: "此刻的链接、场景、文件",
    copy_link: "复制链接",
    copied: "已复制",
    scenario: "场景",
    scenario_hint: "场景写明对集群做什么、期待什么，一行一步。同一个文件也能用 `quorate replay FILE` 运行。",
    run: "运行",
    this_run: "取当前这次运行",
    save_file: "保存为文件",
    open_file: "打开文件…",
    ran: "运行完毕：页面停在它的结尾。",

    outlook_ask: "结局是什么时候注定的？",
    outlook_title: "在后台从这次运行的各个时刻出发，换不同的种子继续，统计最后由谁领导",
    outlook_looks: "正在推演：",
    outlook_open: "换一种运气，直到最后都可能由别人领导。",
};

pub(in crate::text) fn complaint(complaint: &Complaint) -> String {
    match complaint {
        Complaint::Quotes => "引号没有结束：请补上".to_owned(),
        Complaint::Unknown {
            word,
            near: Some(near),
        } => format!("没有命令 \"{word}\"；是不是 \"{near}\"？help 列出全部命令"),
        Complaint::Unknown { word, near: None } => {
            format!("没有命令 \"{word}\"；help 列出全部命令")
        }
        Complaint::NotHere(word) => format!(
            "\"{word}\" 是 etcdctl 的命令，在真实集群上可用 quoratectl 执行；本页面只有 help 列出的命令"
        ),
        Complaint::Usage(usage) => format!("写法是：{usage}"),
        Complaint::Flag { flag, usage } => format!("这里没有选项 {flag}；写法是：{usage}"),
        Complaint::Number { text, of } => format!("\"{text}\" 不是整数：{of} 要写整数"),
        Complaint::Member(text) => {
            format!("没有叫 \"{text}\" 的成员；请写 n1，或 member list 里的 id")
        }
        Complaint::Lease(text) => {
            format!("\"{text}\" 不是租约 id；它是十六进制数，见 lease grant 的输出")
        }
        Complaint::Condition(line) => format!(
            "比较写错了：{line}；请写 value(\"x\") = \"1\"，也可用 version、create、mod、lease，以及 =、!=、<、>"
        ),
        Complaint::Request(line) => {
            format!("事务里的请求写错了：{line}；请写 put KEY VALUE、get KEY 或 del KEY")
        }
        Complaint::Both(one, other) => format!("{one} 和 {other} 不能同时用"),
        Complaint::Format(text) => format!("没有输出格式 \"{text}\"；这里有 simple 和 table"),
        Complaint::NewName { text, next } => {
            format!("下一台机器叫 {next}，不叫 \"{text}\"；它的 peer URL 是固定的")
        }
        Complaint::Refused(reason) => format!("Error: {reason}"),
        Complaint::NothingRuns => "没有正在运行的命令：Ctrl-C 用来结束监听或续约".to_owned(),
    }
}

pub(in crate::text) fn inevitable(event: u64, leader: Option<Node>) -> String {
    match leader {
        Some(leader) => format!("从第 {event} 个事件起，无论运气如何，最后都由 {leader} 领导。"),
        None => format!("从第 {event} 个事件起，无论运气如何，最后都没有领导者。"),
    }
}
