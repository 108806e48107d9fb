//! Words as a transaction: `txn if value x = 1 then put x=2 else get x`.
//!
//! A condition is four words, what of which key stands how to what; an operation is `put KEY=VALUE`,
//! `get KEY [end=KEY]` or `delete KEY [end=KEY]`. Either list may be missing, and so may `if`.

use std::fmt;

use super::action::{integer, pair};
use super::words::{Cursor, Read, quote, unknown};
use crate::sim::operation::{Operation, TxnCompare, TxnRelation, TxnSide, TxnStep};

/// What stands behind `txn`.
pub(super) fn txn(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let mut compare = Vec::new();
    if cursor.take("if") {
        loop {
            compare.push(condition(cursor)?);
            if cursor
                .peek()
                .is_none_or(|word| !SIDES.contains(&word.text.as_str()))
            {
                break;
            }
        }
    }
    let success = if cursor.take("then") {
        steps(cursor)?
    } else {
        Vec::new()
    };
    let failure = if cursor.take("else") {
        steps(cursor)?
    } else {
        Vec::new()
    };
    Ok(Operation::Txn {
        compare,
        success,
        failure,
    })
}

fn condition(cursor: &mut Cursor<'_>) -> Read<TxnCompare> {
    let kind = cursor.next("what of a key is compared: value, version, create, mod or lease")?;
    if !SIDES.contains(&kind.text.as_str()) {
        return Err(unknown(kind, "side of a key", SIDES));
    }
    let key = cursor.next("a key")?.text.clone();
    let sign = cursor.next("=, !=, < or >")?;
    let relation = TxnRelation::SIGNS
        .iter()
        .find(|(known, _)| *known == sign.text);
    let (_, relation) = relation
        .copied()
        .ok_or_else(|| unknown(sign, "comparison", &["=", "!=", "<", ">"]))?;
    let given = cursor.next("what it is compared with")?;
    let side = match kind.text.as_str() {
        "value" => TxnSide::Value(given.text.clone()),
        "version" => TxnSide::Version(integer(given, &given.text)?),
        "create" => TxnSide::Create(integer(given, &given.text)?),
        "mod" => TxnSide::Mod(integer(given, &given.text)?),
        _ => TxnSide::Lease(integer(given, &given.text)?),
    };
    Ok(TxnCompare {
        key,
        relation,
        side,
    })
}

fn steps(cursor: &mut Cursor<'_>) -> Read<Vec<TxnStep>> {
    let mut steps = Vec::new();
    while let Some(verb) = cursor.peek() {
        let verb = verb.text.as_str();
        if !["put", "get", "delete"].contains(&verb) {
            break;
        }
        cursor.next("")?;
        steps.push(if verb == "put" {
            let (key, value) = pair(cursor)?;
            TxnStep::Put { key, value }
        } else {
            let key = cursor.next("a key")?.text.clone();
            let end = match cursor.peek().and_then(|word| word.pair()) {
                Some(("end", end)) => {
                    cursor.next("")?;
                    end.to_owned()
                }
                _ => String::new(),
            };
            match verb {
                "get" => TxnStep::Get { key, end },
                _ => TxnStep::Delete { key, end },
            }
        });
    }
    Ok(steps)
}

/// As [`txn`] reads it.
pub(super) fn print(
    f: &mut fmt::Formatter<'_>,
    compare: &[TxnCompare],
    success: &[TxnStep],
    failure: &[TxnStep],
) -> fmt::Result {
    f.write_str("txn")?;
    for (at, one) in compare.iter().enumerate() {
        let (kind, given) = match &one.side {
            TxnSide::Value(value) => ("value", quote(value)),
            TxnSide::Version(number) => ("version", number.to_string()),
            TxnSide::Create(number) => ("create", number.to_string()),
            TxnSide::Mod(number) => ("mod", number.to_string()),
            TxnSide::Lease(number) => ("lease", number.to_string()),
        };
        let opening = if at == 0 { " if" } else { "" };
        let sign = one.relation.sign();
        write!(f, "{opening} {kind} {} {sign} {given}", quote(&one.key))?;
    }
    for (opening, steps) in [("then", success), ("else", failure)] {
        if !steps.is_empty() {
            write!(f, " {opening}")?;
        }
        for step in steps {
            print_step(f, step)?;
        }
    }
    Ok(())
}

fn print_step(f: &mut fmt::Formatter<'_>, step: &TxnStep) -> fmt::Result {
    let (verb, key, end) = match step {
        TxnStep::Put { key, value } => {
            return write!(f, " put {}={}", quote(key), quote(value));
        }
        TxnStep::Get { key, end } => ("get", key, end),
        TxnStep::Delete { key, end } => ("delete", key, end),
    };
    write!(f, " {verb} {}", quote(key))?;
    match end.as_str() {
        "" => Ok(()),
        end => write!(f, " end={}", quote(end)),
    }
}

const SIDES: &[&str] = &["value", "version", "create", "mod", "lease"];
