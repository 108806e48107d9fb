//! Chinese, simplified.

mod faults;
mod hands;
mod story;
mod tools;

pub(super) use hands::HANDS;
pub(super) use story::{answered, cause, consequence, lost, message, sent};
pub(super) use tools::{WORDS as TOOLS, complaint, inevitable};

use super::words::{RoleWords, StandingWords, Words};
use crate::marks::Turn;
use crate::permalink::{LinkError, MOST_EVENTS, Wanted};
use crate::state::Notice;

/// The short words.
pub(super) static WORDS: Words = Words {
    title: "Quorate：可以暂停、单步、弄坏的集群",
    members: "成员",
    seed: "种子",
    new_seed: "换一个种子",
    trace_hash: "轨迹",
    trace_hash_title: "到目前为止一切事件的哈希：同样的种子和操作，在本机程序里得到同样的值",
    switch_language: "English",
    theme_auto: "主题：跟随系统",
    theme_light: "主题：浅色",
    theme_dark: "主题：深色",
    help: "帮助",
    close: "关闭",

    stage: "集群",
    nothing_yet: "还什么都没有发生。按“单步”，看第一件事。",
    roles: RoleWords {
        follower: "跟随者",
        pre_candidate: "预候选人",
        candidate: "候选人",
        leader: "领导者",
        down: "已停机",
    },
    standings: StandingWords {
        learner: "学习者，无投票权",
        removed: "已移除",
        stranger: "尚未加入",
    },
    term: "任期",
    voted_for: "投给",
    hears: "听得到",
    votes: "票",
    of: "/",
    lost_cut: "丢失：链路断开",
    lost_chance: "途中丢失",
    lost_down: "丢失：对方停机",
    lost_dropped: "丢失：被人丢弃",
    lost_not_connected: "丢失：尚未连接",

    logs: "日志",
    index: "索引",
    next: "下一条",
    no_entries: "还没有日志：第一条由第一位领导者写下。",
    in_memory: "在内存",
    written: "已写入",
    synced: "已落盘",
    committed: "已提交",
    not_committed: "未提交",
    applied: "已应用",
    snapshot: "快照",
    earlier: "更早的日志",
    legend_commit: "已提交",
    legend_notch: "该成员所知的提交位置",

    member: "成员",
    role: "角色",
    vote: "投票",
    leader_known: "所知的领导者",
    timer: "选举计时",
    ticks: "滴答",
    commit: "提交",
    log: "日志",
    revision: "修订版本",
    keys: "键值",
    nobody: "无",
    none: "无",
    progress: "它所知的其他成员",
    matched: "匹配",
    in_flight: "途中",
    state: "发送方式",
    probe: "逐条试探",
    replicate: "连续复制",
    heard: "有回应",
    silent: "无回应",
    bytes: "字节",
    is_down: "它已停机。内存里的都没了；落了盘的还在。",

    trace_empty: "上一个事件没有留下记录。",

    clients: "客户端",
    key: "键",
    value: "值",
    at: "在",
    put: "写入",
    get: "读取",
    operations: "操作",
    no_operations: "还没有。可以向任何成员提出，不必是领导者。",
    waiting: "等待中",
    done: "成功",
    failed: "失败",
    unknown: "结果未知",

    faults: "故障",
    crash: "崩溃",
    restart: "重启",
    isolate: "隔离",
    heal: "修复所有链路",

    to_start: "回到开头",
    step_back: "后退一步",
    step: "单步",
    play: "播放",
    pause: "暂停",
    speed: "速度",
    every_event: "每个事件",
    every_event_title: "关闭时，单步会跳过只走动计时器或只传送心跳的事件",
    jump_back: "上一次选举、提交、快照或故障",
    jump_forward: "下一次选举、提交、快照或故障",
    scrub: "时间",
    event: "事件",
    undo: "撤销",
    dismiss: "知道了",
    help_paragraphs: &[
        "这是浏览器里的一个完整集群。成员运行的就是服务器的那份代码；时钟、网络和磁盘是虚拟的，\
         所以可以让它们停下来。",
        "每一步都是一件发生了的事：一条消息到达，一次落盘，一次时钟滴答。后退一步，集群就回到原来的\
         样子。在过去动手会开出另一条分支；原来的未来会留着，可以回去，也可以并排对照。",
        "每样东西都有菜单：右键、长按，或按 m。沿链路拖动消息可改变到达时间，拖弯链路可加大延迟，\
         拖动成员可移动位置；在舞台空白处画一道线，会切断穿过的链路（按住 Alt：只切一个方向）。",
        "网址里有种子、操作和位置：发给别人，别人看到的完全一样。",
        "播放时，没有东西在动，时间就走得快；有东西在动，时间就慢下来。",
    ],
    keys_head: "按键",
    keys_table: &[
        ("空格", "单步"),
        ("shift + 空格", "播放、暂停"),
        ("← →", "后退、前进一步"),
        ("shift + ← →", "上一个、下一个转折"),
        ("Home End", "最早、最后看到的事件"),
        ("1 – 7", "选择成员"),
        ("Tab", "按送达顺序逐条走过成员的消息"),
        ("m", "所选之物的菜单；M：舞台的菜单"),
        ("⏎ d h u s", "送达、丢弃、扣住或放行、复制、对调"),
        (", .", "消息：早些到、晚些到"),
        ("l x", "成员的下一条链路；切断或修复"),
        ("[ ]", "链路：加快、放慢；时钟：调慢、调快"),
        ("k i t", "成员：崩溃或重启、隔离、立刻超时"),
        ("v y", "成员：停住、扣住 fsync"),
        ("p P", "分区；修复全部链路"),
        ("g", "用方向键移动成员"),
        ("e", "进入日志表，再用方向键"),
        ("o", "打开成员内部"),
        ("w r", "在它上面写入、读取"),
        ("f", "在此分叉"),
        ("z", "撤销"),
        ("`", "终端"),
        ("?", "本帮助"),
    ],
};

/// What a notice says.
pub(super) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::BadLink(error) => link_error(error),
        Notice::Forked { at, left, ahead } if *ahead > 0 => format!(
            "你在过去（事件 {at} 之后）动了手。原来后面的 {ahead} 个事件留在分支 {left} 里。"
        ),
        Notice::Forked { at, left, .. } => {
            format!("新分支从事件 {at} 之后开始。你刚才所在的那条留作分支 {left}。")
        }
        Notice::NoTurn { turn, ahead: true } => {
            format!("往后查看的范围里没有{}。", turn_name(*turn))
        }
        Notice::NoTurn { turn, .. } => format!("这个事件之前没有{}。", turn_name(*turn)),
        Notice::NeverSo => {
            "在查看的范围里，这个条目一直没有达到那一步：可能被替换了，也可能集群没再前进。"
                .to_owned()
        }
        Notice::Nothing => "此刻在这里做什么都不会有变化。".to_owned(),
        Notice::Quiet { events } => {
            format!("接下来的 {events} 个事件里只有滴答和心跳。向集群提个请求，或者弄坏点什么吧。")
        }
        Notice::Over => "不会再发生什么了：所有成员都已停机。请重启一个。".to_owned(),
        Notice::Scenario(error) => error.clone(),
        Notice::Violated(violation) => format!("◆ {violation}"),
        Notice::TooLong => {
            format!("一次运行最多 {MOST_EVENTS} 个事件。请换一个种子，或退回去做点别的。")
        }
    }
}

fn turn_name(turn: Turn) -> &'static str {
    match turn {
        Turn::Election => "选举",
        Turn::Commit => "提交",
        Turn::Snapshot => "快照",
        Turn::Fault => "故障",
        Turn::Violation => "违例",
    }
}

/// What is wrong with a link, and what would be right.
pub(super) fn link_error(error: &LinkError) -> String {
    let wanted = match error.wanted {
        Wanted::Members => "应为 1 到 7 的数".to_owned(),
        Wanted::World => "应为场景中的世界设置，例如 members=5 seed=7".to_owned(),
        Wanted::Seed => format!("应为 0 到 {} 的整数", u64::MAX),
        Wanted::Event => format!("应为 0 到 {MOST_EVENTS} 的整数"),
        Wanted::Action => "操作由事件、动作和成员组成，例如 12:crash:1、30:restart:1、\
                           40:put:2:key:value、50:get:3:key、60:isolate:1 或 70:heal"
            .to_owned(),
        Wanted::Order => "操作应按事件先后排列，每个事件之后至多一个".to_owned(),
        Wanted::Parameter => "参数应为 members、seed、at 或 do".to_owned(),
        Wanted::Whole => {
            return "链接不完整：可能少了结尾，或者有一个字符变了。页面显示能读出来的部分。"
                .to_owned();
        }
        Wanted::Version => {
            return "这个链接由更新版本的页面生成，当前版本读不了。页面改为从头开始。".to_owned();
        }
    };
    let LinkError { name, value, .. } = error;
    format!("链接里的 {name}={value} 无法使用：{wanted}。页面显示能读出来的部分。")
}
