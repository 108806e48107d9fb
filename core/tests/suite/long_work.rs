//! Requests that touch a great many keys: all else goes on meanwhile, and nobody sees them half
//! done.

use bytes::Bytes;
use quorate_core::command::{
    Command, Compare, CompareOutcome, CompareTarget, DeleteRange, LeaseGrant, MemberInfo, Put,
    Range, RangeReply, Reply, ReplyHeader, RequestOp, ResponseOp, SortOrder, Txn,
};
use quorate_core::disk::DiskImage;
use quorate_core::error::Error;
use quorate_core::id::{ClusterId, LeaseId, MemberId, RequestId, Revision};
use quorate_core::member::{Member, MemberConfig, Role};
use quorate_core::{Input, Output};

/// Keys in the store: some steps of work.
const KEYS: usize = 30_000;
const KEYS_IN_TXN: usize = 1_000;
const LEASE: LeaseId = LeaseId(7);

type Answer = (RequestId, ReplyHeader, Result<Reply, Error>);

/// A member alone that leads, with a disk that does at once what it is told.
struct Alone {
    member: Member,
    answers: Vec<Answer>,
    requests: u64,
    rounds: usize,
}

impl Alone {
    /// With many keys, the last few of them on a lease.
    fn filled(keys_on_lease: usize) -> Self {
        let info = MemberInfo {
            id: MemberId(1),
            ..MemberInfo::default()
        };
        let mut config = MemberConfig::new(MemberId(1), ClusterId(5), vec![info]);
        config.txn_operations_max = KEYS_IN_TXN;
        let member = Member::start(config, &DiskImage::default()).unwrap();
        let mut alone = Self {
            member,
            answers: Vec::new(),
            requests: 0,
            rounds: 0,
        };
        while alone.member.figures().role != Role::Leader {
            alone.member.step(Input::Tick);
            alone.settle();
        }
        alone.ask(Command::LeaseGrant(LeaseGrant {
            id: LEASE,
            ttl_seconds: 3_600,
        }));
        for first in (0..KEYS).step_by(KEYS_IN_TXN) {
            let puts = (first..first + KEYS_IN_TXN).map(|number| {
                RequestOp::Put(Put {
                    key: key(number),
                    value: Bytes::from_static(b"v"),
                    lease: match number >= KEYS - keys_on_lease {
                        true => LEASE,
                        false => LeaseId(0),
                    },
                    ..Put::default()
                })
            });
            alone.ask(Command::Txn(Txn {
                success: puts.collect(),
                ..Txn::default()
            }));
        }
        alone.settle();
        assert!(alone.answers.iter().all(|(_, _, result)| result.is_ok()));
        alone.answers.clear();
        alone
    }

    fn ask(&mut self, command: Command) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.member.step(Input::Request { id, command });
        id
    }

    /// One round: what is to be done now, and the disk's answers to it.
    fn round(&mut self) {
        self.rounds += 1;
        for output in self.member.take_outputs() {
            match output {
                Output::Disk(batch) => self.member.step(Input::DiskDone {
                    lane: batch.lane,
                    batch: batch.id,
                    result: Ok(()),
                }),
                Output::Reply { id, header, result } => self.answers.push((id, header, result)),
                _ => {}
            }
        }
    }

    /// Rounds until there is nothing to do.
    fn settle(&mut self) {
        for _ in 0..4 {
            self.round();
        }
        while self.member.is_busy() {
            self.round();
        }
    }

    fn answer(&self, to: RequestId) -> Option<&Answer> {
        self.answers.iter().find(|(id, ..)| *id == to)
    }

    fn reply(&self, to: RequestId) -> &Reply {
        let (_, _, result) = self.answer(to).expect("an answer");
        result.as_ref().expect("a good answer")
    }

    fn range(&self, to: RequestId) -> &RangeReply {
        match self.reply(to) {
            Reply::Range(range) => range,
            other => panic!("no range: {other:?}"),
        }
    }

    fn revision(&self) -> Revision {
        self.member.figures().revision
    }
}

fn key(number: usize) -> Bytes {
    Bytes::from(format!("key{number:08}"))
}

fn all(serializable: bool) -> Range {
    Range {
        key: Bytes::from_static(b"\0"),
        range_end: Bytes::from_static(b"\0"),
        serializable,
        ..Range::default()
    }
}

fn delete_all() -> DeleteRange {
    DeleteRange {
        key: Bytes::from_static(b"\0"),
        range_end: Bytes::from_static(b"\0"),
        ..DeleteRange::default()
    }
}

fn put(key: &Bytes) -> Command {
    Command::Put(Put {
        key: key.clone(),
        value: Bytes::from_static(b"new"),
        ..Put::default()
    })
}

fn one(key: &Bytes) -> Command {
    Command::Range(Range {
        key: key.clone(),
        ..Range::default()
    })
}

#[test]
fn a_long_range_is_answered_as_of_its_beginning_and_lets_all_else_go_on() {
    for serializable in [true, false] {
        let mut alone = Alone::filled(0);
        let long = alone.ask(Command::Range(all(serializable)));
        alone.round();
        assert!(alone.answer(long).is_none(), "in one go");
        assert!(alone.member.is_busy());
        let revision = alone.revision();
        let written = alone.ask(put(&key(KEYS - 1)));
        let read = alone.ask(one(&key(3)));
        alone.member.step(Input::Tick);
        alone.round();
        assert_eq!(alone.range(read).count, 1);
        alone.round();
        assert!(matches!(alone.reply(written), Reply::Put(_)));
        assert!(alone.answer(long).is_none(), "it is not through yet");
        alone.settle();
        let (_, header, _) = alone.answer(long).expect("an answer");
        assert_eq!(header.revision, revision);
        let found = alone.range(long);
        assert_eq!((found.count, found.more), (KEYS as i64, false));
        assert_eq!(found.key_values.len(), KEYS);
        assert!(found.key_values.iter().all(|kv| kv.value == "v"));
        assert_eq!(alone.answers.len(), 3);
        assert_eq!(
            alone.member.figures().store_pins,
            0,
            "the pin is given back"
        );
    }
}

#[test]
fn what_is_sorted_counted_or_compared_goes_in_steps_too() {
    let mut alone = Alone::filled(0);
    let newest = alone.ask(Command::Range(Range {
        sort_order: SortOrder::Descend,
        limit: 2,
        keys_only: true,
        ..all(true)
    }));
    let count = alone.ask(Command::Range(Range {
        count_only: true,
        ..all(true)
    }));
    let compare = Compare {
        outcome: CompareOutcome::Greater,
        target: CompareTarget::Version(0),
        key: Bytes::from_static(b"\0"),
        range_end: Bytes::from_static(b"\0"),
    };
    let txn = alone.ask(Command::Txn(Txn {
        compare: vec![compare],
        success: vec![RequestOp::Range(Range {
            count_only: true,
            ..all(true)
        })],
        failure: vec![],
    }));
    let before = alone.rounds;
    alone.round();
    assert!(alone.answers.is_empty());
    alone.settle();
    assert!(alone.rounds - before > 20, "four times some steps");
    let found = alone.range(newest);
    let keys: Vec<_> = found.key_values.iter().map(|kv| kv.key.clone()).collect();
    assert_eq!(keys, [key(KEYS - 1), key(KEYS - 2)]);
    assert_eq!((found.count, found.more), (KEYS as i64, true));
    assert_eq!(alone.range(count).count, KEYS as i64);
    let Reply::Txn(reply) = alone.reply(txn) else {
        panic!("no transaction");
    };
    let counted = RangeReply {
        count: KEYS as i64,
        ..RangeReply::default()
    };
    assert!(reply.succeeded);
    assert_eq!(reply.responses, [ResponseOp::Range(counted)]);
}

#[test]
fn long_ranges_take_turns() {
    let mut alone = Alone::filled(0);
    let long: Vec<_> = (0..40)
        .map(|_| alone.ask(Command::Range(all(true))))
        .collect();
    alone.settle();
    let answered: Vec<_> = alone.answers.iter().map(|(id, ..)| *id).collect();
    assert_eq!(answered.len(), 40);
    // They are as long as one another: who came first is through first.
    assert_eq!(answered, long);
    alone.answers.clear();
    let longest = alone.ask(Command::Range(all(true)));
    let shorter = alone.ask(Command::Range(Range {
        key: key(KEYS / 2),
        ..all(true)
    }));
    alone.settle();
    let answered: Vec<_> = alone.answers.iter().map(|(id, ..)| *id).collect();
    assert_eq!(answered, [shorter, longest]);
}

#[test]
fn a_long_deletion_is_seen_by_nobody_until_it_is_done() {
    let mut alone = Alone::filled(0);
    let revision = alone.revision();
    let deleted = alone.ask(Command::DeleteRange(delete_all()));
    let behind = alone.ask(put(&key(1)));
    alone.round();
    alone.round();
    let applied = alone.member.figures().applied;
    assert!(applied < alone.member.figures().committed);
    let meanwhile = alone.ask(Command::Range(Range {
        count_only: true,
        serializable: true,
        range_end: key(3_000),
        ..all(true)
    }));
    // That has been committed already: who must not see an older state waits for it.
    let waits = alone.ask(one(&key(2)));
    alone.member.step(Input::Tick);
    alone.round();
    assert_eq!(alone.range(meanwhile).count, 3_000);
    assert_eq!(alone.answers.len(), 1);
    assert_eq!(alone.revision(), revision);
    alone.settle();
    let Reply::DeleteRange(reply) = alone.reply(deleted) else {
        panic!("no deletion");
    };
    assert_eq!(reply.deleted, KEYS as i64);
    assert_eq!(alone.answer(deleted).unwrap().1.revision.0, revision.0 + 1);
    assert_eq!(alone.answer(behind).unwrap().1.revision.0, revision.0 + 2);
    assert_eq!(alone.range(waits).count, 0);
    let figures = alone.member.figures();
    assert_eq!(figures.applied, figures.committed);
    assert_eq!(figures.keys, 1);
}

#[test]
fn a_lease_of_many_keys_ends_with_them_at_one_revision() {
    let mut alone = Alone::filled(5_000);
    let revision = alone.revision();
    let revoked = alone.ask(Command::LeaseRevoke(LEASE));
    alone.round();
    alone.round();
    assert!(alone.answer(revoked).is_none());
    assert_eq!(alone.member.figures().leases, 1);
    alone.settle();
    assert_eq!(alone.reply(revoked), &Reply::LeaseRevoke);
    let figures = alone.member.figures();
    assert_eq!((figures.leases, figures.keys), (0, (KEYS - 5_000) as u64));
    assert_eq!(alone.revision().0, revision.0 + 1);
    let again = alone.ask(Command::LeaseRevoke(LEASE));
    alone.settle();
    assert_eq!(alone.answer(again).unwrap().2, Err(Error::LeaseNotFound));
}

#[test]
fn who_waits_for_long_work_is_told_when_the_member_stops() {
    let mut alone = Alone::filled(0);
    let mut asked: Vec<_> = (0..20)
        .map(|_| alone.ask(Command::Range(all(true))))
        .collect();
    asked.push(alone.ask(Command::DeleteRange(delete_all())));
    alone.round();
    alone.round();
    assert!(alone.answers.is_empty());
    alone.member.step(Input::Stop);
    alone.round();
    assert_eq!(alone.answers.len(), asked.len());
    for id in asked {
        assert_eq!(alone.answer(id).unwrap().2, Err(Error::Stopped));
    }
}
