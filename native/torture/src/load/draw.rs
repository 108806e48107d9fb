//! What a client asks next, and what it has learnt.

use std::collections::BTreeMap;

use bytes::Bytes;
use quorate_core::command::{
    Command, Compact, Compare, CompareOutcome, CompareTarget, DeleteRange, KeyValue, Put, Range,
    Reply, ReplyHeader, RequestOp, ResponseOp, Txn, WatchCreate,
};
use quorate_core::id::Revision;
use quorate_core::prng::Prng;

/// Few keys, so that clients meet on them.
const KEYS: u64 = 8;
/// How many values of a thousand are large, and how large they may be: so that segments are cut
/// in the middle of things, and snapshots are more than a packet.
const LARGE_PER_MILLE: u32 = 30;
const VALUE_SIZE_BYTES_MAX: u64 = 16 * 1_024;
/// Revisions that a client looks back, at most.
const LOOK_BACK: u64 = 40;
/// Revisions that a compaction leaves.
const COMPACT_BEHIND: (u64, u64) = (20, 500);

/// Draws questions.
pub(super) struct Draw {
    prng: Prng,
    /// What every value it writes begins with; nobody else's do.
    mark: String,
    written: u64,
    writes: bool,
    seen: BTreeMap<Bytes, KeyValue>,
    newest: Revision,
}

impl Draw {
    pub(super) fn new(prng: Prng, mark: String, writes: bool) -> Self {
        Self {
            prng,
            mark,
            written: 0,
            writes,
            seen: BTreeMap::new(),
            newest: Revision(1),
        }
    }

    /// Takes an answer in.
    pub(super) fn learn(&mut self, header: &ReplyHeader, reply: &Reply) {
        self.newest = self.newest.max(header.revision);
        match reply {
            Reply::Range(range) => self.see(&range.key_values),
            Reply::Put(put) => self.see(put.previous.as_slice()),
            Reply::Txn(txn) => {
                for response in &txn.responses {
                    if let ResponseOp::Range(range) = response {
                        self.see(&range.key_values);
                    }
                }
            }
            _ => {}
        }
    }

    /// The next question.
    pub(super) fn next(&mut self) -> Command {
        if self.writes && self.prng.chance(800) {
            self.write()
        } else {
            self.read()
        }
    }

    fn write(&mut self) -> Command {
        match self.prng.below(1_000) {
            0..440 => Command::Put(Put {
                previous: self.prng.chance(300),
                ..self.put()
            }),
            440..560 => Command::DeleteRange(DeleteRange {
                key: self.key(),
                range_end: Bytes::new(),
                previous: self.prng.chance(500),
            }),
            560..800 => Command::Txn(self.compare_and_swap()),
            800..990 => Command::Txn(self.many_keys()),
            _ => {
                let behind = self.prng.between(COMPACT_BEHIND.0, COMPACT_BEHIND.1) as i64;
                Command::Compact(Compact {
                    revision: Revision(self.newest.0.saturating_sub(behind).max(1)),
                    physical: self.prng.chance(500),
                })
            }
        }
    }

    fn read(&mut self) -> Command {
        let mut range = match self.prng.below(10) {
            0..5 => self.one_key(),
            5..8 => all_keys(),
            _ => Range {
                limit: self.prng.between(1, KEYS) as i64,
                ..all_keys()
            },
        };
        range.serializable = self.prng.chance(300);
        if self.prng.chance(150) {
            let back = self.prng.below(LOOK_BACK) as i64;
            range.revision = Revision(self.newest.0.saturating_sub(back).max(1));
        }
        Command::Range(range)
    }

    /// Puts a key if nobody has touched it since it was seen; reads it otherwise.
    fn compare_and_swap(&mut self) -> Txn {
        let put = self.put();
        let target = match self.seen.get(&put.key) {
            None => CompareTarget::Version(0),
            Some(seen) => match self.prng.below(4) {
                0 => CompareTarget::Mod(seen.mod_revision),
                1 => CompareTarget::Version(seen.version),
                2 => CompareTarget::Create(seen.create_revision),
                _ => CompareTarget::Value(seen.value.clone()),
            },
        };
        let read = Range {
            key: put.key.clone(),
            ..Range::default()
        };
        Txn {
            compare: vec![equal(&put.key, target)],
            success: vec![RequestOp::Put(put)],
            failure: vec![RequestOp::Range(read)],
        }
    }

    /// Several keys at one revision; no key twice, as the API wants it.
    fn many_keys(&mut self) -> Txn {
        let first = self.prng.below(KEYS);
        let at = |step: u64| key((first + step) % KEYS);
        let (one, two, three) = (at(1), at(2), at(3));
        let delete = DeleteRange {
            key: three.clone(),
            range_end: Bytes::new(),
            previous: self.prng.chance(500),
        };
        let inner = Txn {
            compare: vec![equal(&at(4), CompareTarget::Version(0))],
            success: vec![RequestOp::Put(self.put_to(at(4)))],
            failure: vec![RequestOp::Range(all_keys())],
        };
        let mut success = vec![
            RequestOp::Put(self.put_to(one.clone())),
            RequestOp::Put(self.put_to(two)),
        ];
        match self.prng.below(3) {
            0 => success.push(RequestOp::DeleteRange(delete)),
            1 => success.push(RequestOp::Txn(inner)),
            _ => success.push(RequestOp::Range(all_keys())),
        }
        let absent = equal(&at(0), CompareTarget::Version(0));
        Txn {
            compare: if self.prng.chance(500) {
                vec![absent]
            } else {
                Vec::new()
            },
            success,
            failure: vec![
                RequestOp::Put(self.put_to(one)),
                RequestOp::Range(all_keys()),
            ],
        }
    }

    fn put(&mut self) -> Put {
        let key = self.key();
        self.put_to(key)
    }

    fn put_to(&mut self, key: Bytes) -> Put {
        self.written += 1;
        let mut value = format!("{}.{}", self.mark, self.written);
        if self.prng.chance(LARGE_PER_MILLE) {
            let size = self.prng.between(1, VALUE_SIZE_BYTES_MAX) as usize;
            value = format!("{value:.<size$}");
        }
        Put {
            key,
            value: Bytes::from(value),
            ..Put::default()
        }
    }

    fn one_key(&mut self) -> Range {
        Range {
            key: self.key(),
            ..Range::default()
        }
    }

    fn key(&mut self) -> Bytes {
        key(self.prng.below(KEYS))
    }

    fn see(&mut self, key_values: &[KeyValue]) {
        for key_value in key_values {
            self.seen.insert(key_value.key.clone(), key_value.clone());
        }
    }
}

/// A watch that somebody may begin when a revision is the newest.
pub(super) fn watch(prng: &mut Prng, newest: Revision) -> WatchCreate {
    let all = all_keys();
    let (key, range_end) = match prng.below(3) {
        0 => (key(prng.below(KEYS)), Bytes::new()),
        1 => (key(2), key(6)),
        _ => (all.key, all.range_end),
    };
    let start_revision = if prng.chance(500) {
        Revision(0)
    } else {
        Revision(newest.0.saturating_sub(prng.below(100) as i64).max(1))
    };
    WatchCreate {
        key,
        range_end,
        start_revision,
        previous: prng.chance(500),
        no_put: prng.chance(100),
        no_delete: prng.chance(100),
        progress_notify: prng.chance(300),
        ..WatchCreate::default()
    }
}

/// A range of all keys there are.
pub(crate) fn all_keys() -> Range {
    Range {
        key: Bytes::from_static(b"\0"),
        range_end: Bytes::from_static(b"\0"),
        ..Range::default()
    }
}

fn key(number: u64) -> Bytes {
    Bytes::from(format!("k{number}"))
}

fn equal(key: &Bytes, target: CompareTarget) -> Compare {
    Compare {
        outcome: CompareOutcome::Equal,
        target,
        key: key.clone(),
        range_end: Bytes::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_value_is_written_twice() {
        let mut draw = Draw::new(Prng::new(1), "7.0".to_owned(), true);
        let mut values = BTreeSet::new();
        let mut count = 0;
        for _ in 0..2_000 {
            if let Command::Put(put) = draw.next() {
                count += 1;
                values.insert(put.value);
            }
        }
        assert!(count > 300);
        assert_eq!(values.len(), count);
    }

    #[test]
    fn a_reader_writes_nothing() {
        let mut draw = Draw::new(Prng::new(1), "7.0".to_owned(), false);
        assert!((0..500).all(|_| !draw.next().is_write()));
    }
}
