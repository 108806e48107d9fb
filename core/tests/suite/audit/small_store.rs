//! A store so small that a general checker of linearizability can try all its orders, and a
//! scheduler of a few clients that use it, honestly or not.

use std::collections::BTreeMap;

use bytes::Bytes;
use quorate_core::audit::{ClientOperation, History, Outcome};
use quorate_core::command::{
    Command, Compare, CompareOutcome, CompareTarget, DeleteRange, DeleteRangeReply, KeyValue, Put,
    PutReply, Range, RangeReply, Reply, ReplyHeader, RequestOp, ResponseOp, Txn, TxnReply,
};
use quorate_core::id::{LeaseId, Revision};
use quorate_core::prng::Prng;

/// Key to create revision, mod revision, version and value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct SmallStore {
    pub writes: i64,
    keys: BTreeMap<Bytes, (i64, i64, i64, Bytes)>,
}

impl SmallStore {
    /// Does one of the four things that the clients here ask for.
    pub(super) fn answer(&mut self, command: &Command) -> (i64, Reply) {
        let reply = match command {
            Command::Put(put) => {
                self.put(put);
                Reply::Put(PutReply::default())
            }
            Command::Range(range) => Reply::Range(self.get(&range.key)),
            Command::DeleteRange(delete) => {
                let is_there = self.keys.remove(&delete.key).is_some();
                self.writes += i64::from(is_there);
                Reply::DeleteRange(DeleteRangeReply {
                    deleted: i64::from(is_there),
                    previous: Vec::new(),
                })
            }
            Command::Txn(txn) => self.compare_and_swap(txn),
            other => panic!("no client here asks {other:?}"),
        };
        (1 + self.writes, reply)
    }

    fn put(&mut self, put: &Put) {
        self.writes += 1;
        let now = 1 + self.writes;
        let entry = self
            .keys
            .entry(put.key.clone())
            .or_insert((now, 0, 0, Bytes::new()));
        *entry = (entry.0, now, entry.2 + 1, put.value.clone());
    }

    fn get(&self, key: &Bytes) -> RangeReply {
        let found = self
            .keys
            .get(key)
            .map(|(create, changed, version, value)| KeyValue {
                key: key.clone(),
                create_revision: Revision(*create),
                mod_revision: Revision(*changed),
                version: *version,
                value: value.clone(),
                lease: LeaseId(0),
            });
        RangeReply {
            count: i64::from(found.is_some()),
            key_values: found.into_iter().collect(),
            more: false,
        }
    }

    fn compare_and_swap(&mut self, txn: &Txn) -> Reply {
        let compare = &txn.compare[0];
        let CompareTarget::Value(wanted) = &compare.target else {
            panic!("no client here compares anything else");
        };
        let succeeded = self
            .keys
            .get(&compare.key)
            .is_some_and(|(_, _, _, value)| value == wanted);
        let response = if succeeded {
            let [RequestOp::Put(put)] = &txn.success[..] else {
                panic!("a swap puts one key");
            };
            self.put(put);
            ResponseOp::Put(PutReply::default())
        } else {
            ResponseOp::Range(self.get(&compare.key))
        };
        Reply::Txn(TxnReply {
            succeeded,
            responses: vec![response],
        })
    }
}

/// What is wrong with the server that the clients use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// Now and then it answers a read from an earlier state.
    StaleRead,
    /// Now and then it forgets an acknowledged write.
    LostWrite,
    /// Now and then it says no, and does it all the same.
    FalseFailure,
    /// Now and then it answers with the revision before or after.
    WrongRevision,
    /// Now and then it does an operation twice.
    Twice,
}

pub(super) const FAULTS: [Fault; 6] = [
    Fault::None,
    Fault::StaleRead,
    Fault::LostWrite,
    Fault::FalseFailure,
    Fault::WrongRevision,
    Fault::Twice,
];

/// What a client has asked, and what it was answered once that is so.
type Asked = (usize, Option<(i64, Reply)>);

/// A history of so many operations by three clients on two keys.
pub(super) fn history(prng: &mut Prng, count: usize, fault: Fault) -> History {
    let mut run = Run {
        store: SmallStore::default(),
        states: vec![SmallStore::default()],
        fault,
        operations: Vec::new(),
        clients: vec![None; 3],
        late: Vec::new(),
        now: 0,
    };
    while run.operations.len() < count || run.clients.iter().any(Option::is_some) {
        run.step(prng, count);
    }
    History {
        operations: run.operations,
        watches: Vec::new(),
    }
}

struct Run {
    store: SmallStore,
    /// All states so far.
    states: Vec<SmallStore>,
    fault: Fault,
    operations: Vec<ClientOperation>,
    /// The operation that each waits for, and its answer once there is one.
    clients: Vec<Option<Asked>>,
    /// Operations that nobody waits for and that may still happen.
    late: Vec<usize>,
    now: u64,
}

impl Run {
    fn step(&mut self, prng: &mut Prng, count: usize) {
        self.now += 1;
        if prng.chance(150)
            && let Some(at) = self.late.pop()
        {
            self.carry_out(prng, at);
        }
        let client = prng.below(self.clients.len() as u64) as usize;
        match self.clients[client].take() {
            None if self.operations.len() < count => {
                let at = self.operations.len();
                self.operations.push(ClientOperation {
                    number: at as u64 + 1,
                    client: client as u64,
                    node: 1,
                    command: command(prng, at),
                    invoked_at: self.now,
                    returned_at: None,
                    outcome: Outcome::Unknown("nobody answered".to_owned()),
                });
                self.clients[client] = Some((at, None));
            }
            None => {}
            Some((at, None)) if prng.chance(120) => self.late.push(at),
            Some((at, None)) => {
                let answer = self.carry_out(prng, at);
                self.clients[client] = Some((at, Some(answer)));
            }
            Some((_, Some(_))) if prng.chance(120) => {}
            Some((at, Some((revision, reply)))) => self.end(prng, at, revision, reply),
        }
    }

    fn end(&mut self, prng: &mut Prng, at: usize, revision: i64, reply: Reply) {
        let operation = &mut self.operations[at];
        operation.returned_at = Some(self.now);
        let is_denied = self.fault == Fault::FalseFailure && prng.chance(200);
        operation.outcome = if is_denied {
            Outcome::Failed("no".to_owned())
        } else {
            let header = ReplyHeader {
                revision: Revision(revision),
                ..ReplyHeader::default()
            };
            Outcome::Done { header, reply }
        };
    }

    fn carry_out(&mut self, prng: &mut Prng, at: usize) -> (i64, Reply) {
        let command = self.operations[at].command.clone();
        let is_read = matches!(command, Command::Range(_));
        let before = self.store.clone();
        let is_bad = prng.chance(250);
        let (mut revision, mut reply) = self.store.answer(&command);
        match self.fault {
            Fault::StaleRead if is_bad && is_read => {
                let state = prng.choose(&self.states).expect("the first");
                (revision, reply) = state.clone().answer(&command);
            }
            Fault::LostWrite if is_bad => self.store = before,
            Fault::WrongRevision if is_bad => revision += if prng.chance(500) { 1 } else { -1 },
            Fault::Twice if is_bad => drop(self.store.answer(&command)),
            _ => {}
        }
        self.states.push(self.store.clone());
        (revision, reply)
    }
}

/// Every value is put once.
fn command(prng: &mut Prng, at: usize) -> Command {
    let key = Bytes::from(if prng.chance(700) { "a" } else { "b" });
    let value = Bytes::from(format!("v{at}"));
    let put = Put {
        key: key.clone(),
        value,
        ..Put::default()
    };
    let range = Range {
        key: key.clone(),
        ..Range::default()
    };
    match prng.below(10) {
        0..=3 => Command::Put(put),
        4..=6 => Command::Range(range),
        7 | 8 => Command::DeleteRange(DeleteRange {
            key,
            ..DeleteRange::default()
        }),
        _ => Command::Txn(Txn {
            compare: vec![Compare {
                outcome: CompareOutcome::Equal,
                target: CompareTarget::Value(Bytes::from(format!("v{}", prng.below(8)))),
                key,
                range_end: Bytes::new(),
            }],
            success: vec![RequestOp::Put(put)],
            failure: vec![RequestOp::Range(range)],
        }),
    }
}
