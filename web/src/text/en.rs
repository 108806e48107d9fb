//! English.

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
    title: "Quorate: a cluster you can stop, step and break",
    members: "members",
    seed: "seed",
    new_seed: "new seed",
    trace_hash: "trace",
    trace_hash_title: "The hash of all that has happened: the same seed and actions give the \
                       same one in the native program",
    switch_language: "中文",
    theme_auto: "Theme: as the system",
    theme_light: "Theme: light",
    theme_dark: "Theme: dark",
    help: "Help",
    close: "Close",

    stage: "The cluster",
    nothing_yet: "Nothing has happened yet. Press “step” to see the first thing that does.",
    roles: RoleWords {
        follower: "follower",
        pre_candidate: "pre-candidate",
        candidate: "candidate",
        leader: "leader",
        down: "down",
    },
    standings: StandingWords {
        learner: "learner, no vote",
        removed: "removed",
        stranger: "not a member",
    },
    term: "term",
    voted_for: "voted for",
    hears: "hears",
    votes: "votes",
    of: "of",
    lost_cut: "lost: link cut",
    lost_chance: "lost on the way",
    lost_down: "lost: receiver down",
    lost_dropped: "lost: dropped by hand",
    lost_not_connected: "lost: not connected",

    logs: "Logs",
    index: "index",
    next: "next",
    no_entries: "No entries yet: the first is written by the first leader.",
    in_memory: "in memory",
    written: "written",
    synced: "synced",
    committed: "committed",
    not_committed: "not committed",
    applied: "applied",
    snapshot: "snapshot",
    earlier: "earlier entries",
    legend_commit: "committed",
    legend_notch: "as far as this member knows",

    member: "Member",
    role: "role",
    vote: "vote",
    leader_known: "leader it knows",
    timer: "election timer",
    ticks: "ticks",
    commit: "commit",
    log: "log",
    revision: "revision",
    keys: "keys",
    nobody: "nobody",
    none: "none",
    progress: "What it knows of the others",
    matched: "match",
    in_flight: "in flight",
    state: "sends",
    probe: "one by one",
    replicate: "ahead",
    heard: "heard",
    silent: "silent",
    bytes: "bytes",
    is_down: "It is down. What was in its memory is gone; what was synced is on its disk.",

    trace_empty: "The last event left no line.",

    clients: "Client",
    key: "key",
    value: "value",
    at: "at",
    put: "put",
    get: "get",
    operations: "Operations",
    no_operations: "None yet. Any member can be asked; it need not be the leader.",
    waiting: "waiting",
    done: "OK",
    failed: "failed",
    unknown: "unknown",

    faults: "Faults",
    crash: "crash",
    restart: "restart",
    isolate: "isolate",
    heal: "heal all links",

    to_start: "To the start",
    step_back: "Step back",
    step: "step",
    play: "Play",
    pause: "Pause",
    speed: "Speed",
    every_event: "every event",
    every_event_title: "Off: a step passes over what only moves a timer or carries a heartbeat",
    jump_back: "Previous election, commit, snapshot or fault",
    jump_forward: "Next election, commit, snapshot or fault",
    scrub: "Time",
    event: "event",
    undo: "Undo",
    dismiss: "Dismiss",
    help_paragraphs: &[
        "This is a whole cluster in your browser. Its members run the very code of the server; \
         clock, network and disks are made up, so that you can stop them.",
        "Every step is one thing that happened: a message arrived, a disk synced, a clock ticked. \
         Step back, and the cluster is again what it was. What you do in the past begins another \
         branch; the future that was is kept, to be gone back to or shown beside it.",
        "Everything has a menu: right-click it, press it long, or press m. Drag a message along its \
         link to retime it, a link to bend it, a member to move it; draw a line across the empty \
         stage to cut the links that it crosses (with Alt: one way).",
        "The address holds seed, actions and place: send it, and somebody else sees the same.",
        "While it plays, time hurries when nothing moves and slows down when something does.",
    ],
    keys_head: "Keys",
    keys_table: &[
        ("space", "step"),
        ("shift + space", "play, pause"),
        ("← →", "one step back, forward"),
        ("shift + ← →", "previous, next turn of the story"),
        ("Home End", "first, last event seen"),
        ("1 – 7", "select a member"),
        ("Tab", "through a member’s messages, as they will arrive"),
        ("m", "the menu of what is selected; M: of the stage"),
        (
            "⏎ d h u s",
            "deliver, drop, hold or let go, duplicate, swap",
        ),
        (", .", "a message: sooner, later"),
        ("l x", "the member’s next link; cut or mend it"),
        ("[ ]", "a link: quicker, slower; a clock: slower, faster"),
        ("k i t", "a member: crash or restart, isolate, time out now"),
        ("v y", "a member: stand still, hold its fsyncs"),
        ("p P", "partition; heal all links"),
        ("g", "move a member with the arrow keys"),
        ("e", "into the logs, then the arrow keys"),
        ("o", "look inside a member"),
        ("w r", "put, get at it"),
        ("f", "fork here"),
        ("z", "undo"),
        ("`", "the terminal"),
        ("?", "this help"),
    ],
};

/// What a notice says.
pub(super) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::BadLink(error) => link_error(error),
        Notice::Forked { at, left, ahead } if *ahead > 0 => format!(
            "You acted in the past, after event {at}. The {ahead} events that had followed are \
             kept as branch {left}."
        ),
        Notice::Forked { at, left, .. } => format!(
            "A new branch begins after event {at}. The one you were in is kept as branch {left}."
        ),
        Notice::NoTurn { turn, ahead: true } => {
            format!("No {} in what could be looked ahead.", turn_name(*turn))
        }
        Notice::NoTurn { turn, .. } => format!("No {} before this event.", turn_name(*turn)),
        Notice::NeverSo => "This entry does not come to be so safe in all that was looked at: it \
             may have been replaced, or nobody went on."
            .to_owned(),
        Notice::Nothing => "There is nothing to do here that would change anything.".to_owned(),
        Notice::Quiet { events } => format!(
            "Nothing but ticks and heartbeats in the next {events} events. Ask the cluster \
             something, or break something."
        ),
        Notice::Over => "Nothing more can happen: every member is down. Restart one.".to_owned(),
        Notice::Scenario(error) => error.clone(),
        Notice::Violated(violation) => format!("◆ {violation}"),
        Notice::TooLong => format!(
            "A run ends here after {MOST_EVENTS} events. Choose a new seed, or go back and do \
             something else."
        ),
    }
}

fn turn_name(turn: Turn) -> &'static str {
    match turn {
        Turn::Election => "election",
        Turn::Commit => "commit",
        Turn::Snapshot => "snapshot",
        Turn::Fault => "fault",
        Turn::Violation => "violation",
    }
}

/// What is wrong with a link, and what would be right.
pub(super) fn link_error(error: &LinkError) -> String {
    let wanted = match error.wanted {
        Wanted::Members => "it is a number from 1 to 7".to_owned(),
        Wanted::World => {
            "they are a world's settings as a scenario says them, as in members=5 seed=7".to_owned()
        }
        Wanted::Seed => format!("it is a whole number from 0 to {}", u64::MAX),
        Wanted::Event => format!("it is a whole number from 0 to {MOST_EVENTS}"),
        Wanted::Action => "an action is its event, what is done, and the member, as in \
                           12:crash:1, 30:restart:1, 40:put:2:key:value, 50:get:3:key, \
                           60:isolate:1 or 70:heal"
            .to_owned(),
        Wanted::Order => "actions stand in the order of their events, one behind each".to_owned(),
        Wanted::Parameter => "it can be members, seed, at or do".to_owned(),
        Wanted::Whole => {
            return "The link is damaged: its end is missing, or one of its letters is another. \
                    What could be read of it is shown."
                .to_owned();
        }
        Wanted::Version => {
            return "The link was made by a newer version of this page, which this one cannot \
                    read. The page starts from the beginning instead."
                .to_owned();
        }
    };
    let LinkError { name, value, .. } = error;
    format!(
        "The link says {name}={value}, which cannot be used: {wanted}. What could be read of the \
         link is shown."
    )
}
