//! English: the closer looks and the tools.

use quorate_core::sim::Node;

use crate::terminal::Complaint;
use crate::text::ToolWords;

pub(in crate::text) static WORDS: ToolWords = ToolWords {
    segments: "Log: segments",
    snapshots: "Snapshots",
    other_files: "Other files",
    no_files: "There is nothing on its disk.",
    no_snapshots: "None yet: one is taken when enough entries have been applied.",
    bytes: "bytes",
    not_synced: "bytes not synced",
    checksum_good: "CRC good",
    checksum_bad: "CRC bad",
    record_head: "head",
    record_state: "state",
    record_marker: "snapshot",
    record_torn: "torn end",
    record_corrupt: "corrupt",
    voted_for: "vote",
    only_in_memory: "In memory alone, in no file yet:",
    at_revision: "revision",
    chunk: "chunk",

    revision: "revision",
    key: "key",
    keys: "keys",
    no_keys: "The store is empty: its first revision is 1.",
    compacted_at: "compacted at",
    deleted: "deleted",
    watches: "Watches",
    no_watches: "Nobody watches at this member.",
    has_heard_all: "has heard everything",
    behind: "behind",
    next: "next",
    lease: "lease",
    leases: "Leases",
    no_leases: "None.",
    not_counted: "counted by the leader;",

    event: "Event",
    lost: "lost",

    clients_lane: "clients",
    linearizable: "linearizable so far: one order of all operations explains every answer",
    unacknowledged: "unanswered writes in it",
    undecided: "not decided: the search for an order was given up",

    terminal: "Terminal",
    terminal_title: "Terminal (etcdctl's commands)",
    terminal_lines: "What was typed and answered",
    terminal_hint: "etcdctl's commands, asked of the selected member. help lists them; the arrow \
                    keys bring lines back; Ctrl-C ends a watch or a keep-alive.",
    command_line: "Command",
    runs_on: "run until answered",
    runs_on_title: "Off: a command is only sent, and you step to its answer",
    waits: "… waits for an answer: step on",
    not_yet: "(not asked yet at this moment, or in another branch)",
    commands: &[
        "put a key",
        "get a key or a range, at a revision",
        "delete",
        "compare, then do one of two lists; typed line by line, an empty line ends each part",
        "hear of changes, from a revision on",
        "make a lease",
        "end it",
        "how long it lives",
        "keep it alive until Ctrl-C; --once for once",
        "all leases",
        "forget history up to a revision",
        "who is in the cluster",
        "add a machine: it is off until you restart it",
        "give a learner its vote",
        "remove a member, by name or id",
        "hand leadership on",
        "how a member is",
        "what is wrong with whom",
        "give free space back",
        "this list; a clean screen; the version",
    ],

    share: "Share",
    share_title: "Link to this moment, scenario, files",
    copy_link: "Copy the link",
    copied: "Copied",
    scenario: "Scenario",
    scenario_hint: "A scenario says what is done to a world and what is expected of it, one step a \
                    line. The same file runs by `quorate replay FILE`.",
    run: "Run it",
    this_run: "Take this run",
    save_file: "Save as a file",
    open_file: "Open a file…",
    ran: "It has run: the page stands at its end.",

    outlook_ask: "When did it become inevitable?",
    outlook_title: "Goes on from moments of this run with other seeds, in the background, and \
                    shows who leads at its end how often",
    outlook_looks: "looking at futures:",
    outlook_open: "With other chance, others might have led until the very end.",
};

pub(in crate::text) fn complaint(complaint: &Complaint) -> String {
    match complaint {
        Complaint::Quotes => "these quotes do not end: close them".to_owned(),
        Complaint::Unknown {
            word,
            near: Some(near),
        } => format!("unknown command \"{word}\"; did you mean \"{near}\"? help lists all"),
        Complaint::Unknown { word, near: None } => {
            format!("unknown command \"{word}\"; help lists those there are")
        }
        Complaint::NotHere(word) => format!(
            "\"{word}\" is etcdctl's, and quoratectl has it on a real cluster; on this page there \
             are the commands that help lists"
        ),
        Complaint::Usage(usage) => format!("it is written: {usage}"),
        Complaint::Flag { flag, usage } => {
            format!("there is no flag {flag} here; it is written: {usage}")
        }
        Complaint::Number { text, of } => format!("\"{text}\" is no whole number: {of} is one"),
        Complaint::Member(text) => {
            format!("no member is called \"{text}\"; write n1, or an id of member list")
        }
        Complaint::Lease(text) => {
            format!("\"{text}\" is no lease's id; it is hexadecimal, as lease grant prints it")
        }
        Complaint::Condition(line) => format!(
            "malformed comparison: {line}; write value(\"x\") = \"1\", or version, create, mod or \
             lease; with =, !=, < or >"
        ),
        Complaint::Request(line) => {
            format!("invalid txn request: {line}; write put KEY VALUE, get KEY or del KEY")
        }
        Complaint::Both(one, other) => format!("{one} and {other} exclude one another"),
        Complaint::Format(text) => {
            format!("no output format \"{text}\"; this terminal writes simple and table")
        }
        Complaint::NewName { text, next } => format!(
            "the next machine of this world is called {next}, not \"{text}\"; its peer URL is given"
        ),
        Complaint::Refused(reason) => format!("Error: {reason}"),
        Complaint::NothingRuns => "nothing runs: Ctrl-C ends a watch or a keep-alive".to_owned(),
    }
}

pub(in crate::text) fn inevitable(event: u64, leader: Option<Node>) -> String {
    match leader {
        Some(leader) => {
            format!("From event {event} on, {leader} led at the end whatever chance drew.")
        }
        None => format!("From event {event} on, nobody led at the end whatever chance drew."),
    }
}
