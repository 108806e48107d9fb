//! The little language of the stories: one command a line, its answer as text.
//!
//! ```text
//! put KEY VALUE [prev] [ignore-value] [lease N]
//! get RANGE [rev N] [limit N] [sort TARGET [descend]] [keys-only] [count-only] [min-mod N] …
//! del RANGE [prev]
//! txn [ COMPARE ; … ] [ OPERATION ; … ] [ OPERATION ; … ]     COMPARE: version RANGE = 1
//! compact N · step N · pin NAME · unpin NAME · hash [N] · size · reload [NAME]
//! watch RANGE [rev N] [id N] [prev] [no-put] [no-delete] · cancel ID · progress · taken N
//! ```
//! After each command the watches say what they hear. RANGE is `a`, `a..c` or `a..`; a VALUE of `''` is empty.

use std::collections::BTreeMap;
use std::fmt::Write;

use bytes::Bytes;
use quorate_core::command::{
    Command, Compact, Compare, CompareOutcome, CompareTarget, DeleteRange, HashKv, KeyValue, Put,
    Range, Reply, RequestOp, ResponseOp, SortOrder, SortTarget, Txn,
};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, Revision};
use quorate_core::mvcc::{Defragmentation, Limits, Pin, Store, Watches, validate};

use super::checkpoint::reload;
use super::script_watch;

/// A store and the pins that a story has taken.
pub(super) struct Session {
    store: Store,
    pins: BTreeMap<String, Pin>,
    watches: Watches,
}

impl Session {
    pub(super) fn new() -> Self {
        let store = Store::new();
        Self {
            watches: Watches::new(&store, 10),
            store,
            pins: BTreeMap::new(),
        }
    }

    pub(super) fn run(&mut self, line: &str) -> String {
        let told = self.carry_out(line);
        told + &script_watch::heard(&mut self.watches, &self.store)
    }

    fn carry_out(&mut self, line: &str) -> String {
        let mut words = Words::of(line);
        match words.peek() {
            "watch" | "cancel" | "progress" | "taken" => {
                script_watch::ask(&mut self.watches, &self.store, &mut words);
                String::new()
            }
            "step" => self.step(&mut words),
            "pin" => {
                words.next();
                let pin = self.store.pin();
                let text = format!(
                    "pinned at {}, compacted at {}\n",
                    pin.revision(),
                    pin.compact_revision()
                );
                self.pins.insert(words.next().to_owned(), pin);
                text
            }
            "unpin" => {
                words.next();
                let pin = self.pins.remove(words.next()).expect("a pin of that name");
                self.store.unpin(pin);
                String::new()
            }
            "size" => format!(
                "{} versions, {} bytes, {} in use\n",
                self.store.version_count(),
                self.store.size_bytes(),
                self.store.size_in_use_bytes()
            ),
            "defragment" => {
                let mut at = Defragmentation::default();
                while self.store.defragment_step(&mut at, 1) {}
                String::new()
            }
            "reload" => self.reload(&mut words),
            _ => self.apply(&command(&mut words)),
        }
    }

    fn step(&mut self, words: &mut Words<'_>) -> String {
        words.next();
        let more = self.store.compact_step(words.number() as usize);
        let left = match (more, self.store.is_compacting()) {
            (true, _) => "more to do",
            (false, true) => "waits for a pin",
            (false, false) => "done",
        };
        format!("{left}, {} versions\n", self.store.version_count())
    }

    fn reload(&mut self, words: &mut Words<'_>) -> String {
        words.next();
        let pin = match words.next() {
            "" => self.store.pin(),
            name => self.pins.remove(name).expect("a pin of that name"),
        };
        self.store = reload(&self.store, &pin, 100);
        self.watches.read_again();
        format!("a store at {}\n", self.store.revision())
    }

    fn apply(&mut self, command: &Command) -> String {
        let before = self.store.revision();
        let result = validate(command, Limits::default()).and_then(|()| self.store.apply(command));
        let mut text = String::new();
        match result {
            Ok(reply) => show_reply(&mut text, &reply),
            Err(error) => writeln!(text, "error: {error}").expect("a string takes all"),
        }
        if self.store.revision() != before {
            writeln!(text, "revision {}", self.store.revision()).expect("a string takes all");
        }
        text
    }
}

/// Carries one line's command out on a store.
pub(super) fn apply(store: &mut Store, line: &str) -> Result<Reply, Error> {
    store.apply(&parse(line))
}

/// The command of one line.
pub(super) fn parse(line: &str) -> Command {
    command(&mut Words::of(line))
}

/// The words of a line, with an endless row of empty ones behind.
pub(super) struct Words<'a>(std::iter::Peekable<std::str::SplitWhitespace<'a>>);

impl<'a> Words<'a> {
    fn of(line: &'a str) -> Self {
        Self(line.split_whitespace().peekable())
    }

    fn peek(&mut self) -> &'a str {
        self.0.peek().copied().unwrap_or("")
    }

    pub(super) fn next(&mut self) -> &'a str {
        self.0.next().unwrap_or("")
    }

    /// Whether the operation goes on; in a list it ends at `;` or `]`.
    pub(super) fn option(&mut self) -> Option<&'a str> {
        self.0.next_if(|word| !matches!(*word, ";" | "]"))
    }

    pub(super) fn number(&mut self) -> i64 {
        self.next().parse().expect("a number")
    }

    fn bytes(&mut self) -> Bytes {
        literal(self.next())
    }

    fn range(&mut self) -> (Bytes, Bytes) {
        match self.next().split_once("..") {
            None => panic!("a range is KEY.. or KEY..END or KEY"),
            Some((key, "")) => (literal(key), Bytes::from_static(b"\0")),
            Some((key, end)) => (literal(key), literal(end)),
        }
    }

    pub(super) fn key_or_range(&mut self) -> (Bytes, Bytes) {
        if self.peek().contains("..") {
            self.range()
        } else {
            (self.bytes(), Bytes::new())
        }
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        assert_eq!(self.next(), "[", "a list begins with [");
        let mut items = Vec::new();
        while self.peek() != "]" {
            items.push(item(self));
            self.0.next_if_eq(&";");
        }
        self.next();
        items
    }
}

fn literal(word: &str) -> Bytes {
    Bytes::copy_from_slice(word.trim_matches('\'').as_bytes())
}

fn command(words: &mut Words<'_>) -> Command {
    match words.peek() {
        "compact" => {
            words.next();
            Command::Compact(Compact {
                revision: Revision(words.number()),
                physical: false,
            })
        }
        "hash" => {
            words.next();
            let revision = words
                .option()
                .map_or(0, |word| word.parse().expect("a number"));
            Command::HashKv(HashKv {
                revision: Revision(revision),
            })
        }
        _ => match operation(words) {
            RequestOp::Range(range) => Command::Range(range),
            RequestOp::Put(put) => Command::Put(put),
            RequestOp::DeleteRange(delete) => Command::DeleteRange(delete),
            RequestOp::Txn(txn) => Command::Txn(txn),
        },
    }
}

fn operation(words: &mut Words<'_>) -> RequestOp {
    match words.next() {
        "put" => RequestOp::Put(put(words)),
        "get" => RequestOp::Range(get(words)),
        "del" => {
            let (key, range_end) = words.key_or_range();
            RequestOp::DeleteRange(DeleteRange {
                key,
                range_end,
                previous: words.option().is_some(),
            })
        }
        "txn" => RequestOp::Txn(Txn {
            compare: words.list(compare),
            success: words.list(operation),
            failure: words.list(operation),
        }),
        other => panic!("no such command: {other}"),
    }
}

fn put(words: &mut Words<'_>) -> Put {
    let mut put = Put {
        key: words.bytes(),
        value: words.bytes(),
        ..Put::default()
    };
    while let Some(option) = words.option() {
        match option {
            "prev" => put.previous = true,
            "ignore-value" => put.ignore_value = true,
            "ignore-lease" => put.ignore_lease = true,
            "lease" => put.lease = LeaseId(words.number()),
            other => panic!("no such option of put: {other}"),
        }
    }
    put
}

fn get(words: &mut Words<'_>) -> Range {
    let (key, range_end) = words.key_or_range();
    let mut range = Range {
        key,
        range_end,
        ..Range::default()
    };
    while let Some(option) = words.option() {
        match option {
            "rev" => range.revision = Revision(words.number()),
            "limit" => range.limit = words.number(),
            "keys-only" => range.keys_only = true,
            "count-only" => range.count_only = true,
            "min-mod" => range.min_mod_revision = Revision(words.number()),
            "max-mod" => range.max_mod_revision = Revision(words.number()),
            "min-create" => range.min_create_revision = Revision(words.number()),
            "max-create" => range.max_create_revision = Revision(words.number()),
            "ascend" => range.sort_order = SortOrder::Ascend,
            "descend" => range.sort_order = SortOrder::Descend,
            "sort" => {
                range.sort_target = match words.next() {
                    "key" => SortTarget::Key,
                    "version" => SortTarget::Version,
                    "create" => SortTarget::Create,
                    "mod" => SortTarget::Mod,
                    "value" => SortTarget::Value,
                    other => panic!("no such target: {other}"),
                }
            }
            other => panic!("no such option of get: {other}"),
        }
    }
    range
}

fn compare(words: &mut Words<'_>) -> Compare {
    let target = words.next();
    let (key, range_end) = words.key_or_range();
    let outcome = match words.next() {
        "=" => CompareOutcome::Equal,
        "!=" => CompareOutcome::NotEqual,
        ">" => CompareOutcome::Greater,
        "<" => CompareOutcome::Less,
        other => panic!("no such comparison: {other}"),
    };
    let target = match target {
        "version" => CompareTarget::Version(words.number()),
        "create" => CompareTarget::Create(Revision(words.number())),
        "mod" => CompareTarget::Mod(Revision(words.number())),
        "value" => CompareTarget::Value(words.bytes()),
        "lease" => CompareTarget::Lease(LeaseId(words.number())),
        other => panic!("no such target: {other}"),
    };
    Compare {
        outcome,
        target,
        key,
        range_end,
    }
}

fn show_reply(text: &mut String, reply: &Reply) {
    let response = match reply {
        Reply::Range(reply) => ResponseOp::Range(reply.clone()),
        Reply::Put(reply) => ResponseOp::Put(reply.clone()),
        Reply::DeleteRange(reply) => ResponseOp::DeleteRange(reply.clone()),
        Reply::Txn(reply) => ResponseOp::Txn(reply.clone()),
        Reply::HashKv(reply) => {
            *text += &format!(
                "{} at {}, compacted at {}\n",
                reply.hash, reply.hash_revision, reply.compact_revision
            );
            return;
        }
        _ => return,
    };
    show(text, &response, "");
}

fn show(text: &mut String, response: &ResponseOp, indent: &str) {
    match response {
        ResponseOp::Range(reply) => {
            reply
                .key_values
                .iter()
                .for_each(|kv| show_key_value(text, kv, indent));
            let more = if reply.more { ", more" } else { "" };
            *text += &format!("{indent}count {}{more}\n", reply.count);
        }
        ResponseOp::Put(reply) => {
            reply
                .previous
                .iter()
                .for_each(|kv| show_key_value(text, kv, indent));
            if !indent.is_empty() {
                *text += &format!("{indent}put\n");
            }
        }
        ResponseOp::DeleteRange(reply) => {
            reply
                .previous
                .iter()
                .for_each(|kv| show_key_value(text, kv, indent));
            *text += &format!("{indent}deleted {}\n", reply.deleted);
        }
        ResponseOp::Txn(reply) => {
            let branch = if reply.succeeded {
                "success"
            } else {
                "failure"
            };
            *text += &format!("{indent}{branch}\n");
            let indent = format!("{indent}  ");
            reply
                .responses
                .iter()
                .for_each(|response| show(text, response, &indent));
        }
    }
}

pub(super) fn show_key_value(text: &mut String, key_value: &KeyValue, indent: &str) {
    *text += &format!(
        "{indent}{} = '{}' (created {}, modified {}, version {})\n",
        String::from_utf8_lossy(&key_value.key),
        String::from_utf8_lossy(&key_value.value),
        key_value.create_revision,
        key_value.mod_revision,
        key_value.version,
    );
}
