//! Words of etcd-io/raft's `rafttest` that mean nothing here, and what to write instead.

/// What to write instead of a word.
pub(super) fn advice(word: &str) -> Option<&'static str> {
    Some(match word {
        "process-ready" | "process-append-thread" => {
            "a member's disk and messages go on by themselves; write `stall-disk n1` and \
             `unstall-disk n1`, or `hold n1->n2`"
        }
        "process-apply-thread" => "entries are applied as soon as they are committed; leave it out",
        "send-snapshot" => {
            "a leader sends its snapshot when its log is compacted; write `world \
             snapshot-count=5 catch-up=0` and let the follower miss entries"
        }
        "propose-conf-change" => {
            "write `member-add n4 at n1`, `member-remove n3 at n1` or `member-promote n4 at n1`"
        }
        "set-randomized-election-timeout" => "timeouts come from the seed; write `campaign n1`",
        "log-level" => "write `quietly` before a step whose trace should not be shown",
        "report-unreachable" => "a member hears it from its network; write `cut n1 n2`",
        "forget-leader" => "etcd never does that; write `isolate n1` and let its timer run out",
        "raft-state" => "write `members`",
        "raft-log" => "write `log n1`",
        "status" => "write `progress n1`",
        _ => return None,
    })
}
