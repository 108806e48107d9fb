//! What clients see: nothing acknowledged is lost.

use crate::command::{
    DeleteRangeReply, KeyValue, PutReply, RangeReply, Reply, ReplyHeader, TxnReply,
};
use crate::error::Error;
use crate::id::Revision;
use crate::sim::check::Checks;
use crate::sim::clients::{Answer, Question};
use crate::sim::operation::Operation;

/// A client's side: asks and answers in turn, each with the revision of its answer.
#[derive(Default)]
struct Client {
    checks: Checks,
    number: u64,
}

impl Client {
    fn ask(&mut self, question: Question) -> u64 {
        self.number += 1;
        self.checks.asked(self.number, &question, 0);
        self.number
    }

    fn answer(
        &mut self,
        number: u64,
        question: Question,
        revision: i64,
        result: Result<Reply, Error>,
    ) -> Result<(), &'static str> {
        let header = ReplyHeader {
            revision: Revision(revision),
            ..ReplyHeader::default()
        };
        let answer = Answer {
            number,
            question,
            header,
            result,
            is_definite_failure: false,
        };
        self.checks
            .answered(&answer, 0)
            .map_err(|broken| broken.property)
    }

    fn fail(&mut self, number: u64, question: Question, error: Error) -> Result<(), &'static str> {
        let answer = Answer {
            number,
            question,
            header: ReplyHeader::default(),
            result: Err(error),
            is_definite_failure: true,
        };
        let verdict = self.checks.answered(&answer, 0);
        verdict.map_err(|broken| broken.property)
    }

    fn put(&mut self, value: &str, revision: i64) -> Result<(), &'static str> {
        let question = Question::Put {
            key: "x".to_owned(),
            value: value.to_owned(),
        };
        let number = self.ask(question.clone());
        self.answer(
            number,
            question,
            revision,
            Ok(Reply::Put(PutReply::default())),
        )
    }

    fn delete(&mut self, revision: i64, deleted: i64) -> Result<(), &'static str> {
        let question = delete();
        let number = self.ask(question.clone());
        let reply = DeleteRangeReply {
            deleted,
            ..DeleteRangeReply::default()
        };
        self.answer(number, question, revision, Ok(Reply::DeleteRange(reply)))
    }

    fn get(&mut self, found: Option<(&str, i64)>) -> Result<(), &'static str> {
        let number = self.ask(get());
        self.answer(number, get(), 9, range(found))
    }
}

fn get() -> Question {
    Question::Get {
        key: "x".to_owned(),
    }
}

fn delete() -> Question {
    Question::Delete {
        key: "x".to_owned(),
    }
}

fn range(found: Option<(&str, i64)>) -> Result<Reply, Error> {
    let key_values = found.map(|(value, revision)| KeyValue {
        value: bytes::Bytes::copy_from_slice(value.as_bytes()),
        mod_revision: Revision(revision),
        ..KeyValue::default()
    });
    Ok(Reply::Range(RangeReply {
        key_values: key_values.into_iter().collect(),
        ..RangeReply::default()
    }))
}

const LOST: Result<(), &str> = Err("nothing acknowledged is lost");

#[test]
fn a_read_of_what_was_overwritten_is_seen() {
    let mut client = Client::default();
    assert_eq!(client.put("1", 2), Ok(()));
    let early = client.ask(get());
    assert_eq!(client.put("2", 3), Ok(()));
    assert_eq!(client.get(Some(("2", 3))), Ok(()));
    assert_eq!(client.get(Some(("1", 2))), LOST);
    assert_eq!(client.get(Some(("1", 3))), LOST);
    assert_eq!(client.get(None), LOST);
    // A read that began before the second put was acknowledged may see either.
    assert_eq!(
        client.answer(early, get(), 9, range(Some(("1", 2)))),
        Ok(())
    );
    assert_eq!(client.put("3", 3), LOST, "two writes at a revision");
}

#[test]
fn a_read_may_find_nothing_only_when_somebody_may_have_deleted() {
    let mut client = Client::default();
    client.delete(1, 0).expect("nothing to delete");
    client.put("1", 2).expect("fine");
    assert_eq!(client.get(None), LOST);
    assert_eq!(client.delete(3, 1), Ok(()));
    assert_eq!(client.get(None), Ok(()));
    assert_eq!(
        client.get(Some(("1", 2))),
        LOST,
        "what is deleted stays deleted"
    );
    client.put("2", 4).expect("fine");
    assert_eq!(client.get(None), LOST);
    // One whose answer nobody knows may take effect at any time.
    let number = client.ask(delete());
    assert_eq!(
        client.answer(number, delete(), 0, Err(Error::Timeout)),
        Ok(())
    );
    assert_eq!(client.get(None), Ok(()));
}

#[test]
fn a_key_may_vanish_with_the_lease_that_it_hangs_on() {
    let attach = |number: u64| {
        Question::Other(Operation::PutWithLease {
            key: "x".to_owned(),
            value: number.to_string(),
            lease: 1,
        })
    };
    let mut client = Client::default();
    client.put("1", 2).expect("fine");
    assert_eq!(client.get(None), LOST);
    let number = client.ask(attach(2));
    assert_eq!(client.get(None), Ok(()), "it may have been attached");
    let attached = Ok(Reply::Put(PutReply::default()));
    client.answer(number, attach(2), 3, attached).expect("fine");
    assert_eq!(client.get(None), Ok(()));
    assert_eq!(
        client.get(Some(("1", 2))),
        LOST,
        "that is an acknowledged write"
    );
    // A put without a lease takes the key off it.
    client.put("3", 4).expect("fine");
    assert_eq!(client.get(None), LOST);
    // One that certainly did not happen attaches nothing.
    let number = client.ask(attach(5));
    let error = Error::LeaseNotFound;
    client.fail(number, attach(5), error).expect("fine");
    assert_eq!(client.get(None), LOST);
}

#[test]
fn a_transaction_is_an_acknowledged_write() {
    let all = Question::Other(Operation::PutAll {
        pairs: vec![
            ("x".to_owned(), "1".to_owned()),
            ("y".to_owned(), "2".to_owned()),
        ],
    });
    let swap = Question::Other(Operation::CompareAndSwap {
        key: "x".to_owned(),
        expected: None,
        value: "3".to_owned(),
    });
    let reply = |succeeded| {
        Ok(Reply::Txn(TxnReply {
            succeeded,
            ..TxnReply::default()
        }))
    };
    let mut client = Client::default();
    let number = client.ask(all.clone());
    client.answer(number, all, 2, reply(true)).expect("fine");
    assert_eq!(client.get(None), LOST);
    assert_eq!(client.get(Some(("1", 2))), Ok(()));
    let number = client.ask(swap.clone());
    client
        .answer(number, swap.clone(), 2, reply(false))
        .expect("fine");
    assert_eq!(client.get(Some(("1", 2))), Ok(()), "nothing was written");
    let number = client.ask(swap.clone());
    client.answer(number, swap, 3, reply(true)).expect("fine");
    assert_eq!(client.get(Some(("1", 2))), LOST);
    assert_eq!(client.get(Some(("3", 3))), Ok(()));
}
