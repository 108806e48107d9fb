//! Words as operations of clients, without the member that is asked.

use super::action::{integer, pair, revision};
use super::names::Names;
use super::once::Once;
use super::txn::txn;
use super::words::{Cursor, Read, Word, unknown};
use crate::command::Alarm;
use crate::sim::operation::Operation;
use crate::sim::revision_choice::RevisionChoice;

/// The operation that a verb begins; nothing when it begins none.
pub(super) fn operation(
    verb: &Word,
    cursor: &mut Cursor<'_>,
    names: &Names,
) -> Read<Option<Operation>> {
    if let Some(operation) = lease_operation(verb, cursor)? {
        return Ok(Some(operation));
    }
    let operation = match verb.text.as_str() {
        "range" => {
            let range = range(cursor, true)?;
            Operation::Range {
                key: range.key,
                end: range.end,
                revision: range.revision,
                serializable: range.serializable,
            }
        }
        "watch" => {
            let range = range(cursor, false)?;
            Operation::Watch {
                key: range.key,
                end: range.end,
                revision: range.revision,
            }
        }
        "compare-and-swap" => compare_and_swap(cursor)?,
        "put-all" => {
            let mut pairs = Vec::new();
            while cursor.peek().is_some_and(|word| word.pair().is_some()) {
                pairs.push(pair(cursor)?);
            }
            Operation::PutAll { pairs }
        }
        "put-and-get-old" => put_and_get_old(cursor)?,
        "watch-cancel" => Operation::WatchCancel {
            operation: number(cursor, "the number of the operation that began the watch")?,
        },
        "watch-progress" => Operation::WatchProgress {
            operation: number(cursor, "the number of the operation that began the watch")?,
        },
        "watch-stall" | "watch-go-on" => Operation::WatchStall {
            operation: number(cursor, "the number of the operation that began the watch")?,
            on: verb.text == "watch-stall",
        },
        "alarm-list" => Operation::AlarmList,
        "alarm-raise" => Operation::AlarmRaise {
            alarm: alarm(cursor)?,
            target: names.next(cursor)?,
        },
        "alarm-disarm" => Operation::AlarmDisarm {
            alarm: alarm(cursor)?,
            target: names.next(cursor)?,
        },
        "defrag" => Operation::Defragment,
        "delete-range" => {
            let key = cursor.next("a key")?.text.clone();
            let end = match cursor.peek().and_then(|word| word.pair()) {
                Some(("end", end)) => {
                    cursor.next("")?;
                    end.to_owned()
                }
                _ => String::new(),
            };
            Operation::DeleteRange { key, end }
        }
        "txn" => txn(cursor)?,
        "lease-list" => Operation::LeaseList,
        "member-list" => Operation::MemberList,
        "status" => Operation::Status,
        _ => return of_members(verb, cursor, names),
    };
    Ok(Some(operation))
}

/// An alarm's name, as etcd has it.
pub(super) fn alarm(cursor: &mut Cursor<'_>) -> Read<Alarm> {
    let word = cursor.next("an alarm: NOSPACE or CORRUPT")?;
    Alarm::named(&word.text).ok_or_else(|| unknown(word, "alarm", &["NOSPACE", "CORRUPT"]))
}

/// What is asked of the cluster's members.
fn of_members(verb: &Word, cursor: &mut Cursor<'_>, names: &Names) -> Read<Option<Operation>> {
    Ok(Some(match verb.text.as_str() {
        "member-add" => Operation::MemberAdd {
            new: names.next(cursor)?,
            learner: cursor.take("learner"),
        },
        "member-remove" => Operation::MemberRemove {
            target: names.next(cursor)?,
        },
        "member-update" => {
            let target = names.next(cursor)?;
            let word = cursor.next("its new port: port=2390")?;
            let port = word.pair().filter(|(name, _)| *name == "port");
            let (_, port) = port.ok_or_else(|| unknown(word, "setting", &["port=2390"]))?;
            let port = integer(word, port)?;
            Operation::MemberUpdate { target, port }
        }
        "member-promote" => Operation::MemberPromote {
            target: names.next(cursor)?,
        },
        "move-leader" => Operation::MoveLeader {
            target: names.next(cursor)?,
        },
        _ => return Ok(None),
    }))
}

/// One of a lease alone.
fn lease_operation(verb: &Word, cursor: &mut Cursor<'_>) -> Read<Option<Operation>> {
    Ok(Some(match verb.text.as_str() {
        "lease-grant" => {
            let lease = number(cursor, "a lease's id; 0 lets the member choose")?;
            let word = cursor.next("how long it lives: ttl=10s")?;
            let ttl = word.pair().filter(|(name, _)| *name == "ttl");
            let seconds = ttl.and_then(|(_, ttl)| ttl.strip_suffix('s')?.parse().ok());
            let ttl_seconds = seconds.ok_or_else(|| {
                word.wrong(format!(
                    "\"{}\" is no time to live; write ttl=10s",
                    word.text
                ))
            })?;
            Operation::LeaseGrant { lease, ttl_seconds }
        }
        "lease-revoke" => Operation::LeaseRevoke {
            lease: number(cursor, "a lease's id")?,
        },
        "lease-keep-alive" => Operation::LeaseKeepAlive {
            lease: number(cursor, "a lease's id")?,
        },
        "lease-time-to-live" => Operation::LeaseTimeToLive {
            lease: number(cursor, "a lease's id")?,
        },
        _ => return Ok(None),
    }))
}

/// `KEY=VALUE revision=N`.
fn put_and_get_old(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let (key, value) = pair(cursor)?;
    let word = cursor.next("the revision to read at: revision=5")?;
    let Some(("revision", text)) = word.pair() else {
        return Err(unknown(word, "setting", &["revision=N"]));
    };
    Ok(Operation::PutAndGetOld {
        key,
        value,
        revision: revision(word, text)?,
    })
}

struct RangeWords {
    key: String,
    end: String,
    revision: RevisionChoice,
    serializable: bool,
}

/// `KEY [end=KEY] [revision=N] [serializable]`.
fn range(cursor: &mut Cursor<'_>, can_be_serializable: bool) -> Read<RangeWords> {
    let mut range = RangeWords {
        key: cursor.next("a key")?.text.clone(),
        end: String::new(),
        revision: RevisionChoice::DEFAULT,
        serializable: false,
    };
    let mut once = Once::default();
    while let Some(word) = cursor.peek().filter(|word| word.text != "at") {
        let name = word.pair().map_or(word.text.as_str(), |(name, _)| name);
        once.say(word, name)?;
        match word.pair() {
            Some(("end", end)) => range.end = end.to_owned(),
            Some(("revision", text)) => range.revision = revision(word, text)?,
            None if can_be_serializable && word.text == "serializable" => {
                range.serializable = true;
            }
            _ => {
                let known = &["end=KEY", "revision=N", "at", "serializable"];
                let known = &known[..if can_be_serializable { 4 } else { 3 }];
                return Err(unknown(word, "setting", known));
            }
        }
        cursor.next("")?;
    }
    Ok(range)
}

/// `KEY [expected=VALUE] value=VALUE`; without what is expected, the key should not exist.
fn compare_and_swap(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let key = cursor.next("a key")?.text.clone();
    let mut expected = None;
    let mut once = Once::default();
    loop {
        let word = cursor.next("value=VALUE")?;
        if let Some((name, _)) = word.pair() {
            once.say(word, name)?;
        }
        match word.pair() {
            Some(("expected", text)) => expected = Some(text.to_owned()),
            Some(("value", value)) => {
                return Ok(Operation::CompareAndSwap {
                    key,
                    expected,
                    value: value.to_owned(),
                });
            }
            _ => {
                return Err(unknown(word, "setting", &["expected=VALUE", "value=VALUE"]));
            }
        }
    }
}

fn number<T: std::str::FromStr>(cursor: &mut Cursor<'_>, wanted: &str) -> Read<T> {
    let word = cursor.next(wanted)?;
    integer(word, &word.text)
}
