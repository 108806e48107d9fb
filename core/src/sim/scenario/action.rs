//! Words as actions: what `Display` of an action prints is read here, and a few shorter forms.

use super::names::Names;
use super::once::Once;
use super::operation::operation;
use super::units::{duration_us, per_mille, span_us};
use super::words::{Cursor, Read, Word, unknown};
use crate::sim::action::{Action, Node};
use crate::sim::fault::{DamagedFile, DiskCall, Fault, Keeps};
use crate::sim::operation::Operation;
use crate::sim::revision_choice::RevisionChoice;

/// A line's words as one action.
pub(super) fn action(cursor: &mut Cursor<'_>, names: &Names) -> Read<Action> {
    let verb = cursor.next("a step")?;
    let action = match verb.text.as_str() {
        "crash" => crash(cursor, names)?,
        "restart" | "start" => Action::Restart {
            node: names.next(cursor)?,
        },
        "isolate" => Action::Isolate {
            node: names.next(cursor)?,
        },
        "stop" => Action::Stop {
            node: names.next(cursor)?,
        },
        "heal" => Action::Heal,
        "cut" => cut(cursor, names)?,
        "get" | "delete" | "put" | "compact" => simple(verb, cursor, names)?,
        "propose" => propose(cursor, names)?,
        "transfer-leadership" => transfer(cursor, names)?,
        _ => match fault(verb, cursor, names)? {
            Some(fault) => Action::Fault(fault),
            None => {
                let operation = operation(verb, cursor, names)?
                    .ok_or_else(|| unknown(verb, "step", super::STEPS))?;
                let node = at(cursor, names)?;
                Action::Operation { node, operation }
            }
        },
    };
    cursor.end()?;
    Ok(action)
}

/// `at n1`.
fn at(cursor: &mut Cursor<'_>, names: &Names) -> Read<Node> {
    cursor.expect("at")?;
    names.next(cursor)
}

fn crash(cursor: &mut Cursor<'_>, names: &Names) -> Read<Action> {
    let node = names.next(cursor)?;
    let Some(word) = cursor.peek() else {
        return Ok(Action::Crash { node });
    };
    let keeps = match word.text.as_str() {
        "lose-by-chance" => Keeps::Chance,
        "lose-unsynced" => Keeps::Nothing,
        "lose-nothing" => Keeps::All,
        _ => {
            let known = &["lose-unsynced", "lose-nothing", "lose-by-chance"];
            return Err(unknown(word, "way to crash", known));
        }
    };
    cursor.next("")?;
    Ok(Action::Fault(Fault::CrashKeeping { node, keeps }))
}

/// `cut 1 2`, `cut 1->2`, `cut 1,2|3`.
fn cut(cursor: &mut Cursor<'_>, names: &Names) -> Read<Action> {
    let word = cursor.next("n1 n2, n1->n2, or n1,n2|n3")?;
    if let Some((from, to)) = word.text.split_once("->") {
        return Ok(Action::Fault(Fault::CutOneWay {
            from: names.node(word, from)?,
            to: names.node(word, to)?,
        }));
    }
    if word.text.contains(['|', ',']) {
        let groups = groups(word, names)?;
        return Ok(Action::Fault(Fault::Partition { groups }));
    }
    Ok(Action::Cut {
        from: names.node(word, &word.text)?,
        to: names.next(cursor)?,
    })
}

fn groups(word: &Word, names: &Names) -> Read<Vec<Vec<Node>>> {
    let groups = word.text.split('|');
    groups.map(|group| names.list(word, group)).collect()
}

fn simple(verb: &Word, cursor: &mut Cursor<'_>, names: &Names) -> Read<Action> {
    if verb.text == "put" {
        let (key, value) = pair(cursor)?;
        let lease = match cursor.peek().and_then(|word| Some((word, word.pair()?))) {
            Some((word, ("lease", lease))) => {
                cursor.next("")?;
                Some(integer(word, lease)?)
            }
            _ => None,
        };
        let node = at(cursor, names)?;
        return Ok(match lease {
            None => Action::Put { node, key, value },
            Some(lease) => Action::Operation {
                node,
                operation: Operation::PutWithLease { key, value, lease },
            },
        });
    }
    if verb.text == "compact" {
        let word = cursor.next("a revision")?;
        // As in rafttest, the member may come first: `compact 1 5`.
        if let Some(revision) = cursor.peek().filter(|next| next.text != "at") {
            cursor.next("")?;
            return Ok(Action::Compact {
                node: names.node(word, &word.text)?,
                revision: self::revision(revision, &revision.text)?,
            });
        }
        let revision = revision(word, &word.text)?;
        let node = at(cursor, names)?;
        return Ok(Action::Compact { node, revision });
    }
    let key = cursor.next("a key")?.text.clone();
    let node = at(cursor, names)?;
    Ok(match verb.text.as_str() {
        "get" => Action::Get { node, key },
        _ => Action::Delete { node, key },
    })
}

/// `propose 1 x=1`: rafttest's order of words for a put.
fn propose(cursor: &mut Cursor<'_>, names: &Names) -> Read<Action> {
    let node = names.next(cursor)?;
    let (key, value) = pair(cursor)?;
    Ok(Action::Put { node, key, value })
}

/// `transfer-leadership from=1 to=4`.
fn transfer(cursor: &mut Cursor<'_>, names: &Names) -> Read<Action> {
    let mut end = |name: &str| {
        let wanted = format!("{name}=n1");
        let word = cursor.next(&wanted)?;
        match word.pair() {
            Some((found, node)) if found == name => names.node(word, node),
            _ => Err(word.wrong(format!("\"{}\" is not {wanted}", word.text))),
        }
    };
    let node = end("from")?;
    let target = end("to")?;
    Ok(Action::Operation {
        node,
        operation: Operation::MoveLeader { target },
    })
}

fn fault(verb: &Word, cursor: &mut Cursor<'_>, names: &Names) -> Read<Option<Fault>> {
    let fault = match verb.text.as_str() {
        "partition" => match cursor.rest().first() {
            None => Fault::Partition { groups: Vec::new() },
            Some(word) => {
                cursor.next("")?;
                let groups = groups(word, names)?;
                Fault::Partition { groups }
            }
        },
        "latency" => {
            let (from, to) = (names.next(cursor)?, names.next(cursor)?);
            let word = cursor.next("a span of time: 8ms..24ms")?;
            let (min_us, max_us) = span_us(word, &word.text)?;
            Fault::Latency {
                from,
                to,
                min_us,
                max_us,
            }
        }
        "chance" => chance(cursor)?,
        "hold" | "release" => {
            let on = verb.text == "hold";
            let (from, to) = match cursor.peek() {
                None => (None, None),
                Some(_) => arrow(cursor, names)?,
            };
            Fault::Hold { from, to, on }
        }
        "deliver" => Fault::Deliver {
            message: message(cursor)?,
        },
        "drop" => Fault::Drop {
            message: message(cursor)?,
        },
        "duplicate" => Fault::Duplicate {
            message: message(cursor)?,
        },
        "keep" => Fault::Keep {
            message: message(cursor)?,
        },
        "mend" => Fault::Mend {
            from: names.next(cursor)?,
            to: names.next(cursor)?,
        },
        "retime" => {
            let message = message(cursor)?;
            let word = cursor.next("when it arrives, since the beginning: 1.5s")?;
            let arrives_at_us = duration_us(word, &word.text)?;
            Fault::Retime {
                message,
                arrives_at_us,
            }
        }
        "wait" => {
            let word = cursor.next("up to when, since the beginning: 1.5s")?;
            let until_us = duration_us(word, &word.text)?;
            Fault::Wait { until_us }
        }
        "end-faults" => Fault::EndFaults,
        "demand-liveness" => {
            let word = cursor.next("how long everything may take: 20s")?;
            let within_us = duration_us(word, &word.text)?;
            Fault::DemandLiveness { within_us }
        }
        _ => return fault_of_one_member(verb, cursor, names),
    };
    Ok(Some(fault))
}

fn fault_of_one_member(verb: &Word, cursor: &mut Cursor<'_>, names: &Names) -> Read<Option<Fault>> {
    let known = [
        "pause",
        "resume",
        "clock",
        "campaign",
        "slow-disk",
        "stall-disk",
        "unstall-disk",
        "fail-disk",
        "fill-disk",
        "free-disk",
        "flip-bit",
        "save-disk",
        "restore-disk",
        "wipe-disk",
        "tick-heartbeat",
    ];
    if !known.contains(&verb.text.as_str()) {
        return Ok(None);
    }
    let node = names.next(cursor)?;
    let fault = match verb.text.as_str() {
        "pause" => Fault::Pause { node },
        "resume" => Fault::Resume { node },
        "clock" => clock(node, cursor)?,
        "tick-heartbeat" => Fault::ClockStep { node, ticks: 1 },
        "campaign" => Fault::Campaign { node },
        "slow-disk" => {
            let word = cursor.next("how much longer it takes: 50ms")?;
            let extra_us = duration_us(word, &word.text)?;
            Fault::SlowDisk { node, extra_us }
        }
        "stall-disk" => Fault::StallDisk { node, on: true },
        "unstall-disk" => Fault::StallDisk { node, on: false },
        "fail-disk" => {
            let word = cursor.next("write or sync")?;
            let operation = match word.text.as_str() {
                "write" => DiskCall::Write,
                "sync" => DiskCall::Sync,
                _ => return Err(unknown(word, "disk call", &["write", "sync"])),
            };
            Fault::FailDisk { node, operation }
        }
        "fill-disk" => Fault::FillDisk { node, on: true },
        "free-disk" => Fault::FillDisk { node, on: false },
        "flip-bit" => {
            let word = cursor.next("log or snapshot")?;
            let file = match word.text.as_str() {
                "log" => DamagedFile::Log,
                "snapshot" => DamagedFile::Snapshot,
                _ => return Err(unknown(word, "kind of file", &["log", "snapshot"])),
            };
            Fault::FlipBit { node, file }
        }
        "save-disk" => Fault::SaveDisk { node },
        "restore-disk" => Fault::RestoreDisk { node },
        _ => Fault::WipeDisk { node },
    };
    Ok(Some(fault))
}

/// `+20%`, `-5%`, `+3ticks`.
fn clock(node: Node, cursor: &mut Cursor<'_>) -> Read<Fault> {
    let word = cursor.next("a rate (+20%) or a jump (+3ticks)")?;
    let wrong = || {
        word.wrong(format!(
            "\"{}\" is neither a rate nor a jump; write +20%, -5% or +3ticks",
            word.text
        ))
    };
    let digits = word.text.strip_suffix("ticks");
    if let Some(ticks) = digits.and_then(|digits| digits.strip_prefix('+')) {
        let ticks = ticks.parse().map_err(|_| wrong())?;
        return Ok(Fault::ClockStep { node, ticks });
    }
    let per_mille = if let Some(share) = word.text.strip_prefix('+') {
        per_mille(word, share)?.checked_add(1_000)
    } else if let Some(share) = word.text.strip_prefix('-') {
        1_000_u32.checked_sub(per_mille(word, share)?)
    } else {
        None
    };
    let per_mille = per_mille.ok_or_else(wrong)?;
    Ok(Fault::ClockRate { node, per_mille })
}

/// `loss=5% duplicate=1%`, either of them or both.
fn chance(cursor: &mut Cursor<'_>) -> Read<Fault> {
    let (mut loss_per_mille, mut duplicate_per_mille) = (0, 0);
    cursor.clone().next("loss=5% or duplicate=1%")?;
    let mut once = Once::default();
    while let Some(word) = cursor.peek() {
        if let Some((name, _)) = word.pair() {
            once.say(word, name)?;
        }
        match word.pair() {
            Some(("loss", share)) => loss_per_mille = per_mille(word, share)?,
            Some(("duplicate", share)) => duplicate_per_mille = per_mille(word, share)?,
            _ => return Err(unknown(word, "chance", &["loss=5%", "duplicate=1%"])),
        }
        cursor.next("")?;
    }
    Ok(Fault::Chance {
        loss_per_mille,
        duplicate_per_mille,
    })
}

/// `n1->n2`; `*` for all.
pub(super) fn arrow(cursor: &mut Cursor<'_>, names: &Names) -> Read<(Option<Node>, Option<Node>)> {
    let word = cursor.next("from whom to whom: n1->n2, n1->*, *->n2")?;
    let (from, to) = word.text.split_once("->").ok_or_else(|| {
        word.wrong(format!(
            "\"{}\" is no way between members; write n1->n2, n1->* or *->n2",
            word.text
        ))
    })?;
    Ok((names.anybody(word, from)?, names.anybody(word, to)?))
}

/// `#12`.
fn message(cursor: &mut Cursor<'_>) -> Read<u64> {
    let word = cursor.next("a message's number: #12")?;
    let digits = word.text.strip_prefix('#').unwrap_or(&word.text);
    digits.parse().map_err(|_| {
        word.wrong(format!(
            "\"{}\" is no message; write its number, #12, or its way, n1->n2",
            word.text
        ))
    })
}

/// `KEY=VALUE`.
pub(super) fn pair(cursor: &mut Cursor<'_>) -> Read<(String, String)> {
    let word = cursor.next("KEY=VALUE")?;
    let (key, value) = word
        .pair()
        .ok_or_else(|| word.wrong(format!("\"{}\" has no value; write KEY=VALUE", word.text)))?;
    Ok((key.to_owned(), value.to_owned()))
}

/// A revision: `5`, `newest`, `newest-3`.
pub(super) fn revision(word: &Word, text: &str) -> Read<RevisionChoice> {
    let wrong = |_| {
        word.wrong(format!(
            "\"{text}\" is no revision; write a number, or newest-3"
        ))
    };
    text.parse().map_err(wrong)
}

/// A whole number.
pub(super) fn integer<T: std::str::FromStr>(word: &Word, text: &str) -> Read<T> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().map_err(|_| match is_number {
        true => word.wrong(format!("{text} is too large a number here")),
        false => word.wrong(format!("\"{text}\" is no whole number")),
    })
}
