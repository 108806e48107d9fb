//! Sentences about a run, in both languages: why it stands as it stands, who was what, and how a
//! note's line compares.

use quorate_core::member::Role;
use quorate_core::sim::Node;
use quorate_lessons::{Cause, RoleReason, RoleSeen, Verdict};

use crate::text::Language;

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
        Cause::TooFewConnected { group, needed } => match group[..] {
            [one] => format!("{one} reaches nobody, and {needed} are needed"),
            _ => format!(
                "only {} reach one another, and {needed} are needed",
                list(group, ", ", "none")
            ),
        },
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
            for (nodes, one, more) in [
                (&copies.missing, "lacks it", "lack it"),
                (&copies.down, "is down", "are down"),
            ] {
                if !nodes.is_empty() {
                    let verb = if nodes.len() == 1 { one } else { more };
                    text += &format!("; {} {verb}", list(nodes, ", ", ""));
                }
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
        Cause::TooFewConnected { group, needed } => match group[..] {
            [one] => format!("{one} 联系不上任何成员，需要 {needed} 个"),
            _ => format!(
                "能互相联系的只有 {}，需要 {needed} 个",
                list(group, "、", "无")
            ),
        },
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
            for (nodes, verb) in [(&copies.missing, "没有它"), (&copies.down, "停机")] {
                if !nodes.is_empty() {
                    text += &format!("；{} {verb}", list(nodes, "、", ""));
                }
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
        (Language::English, Verdict::Differs) => "differs here",
        (Language::Chinese, Verdict::Differs) => "这里不同",
    }
}

fn list(nodes: &[Node], between: &str, none: &str) -> String {
    if nodes.is_empty() {
        return none.to_owned();
    }
    let nodes: Vec<String> = nodes.iter().map(Node::to_string).collect();
    nodes.join(between)
}

#[cfg(test)]
mod tests {
    use quorate_lessons::Copies;

    use super::*;

    fn told(what: &Cause) -> [String; 2] {
        [Language::English, Language::Chinese].map(|language| cause(language, what))
    }

    #[test]
    fn one_that_reaches_nobody_is_told_otherwise_than_some_who_reach_one_another() {
        let connected = |group: &[u32]| Cause::TooFewConnected {
            group: group.iter().copied().map(Node).collect(),
            needed: 3,
        };
        assert_eq!(
            told(&connected(&[1])),
            [
                "n1 reaches nobody, and 3 are needed",
                "n1 联系不上任何成员，需要 3 个"
            ]
        );
        assert_eq!(
            told(&connected(&[1, 2])),
            [
                "only n1, n2 reach one another, and 3 are needed",
                "能互相联系的只有 n1、n2，需要 3 个"
            ]
        );
    }

    #[test]
    fn who_lacks_an_entry_and_who_is_down_are_told_apart() {
        let copies = Copies {
            durable: vec![Node(1)],
            volatile: Vec::new(),
            missing: vec![Node(2)],
            down: vec![Node(3), Node(4)],
        };
        let cause = Cause::NotCommitted {
            leader: Node(1),
            index: 7,
            copies,
            needed: 3,
        };
        let [english, chinese] = told(&cause);
        assert!(
            english.ends_with("; n2 lacks it; n3, n4 are down"),
            "{english}"
        );
        assert!(chinese.ends_with("；n2 没有它；n3、n4 停机"), "{chinese}");
    }
}
