//! The words round the lessons, in both languages. What lessons say themselves is in their folders.

use quorate_core::member::Role;
use quorate_core::sim::Node;
use quorate_lessons::{BeatKind, Cause, RoleReason, RoleSeen, Verdict};

use crate::text::Language;

/// The short words.
pub(crate) struct LessonWords {
    pub(crate) lessons: &'static str,
    pub(crate) parts: [&'static str; 8],
    pub(crate) minutes: &'static str,
    pub(crate) needs: &'static str,
    pub(crate) done: &'static str,
    pub(crate) harder_done: &'static str,
    pub(crate) close: &'static str,
    pub(crate) fold: &'static str,
    pub(crate) unfold: &'static str,
    pub(crate) export: &'static str,
    pub(crate) import: &'static str,
    pub(crate) bad_import: &'static str,
    pub(crate) link: &'static str,
    pub(crate) mistakes: &'static str,
    pub(crate) hints: &'static str,
    pub(crate) kept_here: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) not_loaded: &'static str,
    pub(crate) next: &'static str,
    pub(crate) to_map: &'static str,
    pub(crate) goal: &'static str,
    pub(crate) now: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) solve: &'static str,
    pub(crate) restart: &'static str,
    pub(crate) other_seed: &'static str,
    pub(crate) to_mistake: &'static str,
    pub(crate) away: &'static str,
    pub(crate) reached: &'static str,
    pub(crate) steps: &'static str,
    pub(crate) par: &'static str,
    pub(crate) was_shown: &'static str,
    pub(crate) own_run: &'static str,
    pub(crate) unlocked: &'static str,
    pub(crate) next_lesson: &'static str,
    pub(crate) questions: &'static str,
    pub(crate) plain: &'static str,
    pub(crate) play_it: &'static str,
    pub(crate) open_note: &'static str,
    pub(crate) note: &'static str,
    pub(crate) log: &'static str,
    pub(crate) note_table: &'static str,
    pub(crate) own_table: &'static str,
    pub(crate) term: &'static str,
    pub(crate) ticked: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) right: &'static str,
    pub(crate) beats: [&'static str; 7],
    pub(crate) read_more: &'static str,
    pub(crate) pictures: &'static str,
    pub(crate) solution: &'static str,
}

/// The short words of a language.
pub(crate) fn words(language: Language) -> &'static LessonWords {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

impl LessonWords {
    /// What a beat is called.
    pub(crate) fn beat(&self, kind: BeatKind) -> &'static str {
        self.beats[match kind {
            BeatKind::Hook => 0,
            BeatKind::Predict => 1,
            BeatKind::Do => 2,
            BeatKind::See => 3,
            BeatKind::Explain => 4,
            BeatKind::Check => 5,
            BeatKind::Harder => 6,
        }]
    }
}

static ENGLISH: LessonWords = LessonWords {
    lessons: "Lessons",
    parts: [
        "A cluster comes up",
        "Writing",
        "Leaders fall",
        "Disk",
        "Members",
        "Reading and data",
        "Running it",
        "",
    ],
    minutes: "min",
    needs: "first",
    done: "done",
    harder_done: "and the harder one",
    close: "Close",
    fold: "Fold the lesson down",
    unfold: "Unfold the lesson",
    export: "Save progress to a file",
    import: "Load progress from a file",
    bad_import: "There is no progress in that file. It is a text with lines such as “one-write 1 2”.",
    link: "Link",
    mistakes: "What goes wrong",
    hints: "Hints",
    kept_here: "Progress is kept in this browser.",
    loading: "Fetching the lesson …",
    not_loaded: "This could not be fetched. The page's other parts go on working:",
    next: "Next",
    to_map: "All lessons",
    goal: "Goal",
    now: "Now",
    hint: "Hint",
    solve: "Show me",
    restart: "Start again",
    other_seed: "Another seed",
    to_mistake: "Back to the moment it went wrong",
    away: "This is another world than the lesson's. “Start again” leads back to it.",
    reached: "Reached.",
    steps: "Your steps",
    par: "par",
    was_shown: "The solution was shown: try it yourself for it to count.",
    own_run: "Link to this run of yours",
    unlocked: "Unlocked: the same run without",
    next_lesson: "Next lesson",
    questions: "The notes ask",
    plain: "As a page, for teachers",
    play_it: "Open the lesson itself",
    open_note: "The note beside the log",
    note: "The note",
    log: "What the members log here",
    note_table: "The note's closing table",
    own_table: "From the trace",
    term: "term",
    ticked: "of the note's lines said here, in the same order",
    nothing: "not said",
    right: "Right",
    beats: [
        "Begin", "Predict", "Do", "See", "Explain", "Check", "Harder",
    ],
    read_more: "Read on",
    pictures: "In pictures",
    solution: "One way there, as a scenario",
};

static CHINESE: LessonWords = LessonWords {
    lessons: "课程",
    parts: [
        "集群启动",
        "写入",
        "领导者倒下",
        "磁盘",
        "成员",
        "读取与数据",
        "运行维护",
        "",
    ],
    minutes: "分钟",
    needs: "先学",
    done: "已完成",
    harder_done: "更难的也完成了",
    close: "关闭",
    fold: "收起课文",
    unfold: "展开课文",
    export: "把进度存成文件",
    import: "从文件读入进度",
    bad_import: "那个文件里没有进度。进度是文本，每行如“one-write 1 2”。",
    link: "链接",
    mistakes: "常见的错误",
    hints: "提示",
    kept_here: "进度保存在这个浏览器里。",
    loading: "正在取课文…",
    not_loaded: "没能取到，页面的其他部分照常可用：",
    next: "下一步",
    to_map: "全部课程",
    goal: "目标",
    now: "现在",
    hint: "提示",
    solve: "做给我看",
    restart: "重新开始",
    other_seed: "换一个种子",
    to_mistake: "回到出错之前",
    away: "这里显示的不是本课的世界。按“重新开始”回到本课。",
    reached: "达到了。",
    steps: "你用的步数",
    par: "标准",
    was_shown: "这是演示的解法，自己做一遍才算数。",
    own_run: "你这次运行的链接",
    unlocked: "已解锁：同样的运行，去掉",
    next_lesson: "下一课",
    questions: "笔记里的问题",
    plain: "作为网页阅读，供教师使用",
    play_it: "打开课程本身",
    open_note: "笔记与日志对照",
    note: "笔记",
    log: "这里的成员打印的日志",
    note_table: "笔记最后的表",
    own_table: "由轨迹得出",
    term: "任期",
    ticked: "行笔记在这里按同样的次序出现",
    nothing: "没有出现",
    right: "正确",
    beats: ["引子", "预测", "动手", "观察", "解释", "检验", "更难"],
    read_more: "延伸阅读",
    pictures: "图解",
    solution: "一种做法（场景）",
};

/// Why the cluster stands as it stands.
pub(crate) fn cause(language: Language, cause: &Cause) -> String {
    match language {
        Language::English => english(cause),
        Language::Chinese => chinese(cause),
    }
}

fn english(cause: &Cause) -> String {
    match cause {
        Cause::Violated(text) => text.clone(),
        Cause::TooFewRun {
            running,
            voters,
            needed,
        } => format!(
            "of {voters} voters {} run ({}), and {needed} are needed",
            running.len(),
            list(running, ", ", "none")
        ),
        Cause::TooFewConnected { group, needed } => format!(
            "{} can talk to one another, and {needed} are needed",
            list(group, ", ", "none")
        ),
        Cause::Election {
            candidate,
            granted,
            needed,
        } => format!("{candidate} asks for votes: it has {granted} of the {needed} it needs"),
        Cause::Waiting {
            next: Some((node, ticks)),
        } => {
            format!("nobody leads; the timer of {node} runs out first, in {ticks} ticks")
        }
        Cause::Waiting { next: None } => "nobody leads".to_owned(),
        Cause::NotCommitted {
            leader,
            index,
            copies,
            needed,
        } => {
            if copies.durable.len() >= *needed {
                return format!(
                    "entry {index} is on a majority of the disks; {leader} has still to hear of it"
                );
            }
            let mut text = format!(
                "{leader} leads, but entry {index} is on {} of the {needed} disks that are needed",
                copies.durable.len()
            );
            if !copies.volatile.is_empty() {
                text += &format!(
                    "; on {} it is not synced yet",
                    list(&copies.volatile, ", ", "")
                );
            }
            if !copies.missing.is_empty() {
                text += &format!("; {} lack it", list(&copies.missing, ", ", ""));
            }
            text
        }
        Cause::TwoLeaders { newer, older } => format!(
            "{} leads in term {}; {} has not heard of it and believes that it leads in term {}",
            newer.0, newer.1, older.0, older.1
        ),
        Cause::Unanswered { text, node } => format!("“{text}” at {node} still waits"),
        Cause::Steady { leader, term } => {
            format!("{leader} leads in term {term}, and all is committed")
        }
    }
}

fn chinese(cause: &Cause) -> String {
    match cause {
        Cause::Violated(text) => text.clone(),
        Cause::TooFewRun {
            running,
            voters,
            needed,
        } => format!(
            "{voters} 个投票成员里有 {} 个在运行（{}），需要 {needed} 个",
            running.len(),
            list(running, "、", "无")
        ),
        Cause::TooFewConnected { group, needed } => format!(
            "只有 {} 能互相通信，需要 {needed} 个",
            list(group, "、", "无")
        ),
        Cause::Election {
            candidate,
            granted,
            needed,
        } => format!("{candidate} 正在要票：需要 {needed} 票，已有 {granted} 票"),
        Cause::Waiting {
            next: Some((node, ticks)),
        } => {
            format!("没有领导者；{node} 的计时器最先到期，还有 {ticks} 个滴答")
        }
        Cause::Waiting { next: None } => "没有领导者".to_owned(),
        Cause::NotCommitted {
            leader,
            index,
            copies,
            needed,
        } => {
            if copies.durable.len() >= *needed {
                return format!("第 {index} 条日志已在多数磁盘上落盘，只是 {leader} 还没得到消息");
            }
            let mut text = format!(
                "{leader} 是领导者，但第 {index} 条日志只在 {} 块磁盘上落盘，需要 {needed} 块",
                copies.durable.len()
            );
            if !copies.volatile.is_empty() {
                text += &format!("；{} 还没落盘", list(&copies.volatile, "、", ""));
            }
            if !copies.missing.is_empty() {
                text += &format!("；{} 没有它", list(&copies.missing, "、", ""));
            }
            text
        }
        Cause::TwoLeaders { newer, older } => format!(
            "{} 是任期 {} 的领导者；{} 还没听说，以为自己仍是任期 {} 的领导者",
            newer.0, newer.1, older.0, older.1
        ),
        Cause::Unanswered { text, node } => format!("{node} 上的“{text}”还没有答复"),
        Cause::Steady { leader, term } => {
            format!("{leader} 是任期 {term} 的领导者，日志全部已提交")
        }
    }
}

/// What a member was, and why.
pub(crate) fn role(language: Language, names: &impl Fn(Node) -> String, seen: RoleSeen) -> String {
    let role = match seen.role {
        Role::Follower => "follower",
        Role::PreCandidate => "pre-candidate",
        Role::Candidate => "candidate",
        Role::Leader => "leader",
    };
    let reason = match (language, seen.reason) {
        (_, RoleReason::Itself) => return role.to_owned(),
        (Language::English, RoleReason::Started) => "restarted".to_owned(),
        (Language::Chinese, RoleReason::Started) => "重启".to_owned(),
        (Language::English, RoleReason::Ordered) => "told to by the leader".to_owned(),
        (Language::Chinese, RoleReason::Ordered) => "被推选".to_owned(),
        (Language::English, RoleReason::Asked(by)) => format!("by {}'s MsgVote", names(by)),
        (Language::Chinese, RoleReason::Asked(by)) => format!("因 {} 的 MsgVote", names(by)),
        (Language::English, RoleReason::Refused(by)) => {
            format!("its pre-vote refused by {}", names(by))
        }
        (Language::Chinese, RoleReason::Refused(by)) => format!("预投票被 {} 拒绝", names(by)),
        (Language::English, RoleReason::Heard(by)) => format!("heard of it from {}", names(by)),
        (Language::Chinese, RoleReason::Heard(by)) => format!("从 {} 得知", names(by)),
        (Language::English, RoleReason::NoQuorum) => "heard no majority".to_owned(),
        (Language::Chinese, RoleReason::NoQuorum) => "听不到多数成员".to_owned(),
    };
    match language {
        Language::English => format!("{role} ({reason})"),
        Language::Chinese => format!("{role}（{reason}）"),
    }
}

/// How a line of the note stands, for those who do not see the sign.
pub(crate) fn verdict(language: Language, verdict: &Verdict) -> &'static str {
    match (language, verdict) {
        (Language::English, Verdict::Same(_)) => "said here, too",
        (Language::Chinese, Verdict::Same(_)) => "这里也说了",
        (Language::English, Verdict::OutOfOrder(_)) => "said here, but in another order",
        (Language::Chinese, Verdict::OutOfOrder(_)) => "这里也说了，但次序不同",
        (Language::English, Verdict::NotSaid) => "not said here, or not yet",
        (Language::Chinese, Verdict::NotSaid) => "这里没有说，或者还没说",
        (Language::English, Verdict::Differs) => "cannot be said here",
        (Language::Chinese, Verdict::Differs) => "这里不可能说",
    }
}

fn list(nodes: &[Node], between: &str, none: &str) -> String {
    if nodes.is_empty() {
        return none.to_owned();
    }
    let nodes: Vec<String> = nodes.iter().map(Node::to_string).collect();
    nodes.join(between)
}
