//! Nothing acknowledged is lost: a read that begins after a write was acknowledged sees it, or
//! something newer.

use std::collections::BTreeMap;

use super::{Broken, Verdict};
use crate::command::{RangeReply, Reply};
use crate::id::Revision;
use crate::sim::clients::{Answer, Question};

/// Raft paper §8 (linearizable semantics), from a client's side alone: no look into a member.
/// The order of the writes is taken from their revisions, so this is a check of reads against
/// acknowledged writes, not a search for a linearization.
#[derive(Debug, Default)]
pub(super) struct Acknowledged {
    /// Which operation wrote at each revision.
    revisions: BTreeMap<Revision, u64>,
    newest: BTreeMap<String, Write>,
    /// Deletions that were asked, by key and number: whether and where each took effect.
    deletes: BTreeMap<String, BTreeMap<u64, Effect>>,
    /// Reads that are open, with the newest write acknowledged before each was asked.
    reads: BTreeMap<u64, Option<Write>>,
}

/// An acknowledged write of a key.
#[derive(Clone, Debug)]
struct Write {
    number: u64,
    revision: Revision,
    /// Nothing when it deleted.
    value: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Possible,
    At(Revision),
    None,
}

impl Acknowledged {
    pub(super) fn ask(&mut self, number: u64, question: &Question) {
        match question {
            Question::Get { key } => {
                self.reads.insert(number, self.newest.get(key).cloned());
            }
            Question::Delete { key } => {
                let deletes = self.deletes.entry(key.clone()).or_default();
                deletes.insert(number, Effect::Possible);
            }
            // What the other operations do to a key is for `crate::audit` to tell: see there.
            Question::Put { .. } | Question::Compact { .. } | Question::Other(_) => {}
        }
    }

    pub(super) fn answer(&mut self, answer: &Answer) -> Verdict {
        let revision = answer.header.revision;
        match (&answer.question, &answer.result) {
            (Question::Put { key, value }, Ok(_)) => {
                self.acknowledge(answer.number, key, revision, Some(value.clone()))
            }
            (Question::Delete { key }, result) => {
                let effect = match result {
                    Ok(Reply::DeleteRange(reply)) if reply.deleted > 0 => Effect::At(revision),
                    Ok(_) => Effect::None,
                    Err(_) if answer.is_definite_failure => Effect::None,
                    Err(_) => Effect::Possible,
                };
                let deletes = self.deletes.entry(key.clone()).or_default();
                deletes.insert(answer.number, effect);
                match effect {
                    Effect::At(revision) => self.acknowledge(answer.number, key, revision, None),
                    Effect::Possible | Effect::None => Ok(()),
                }
            }
            (Question::Get { key }, Ok(Reply::Range(range))) => {
                match self.reads.remove(&answer.number).flatten() {
                    Some(write) => self.compare(answer.number, key, &write, range),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn acknowledge(
        &mut self,
        number: u64,
        key: &str,
        revision: Revision,
        value: Option<String>,
    ) -> Verdict {
        let first = *self.revisions.entry(revision).or_insert(number);
        if first != number {
            return Err(broken(format!(
                "operations {first} and {number} were both acknowledged at revision {revision}"
            )));
        }
        let is_newest = self
            .newest
            .get(key)
            .is_none_or(|known| known.revision < revision);
        if is_newest {
            let write = Write {
                number,
                revision,
                value,
            };
            self.newest.insert(key.to_owned(), write);
        }
        Ok(())
    }

    fn compare(&self, number: u64, key: &str, write: &Write, range: &RangeReply) -> Verdict {
        let lost = |saw: String| {
            Err(broken(format!(
                "operation {} was acknowledged at revision {}, then operation {number} (get \
                 {key}) saw {saw}",
                write.number, write.revision
            )))
        };
        match range.key_values.first() {
            Some(found) if found.mod_revision < write.revision => {
                lost(format!("revision {}", found.mod_revision))
            }
            Some(found) if found.mod_revision == write.revision => {
                let value = String::from_utf8_lossy(&found.value);
                if write.value.as_deref() == Some(value.as_ref()) {
                    Ok(())
                } else {
                    lost(format!("another value, {value}, at that revision"))
                }
            }
            Some(_) => Ok(()),
            None if write.value.is_none() || self.may_be_deleted(key, write.revision) => Ok(()),
            None => lost("nothing, and nobody deleted it".to_owned()),
        }
    }

    fn may_be_deleted(&self, key: &str, after: Revision) -> bool {
        self.deletes.get(key).is_some_and(|deletes| {
            deletes.values().any(|effect| match effect {
                Effect::Possible => true,
                Effect::At(revision) => *revision > after,
                Effect::None => false,
            })
        })
    }
}

fn broken(text: String) -> Broken {
    Broken {
        property: "nothing acknowledged is lost",
        source: "Raft paper §8",
        text,
    }
}
