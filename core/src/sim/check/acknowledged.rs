//! Nothing acknowledged is lost: a read that begins after a write was acknowledged sees it, or
//! something newer.

use super::{Broken, Verdict};
use crate::collections::BTreeMap;
use crate::command::{RangeReply, Reply};
use crate::id::Revision;
use crate::sim::clients::{Answer, Question};
use crate::sim::operation::Operation;

/// Raft paper §8 (linearizable semantics), from a client's side alone: no look into a member.
/// The order of the writes is taken from their revisions, so this is a check of reads against
/// acknowledged writes, not a search for a linearization.
#[derive(Debug, Default)]
pub(super) struct Acknowledged {
    /// Which operation wrote at each revision.
    revisions: BTreeMap<Revision, u64>,
    newest: BTreeMap<String, Write>,
    /// What was asked that can make a key vanish, by key and number: a deletion, or a lease that
    /// it was attached to.
    ends: BTreeMap<String, BTreeMap<u64, Effect>>,
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

/// Whether something that makes a key vanish took effect, and where.
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
            Question::Delete { key } | Question::Other(Operation::PutWithLease { key, .. }) => {
                self.end(key, number, Effect::Possible);
            }
            // What the other operations read is for `crate::audit` to tell: see there.
            Question::Put { .. } | Question::Compact { .. } | Question::Other(_) => {}
        }
    }

    pub(super) fn answer(&mut self, answer: &Answer) -> Verdict {
        let number = answer.number;
        let revision = answer.header.revision;
        match (&answer.question, &answer.result) {
            (Question::Put { key, value }, Ok(_)) => {
                self.acknowledge(number, key, revision, Some(value))
            }
            (Question::Delete { key }, result) => {
                let effect = match result {
                    Ok(Reply::DeleteRange(reply)) if reply.deleted > 0 => Effect::At(revision),
                    Ok(_) => Effect::None,
                    Err(_) if answer.is_definite_failure => Effect::None,
                    Err(_) => Effect::Possible,
                };
                self.end(key, number, effect);
                match effect {
                    Effect::At(revision) => self.acknowledge(number, key, revision, None),
                    Effect::Possible | Effect::None => Ok(()),
                }
            }
            (Question::Get { key }, Ok(Reply::Range(range))) => {
                match self.reads.remove(&number).flatten() {
                    Some(write) => self.compare(number, key, &write, range),
                    None => Ok(()),
                }
            }
            (Question::Other(operation), _) => self.answer_other(answer, operation),
            _ => Ok(()),
        }
    }

    fn answer_other(&mut self, answer: &Answer, operation: &Operation) -> Verdict {
        let number = answer.number;
        let revision = answer.header.revision;
        match (operation, &answer.result) {
            (Operation::PutWithLease { key, value, .. }, Ok(_)) => {
                // From then on the lease's end is the key's, until somebody puts it anew.
                self.end(key, number, Effect::At(revision));
                self.acknowledge(number, key, revision, Some(value))
            }
            (Operation::PutWithLease { key, .. }, Err(_)) if answer.is_definite_failure => {
                self.end(key, number, Effect::None);
                Ok(())
            }
            (Operation::CompareAndSwap { key, value, .. }, Ok(Reply::Txn(reply)))
                if reply.succeeded =>
            {
                self.acknowledge(number, key, revision, Some(value))
            }
            (Operation::PutAll { pairs }, Ok(_)) => pairs
                .iter()
                .try_for_each(|(key, value)| self.acknowledge(number, key, revision, Some(value))),
            _ => Ok(()),
        }
    }

    fn end(&mut self, key: &str, number: u64, effect: Effect) {
        let ends = self.ends.entry(key.to_owned()).or_default();
        ends.insert(number, effect);
    }

    fn acknowledge(
        &mut self,
        number: u64,
        key: &str,
        revision: Revision,
        value: Option<&String>,
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
                value: value.cloned(),
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
            None if write.value.is_none() || self.may_have_ended(key, write.revision) => Ok(()),
            None => lost("nothing, and nobody deleted it".to_owned()),
        }
    }

    /// Whether a key may have vanished after it was written at a revision. A lease that it was
    /// attached to before that has nothing to say any more.
    fn may_have_ended(&self, key: &str, written_at: Revision) -> bool {
        self.ends.get(key).is_some_and(|ends| {
            ends.values().any(|effect| match effect {
                Effect::Possible => true,
                Effect::At(revision) => *revision >= written_at,
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
