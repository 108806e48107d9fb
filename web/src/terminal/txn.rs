//! A transaction that is typed line by line, as `etcdctl txn -i` takes it.

use quorate_core::sim::{Operation, TxnCompare, TxnRelation, TxnSide, TxnStep};

use super::Complaint;
use super::arguments::Arguments;
use super::command::{DEL, GET, PUT, lease_id, range_end};
use super::words::words;

/// What has been typed so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TxnDraft {
    part: Part,
    compare: Vec<TxnCompare>,
    success: Vec<TxnStep>,
    failure: Vec<TxnStep>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Part {
    #[default]
    Compare,
    Success,
    Failure,
}

impl TxnDraft {
    /// What etcdctl asks for.
    pub(crate) fn prompt(&self) -> &'static str {
        match self.part {
            Part::Compare => "compares:",
            Part::Success => "success requests (get, put, del):",
            Part::Failure => "failure requests (get, put, del):",
        }
    }

    /// Takes a line; an empty one ends a part. Answers the operation when the last part ends.
    pub(crate) fn take(&mut self, line: &str) -> Result<Option<Operation>, Complaint> {
        let line = line.trim();
        match (self.part, line.is_empty()) {
            (Part::Compare, true) => self.part = Part::Success,
            (Part::Success, true) => self.part = Part::Failure,
            (Part::Failure, true) => {
                let draft = std::mem::take(self);
                return Ok(Some(Operation::Txn {
                    compare: draft.compare,
                    success: draft.success,
                    failure: draft.failure,
                }));
            }
            (Part::Compare, false) => self.compare.push(condition(line)?),
            (Part::Success, false) => self.success.push(step(line)?),
            (Part::Failure, false) => self.failure.push(step(line)?),
        }
        Ok(None)
    }
}

/// `mod("key1") > "0"`; the quotes may be left out where they are not needed.
fn condition(line: &str) -> Result<TxnCompare, Complaint> {
    let wrong = || Complaint::Condition(line.to_owned());
    let (target, rest) = line.split_once('(').ok_or_else(wrong)?;
    let (key, rest) = match rest.strip_prefix('"') {
        Some(rest) => rest.split_once("\")").ok_or_else(wrong)?,
        None => rest.split_once(')').ok_or_else(wrong)?,
    };
    let rest = rest.trim_start();
    let signs = [
        ("!=", TxnRelation::NotEqual),
        ("=", TxnRelation::Equal),
        ("<", TxnRelation::Less),
        (">", TxnRelation::Greater),
    ];
    let mut found = signs.iter();
    let found = found.find_map(|(sign, relation)| Some((*relation, rest.strip_prefix(sign)?)));
    let (relation, given) = found.ok_or_else(wrong)?;
    let given = given.trim();
    let given = given
        .strip_prefix('"')
        .and_then(|given| given.strip_suffix('"'))
        .unwrap_or(given);
    let number = || given.parse().map_err(|_| wrong());
    let side = match target.trim() {
        "val" | "value" => TxnSide::Value(given.to_owned()),
        "ver" | "version" => TxnSide::Version(number()?),
        "c" | "create" => TxnSide::Create(number()?),
        "m" | "mod" => TxnSide::Mod(number()?),
        "lease" => TxnSide::Lease(lease_id(given)?),
        _ => return Err(wrong()),
    };
    Ok(TxnCompare {
        key: key.to_owned(),
        relation,
        side,
    })
}

fn step(line: &str) -> Result<TxnStep, Complaint> {
    let words = words(line)?;
    let (verb, rest) = words.split_first().ok_or(Complaint::Quotes)?;
    match verb.as_str() {
        "put" => match rest {
            [key, value] => Ok(TxnStep::Put {
                key: key.clone(),
                value: value.clone(),
            }),
            _ => Err(Complaint::Usage(PUT)),
        },
        "get" => {
            let (key, end) = range(rest, GET)?;
            Ok(TxnStep::Get { key, end })
        }
        "del" => {
            let (key, end) = range(rest, DEL)?;
            Ok(TxnStep::Delete { key, end })
        }
        _ => Err(Complaint::Request(line.to_owned())),
    }
}

fn range(words: &[String], usage: &'static str) -> Result<(String, String), Complaint> {
    let arguments = Arguments::read(words, &["prefix", "from-key"], usage)?;
    range_end(&arguments, usage)
}
