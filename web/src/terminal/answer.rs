//! Answers as etcdctl prints them.

use std::fmt::Write as _;

use quorate_core::command::{
    Command, KeyValue, LeaseTimeToLiveReply, MemberInfo, RangeReply, Reply, ReplyHeader,
    ResponseOp, StatusReply, TxnReply, WatchEventKind, WatchResponse,
};
use quorate_core::id::{ClusterId, MemberId};
use quorate_core::sim::Node;
use quorate_core::version::ServerVersion;

use super::lease_of;

/// How an answer is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    Plain,
    /// What of a range.
    Range(RangeShow),
    /// What there was before, beneath the answer: of a transaction that read it first.
    Before,
    /// A lease's keys too.
    WithKeys,
    /// With lines round it.
    Table,
}

/// What of a range is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RangeShow {
    pub(crate) part: RangePart,
    /// The client takes so many keys; 0 for all.
    pub(crate) limit: usize,
}

/// What of each key is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RangePart {
    KeysAndValues,
    KeysOnly,
    ValuesOnly,
    /// All fields by their names; values or not.
    Fields {
        values: bool,
    },
    /// How many there are, and no key.
    Count,
}

impl RangeShow {
    const ALL: RangeShow = RangeShow {
        part: RangePart::KeysAndValues,
        limit: 0,
    };
}

/// Whose answer it is.
pub(super) struct Answered<'a> {
    pub(super) node: Node,
    pub(super) command: &'a Command,
    pub(super) header: &'a ReplyHeader,
    pub(super) reply: &'a Reply,
}

/// An answer; no newline ends it.
pub(super) fn printed(answered: &Answered<'_>, show: Show) -> String {
    let cluster = answered.header.cluster;
    match answered.reply {
        Reply::Put(_) => "OK".to_owned(),
        Reply::Range(reply) => match show {
            Show::Range(show) => range(reply, answered.header, show),
            _ => range(reply, answered.header, RangeShow::ALL),
        },
        Reply::DeleteRange(reply) => reply.deleted.to_string(),
        Reply::Txn(reply) if show == Show::Before => with_before(reply),
        Reply::Txn(reply) => txn(reply, answered.header),
        Reply::Compact => match answered.command {
            Command::Compact(compact) => format!("compacted revision {}", compact.revision),
            _ => String::new(),
        },
        Reply::LeaseGrant(reply) => {
            let (id, ttl) = (reply.id.0, reply.ttl_seconds);
            format!("lease {id:016x} granted with TTL({ttl}s)")
        }
        Reply::LeaseRevoke => format!("lease {:016x} revoked", lease_of(answered.command)),
        Reply::LeaseKeepAlive(reply) => {
            let (id, ttl) = (lease_of(answered.command), reply.ttl_seconds);
            match ttl {
                ..=0 => format!("lease {id:016x} expired or revoked."),
                ttl => format!("lease {id:016x} keepalived with TTL({ttl})"),
            }
        }
        Reply::LeaseTimeToLive(reply) => time_to_live(lease_of(answered.command), reply, show),
        Reply::LeaseList(leases) => {
            let mut text = format!("found {} leases", leases.len());
            for lease in leases {
                let _ = write!(text, "\n{:016x}", lease.0);
            }
            text
        }
        Reply::MemberList(reply) => members(&reply.members, show),
        Reply::MemberAdd(reply) => added(&reply.member, &reply.members, cluster),
        Reply::MemberRemove(_) => {
            format!(
                "Member {} removed from cluster {cluster}",
                target(answered.command)
            )
        }
        Reply::MemberPromote(_) => {
            format!(
                "Member {} promoted in cluster {cluster}",
                target(answered.command)
            )
        }
        Reply::MemberUpdate(_) => {
            format!(
                "Member {} updated in cluster {cluster}",
                target(answered.command)
            )
        }
        Reply::MoveLeader => {
            let from = answered.header.member;
            format!(
                "Leadership transferred from {from} to {}",
                target(answered.command)
            )
        }
        Reply::Status(reply) => status(answered.node, answered.header.member, reply, show),
        Reply::AlarmList(alarms) => {
            let lines: Vec<String> = alarms.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
        Reply::Defragment => format!("Finished defragmenting etcd member[{}]", answered.node),
        _ => "OK".to_owned(),
    }
}

/// What a watch has been told.
pub(super) fn watched(responses: &[&WatchResponse]) -> String {
    let mut text = String::new();
    for response in responses {
        for event in &response.events {
            let kind = match event.kind {
                WatchEventKind::Put => "PUT",
                WatchEventKind::Delete => "DELETE",
            };
            let _ = writeln!(text, "{kind}\n{}", key_value(&event.key_value));
        }
        if response.canceled {
            let _ = writeln!(text, "watch was canceled ({})", response.cancel_reason);
        }
    }
    text.trim_end_matches('\n').to_owned()
}

fn range(reply: &RangeReply, header: &ReplyHeader, show: RangeShow) -> String {
    let all = &reply.key_values;
    let shown = match show.limit {
        0 => all,
        limit => &all[..limit.min(all.len())],
    };
    let lines = shown.iter().map(|found| match show.part {
        RangePart::KeysOnly => format!("{}\n", text_of(&found.key)),
        RangePart::ValuesOnly => text_of(&found.value),
        RangePart::KeysAndValues => key_value(found),
        RangePart::Fields { values } => fields(found, values),
        RangePart::Count => String::new(),
    });
    match show.part {
        RangePart::Count => framed(header, &[], false, reply.count),
        RangePart::Fields { .. } => {
            let is_cut = reply.more || shown.len() < all.len();
            framed(header, &lines.collect::<Vec<_>>(), is_cut, reply.count)
        }
        _ => lines.collect::<Vec<_>>().join("\n"),
    }
}

/// An answer by its fields.
fn framed(header: &ReplyHeader, lines: &[String], more: bool, count: i64) -> String {
    let (cluster, member) = (header.cluster.0, header.member.0);
    let mut text = format!("\"ClusterID\" : {cluster}\n\"MemberID\" : {member}\n");
    let _ = writeln!(
        text,
        "\"Revision\" : {}\n\"RaftTerm\" : {}",
        header.revision, header.term
    );
    for line in lines {
        text += line;
    }
    let _ = write!(text, "\"More\" : {more}\n\"Count\" : {count}");
    text
}

fn fields(found: &KeyValue, values: bool) -> String {
    let value = if values {
        text_of(&found.value)
    } else {
        String::new()
    };
    format!(
        "\"Key\" : {:?}\n\"CreateRevision\" : {}\n\"ModRevision\" : {}\n\"Version\" : {}\n\
         \"Value\" : {value:?}\n\"Lease\" : {}\n",
        text_of(&found.key),
        found.create_revision,
        found.mod_revision,
        found.version,
        found.lease.0
    )
}

/// A write by a transaction that read what it would change: the answer of the write, then that.
fn with_before(reply: &TxnReply) -> String {
    let mut lines = Vec::new();
    for response in reply.responses.iter().rev() {
        match response {
            ResponseOp::Put(_) => lines.push("OK".to_owned()),
            ResponseOp::DeleteRange(reply) => lines.push(reply.deleted.to_string()),
            ResponseOp::Range(reply) => lines.extend(reply.key_values.iter().map(key_value)),
            ResponseOp::Txn(_) => {}
        }
    }
    lines.join("\n")
}

fn key_value(found: &KeyValue) -> String {
    format!("{}\n{}", text_of(&found.key), text_of(&found.value))
}

fn txn(reply: &TxnReply, header: &ReplyHeader) -> String {
    let mut parts = vec![
        if reply.succeeded {
            "SUCCESS"
        } else {
            "FAILURE"
        }
        .to_owned(),
    ];
    parts.extend(reply.responses.iter().map(|response| match response {
        ResponseOp::Range(reply) => range(reply, header, RangeShow::ALL),
        ResponseOp::Put(_) => "OK".to_owned(),
        ResponseOp::DeleteRange(reply) => reply.deleted.to_string(),
        ResponseOp::Txn(reply) => txn(reply, header),
    }));
    parts.join("\n\n")
}

fn time_to_live(id: i64, reply: &LeaseTimeToLiveReply, show: Show) -> String {
    let (granted, left) = (reply.granted_ttl_seconds, reply.ttl_seconds);
    if granted == 0 && left == -1 {
        return format!("lease {id:016x} already expired");
    }
    let mut text = format!("lease {id:016x} granted with TTL({granted}s), remaining({left}s)");
    if show == Show::WithKeys {
        let keys: Vec<String> = reply.keys.iter().map(|key| text_of(key)).collect();
        let _ = write!(text, ", attached keys([{}])", keys.join(" "));
    }
    text
}

fn members(members: &[MemberInfo], show: Show) -> String {
    let rows = members.iter().map(|member| {
        let started = if member.name.is_empty() {
            "unstarted"
        } else {
            "started"
        };
        vec![
            member.id.to_string(),
            started.to_owned(),
            member.name.clone(),
            member.peer_urls.join(","),
            member.client_urls.join(","),
            member.is_learner.to_string(),
        ]
    });
    let heads = [
        "ID",
        "STATUS",
        "NAME",
        "PEER ADDRS",
        "CLIENT ADDRS",
        "IS LEARNER",
    ];
    lines(&heads, rows.collect(), show)
}

fn added(member: &MemberInfo, members: &[MemberInfo], cluster: ClusterId) -> String {
    let kind = if member.is_learner {
        " as learner "
    } else {
        " "
    };
    let urls = members.iter().flat_map(|other| {
        let urls = other.peer_urls.iter();
        urls.map(|url| format!("{}={url}", other.name))
    });
    let urls: Vec<String> = urls.collect();
    format!(
        "Member {} added{kind}to cluster {cluster}\n\nETCD_NAME=\"{}\"\n\
         ETCD_INITIAL_CLUSTER=\"{}\"\nETCD_INITIAL_ADVERTISE_PEER_URLS=\"{}\"\n\
         ETCD_INITIAL_CLUSTER_STATE=\"existing\"",
        member.id,
        member.name,
        urls.join(","),
        member.peer_urls.join(","),
    )
}

fn status(node: Node, member: MemberId, reply: &StatusReply, show: Show) -> String {
    let size = |bytes: i64| humanized(u64::try_from(bytes).unwrap_or(0));
    let row = vec![
        node.to_string(),
        member.to_string(),
        ServerVersion::CLAIMED.to_string(),
        size(reply.store_size_bytes),
        size(reply.store_size_in_use_bytes),
        (reply.leader == member).to_string(),
        reply.is_learner.to_string(),
        reply.term.to_string(),
        reply.committed.to_string(),
        reply.applied.to_string(),
        reply.errors.join(", "),
    ];
    let heads = [
        "ENDPOINT",
        "ID",
        "VERSION",
        "DB SIZE",
        "IN USE",
        "IS LEADER",
        "IS LEARNER",
        "RAFT TERM",
        "RAFT INDEX",
        "RAFT APPLIED INDEX",
        "ERRORS",
    ];
    lines(&heads, vec![row], show)
}

/// Rows, with commas or as a table.
fn lines(heads: &[&str], rows: Vec<Vec<String>>, show: Show) -> String {
    if show != Show::Table {
        let lines: Vec<String> = rows.iter().map(|row| row.join(", ")).collect();
        return lines.join("\n");
    }
    let widths: Vec<usize> = heads
        .iter()
        .enumerate()
        .map(|(column, head)| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0).max(head.len())
        })
        .collect();
    let rule: String = widths
        .iter()
        .map(|width| format!("+{}", "-".repeat(width + 2)))
        .collect();
    let rule = format!("{rule}+\n");
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let line: String = cells.map(|cell| format!("| {cell} ")).collect();
        format!("{line}|\n")
    };
    // As etcdctl's tables are: heads in the middle, what is below them to the right.
    let mut heads = heads.iter().zip(&widths).map(|(head, width)| {
        let left = (width - head.len()) / 2;
        format!("{:left$}{head:<rest$}", "", rest = width - left)
    });
    let mut text = rule.clone() + &line(&mut heads) + &rule;
    for row in &rows {
        let cells = row.iter().zip(&widths);
        text += &line(&mut cells.map(|(cell, width)| format!("{cell:>width$}")));
    }
    text += &rule;
    text.trim_end().to_owned()
}

/// Which member a command is about.
fn target(command: &Command) -> MemberId {
    match command {
        Command::MemberRemove(member)
        | Command::MemberPromote(member)
        | Command::MoveLeader(member) => *member,
        Command::MemberUpdate(update) => update.id,
        _ => MemberId::NONE,
    }
}

/// As etcdctl prints bytes: as they are. What is no text has a sign in its place.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Powers of a thousand, one digit behind the point below ten: `20 kB`, `1.5 MB`.
fn humanized(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB"];
    let mut tenths = bytes * 10;
    let mut unit = 0;
    while unit + 1 < units.len() && tenths >= 10_000 {
        tenths = (tenths + 500) / 1_000;
        unit += 1;
    }
    match (tenths, unit) {
        (_, 0) => format!("{bytes} B"),
        // What lies in the middle goes to the even number, as Go prints it.
        (100.., _) => {
            let (whole, rest) = (tenths / 10, tenths % 10);
            let up = rest > 5 || (rest == 5 && whole % 2 == 1);
            format!("{} {}", whole + u64::from(up), units[unit])
        }
        _ => format!("{}.{} {}", tenths / 10, tenths % 10, units[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_as_etcdctl_shows_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (20_480, "20 kB"),
            (1_500_000, "1.5 MB"),
        ] {
            assert_eq!(humanized(bytes), text);
        }
    }

    #[test]
    fn a_table_has_lines_round_it() {
        let rows = vec![vec!["n1".to_owned(), "true".to_owned()]];
        assert_eq!(
            lines(&["ID", "LEADER"], rows, Show::Table),
            "+----+--------+\n| ID | LEADER |\n+----+--------+\n| n1 |   true |\n+----+--------+"
        );
    }
}
