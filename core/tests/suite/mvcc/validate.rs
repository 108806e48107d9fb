//! What is refused before it is proposed.

use quorate_core::command::{Command, RequestOp, Txn};
use quorate_core::error::Error;
use quorate_core::limits::TXN_DEPTH_MAX;
use quorate_core::mvcc::{Limits, validate};

use super::script::parse;

fn check(line: &str) -> Result<(), Error> {
    validate(&parse(line), Limits { txn_operations: 4 })
}

#[test]
fn an_empty_key_is_refused_everywhere() {
    for line in [
        "put '' 1",
        "get ''",
        "del ''..b",
        "txn [ version '' = 0 ] [ ] [ ]",
        "txn [ ] [ ] [ get '' ]",
        "txn [ ] [ txn [ ] [ put '' 1 ] [ ] ] [ ]",
    ] {
        assert_eq!(check(line), Err(Error::EmptyKey), "{line}");
    }
}

#[test]
fn what_is_to_be_kept_may_not_be_given() {
    assert_eq!(check("put a 1 ignore-value"), Err(Error::ValueProvided));
    assert_eq!(
        check("put a 1 lease 7 ignore-lease"),
        Err(Error::LeaseProvided)
    );
    assert_eq!(check("put a '' ignore-value ignore-lease"), Ok(()));
    assert_eq!(
        check("txn [ ] [ put a 1 ignore-value ] [ ]"),
        Err(Error::ValueProvided)
    );
}

#[test]
fn a_put_may_not_meet_a_put_or_a_deletion_of_its_own_branch() {
    for line in [
        "txn [ ] [ put a 1 ; put a 2 ] [ ]",
        "txn [ ] [ ] [ put a 1 ; put a 2 ]",
        "txn [ ] [ put b 1 ; del a..c ] [ ]",
        "txn [ ] [ del b ; put b 1 ] [ ]",
        "txn [ ] [ txn [ ] [ put a 1 ] [ ] ; put a 2 ] [ ]",
        "txn [ ] [ del a ; txn [ ] [ ] [ put a 1 ] ] [ ]",
        "txn [ ] [ put a 1 ; txn [ ] [ del a ] [ ] ] [ ]",
        "txn [ ] [ txn [ ] [ put a 1 ] [ ] ; txn [ ] [ ] [ put a 2 ] ] [ ]",
        "txn [ ] [ txn [ ] [ del a ] [ ] ; txn [ ] [ put a 2 ] [ ] ] [ ]",
    ] {
        assert_eq!(check(line), Err(Error::DuplicateKey), "{line}");
    }
    for line in [
        "txn [ ] [ put a 1 ] [ put a 2 ]",
        "txn [ ] [ txn [ ] [ put a 1 ] [ put a 2 ] ] [ ]",
        "txn [ ] [ txn [ ] [ put a 1 ] [ del a ] ] [ ]",
        "txn [ ] [ del a..c ; put c 1 ] [ ]",
        "txn [ ] [ del a ; del a..c ; get b ] [ ]",
        // As etcd 3.5.1 answers: a deletion without end is not looked at.
        "txn [ ] [ del a.. ; put b 1 ] [ ]",
    ] {
        assert_eq!(check(line), Ok(()), "{line}");
    }
}

#[test]
fn operations_are_limited_and_nested_ones_get_what_is_left() {
    assert_eq!(
        check("txn [ ] [ get a ; get b ; get c ; get d ] [ ]"),
        Ok(())
    );
    for line in [
        "txn [ ] [ get a ; get b ; get c ; get d ; get e ] [ ]",
        "txn [ ] [ ] [ get a ; get b ; get c ; get d ; get e ]",
        "txn [ mod a = 1 ; mod a = 1 ; mod a = 1 ; mod a = 1 ; mod a = 1 ] [ ] [ ]",
        "txn [ ] [ get a ; get b ; txn [ ] [ get c ; get d ] [ ] ] [ ]",
    ] {
        assert_eq!(check(line), Err(Error::TooManyOperations), "{line}");
    }
    assert_eq!(
        check("txn [ ] [ get a ; get b ; txn [ ] [ get c ] [ ] ] [ ]"),
        Ok(())
    );
}

#[test]
fn transactions_stand_in_one_another_only_so_deep() {
    let nested = |depth: usize| {
        let mut txn = Txn::default();
        for _ in 1..depth {
            txn = Txn {
                success: vec![RequestOp::Txn(txn)],
                ..Txn::default()
            };
        }
        validate(&Command::Txn(txn), Limits::default())
    };
    assert_eq!(nested(TXN_DEPTH_MAX), Ok(()));
    assert_eq!(nested(TXN_DEPTH_MAX + 1), Err(Error::TooManyOperations));
}
