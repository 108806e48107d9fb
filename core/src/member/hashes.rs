//! Hashes of a member's store: asked for by clients, by other members and by itself, and computed
//! one after the other, in steps, while writes go on.

use std::collections::VecDeque;

use super::Member;
use crate::command::Reply;
use crate::consensus::wire::{HashAnswer, HashOutcome, HashQuestion, WireBody, WireFrame};
use crate::corruption::HashAt;
use crate::error::Error;
use crate::id::{MemberId, RequestId, Revision};
use crate::limits::PENDING_REQUESTS_MAX;
use crate::mvcc::{HashStep, Hashing};

/// Hashes that are asked for.
#[derive(Default)]
pub(super) struct HashDesk {
    waiting: VecDeque<(HashAsker, Revision)>,
    running: Option<Running>,
}

/// Who asks for a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HashAsker {
    /// A client.
    Client(RequestId),
    /// Another member: by its start and its number for the question.
    Peer {
        member: MemberId,
        incarnation: u64,
        number: u64,
    },
    /// This member's own check.
    Check,
}

struct Running {
    asker: HashAsker,
    asked: Revision,
    hashing: Hashing,
    /// The store's newest revision when it began.
    revision: Revision,
}

impl HashDesk {
    /// How many clients wait.
    pub(super) fn count(&self) -> usize {
        self.waiting.len() + usize::from(self.running.is_some())
    }

    /// Whether there is anything to compute.
    pub(super) fn is_busy(&self) -> bool {
        self.count() > 0
    }
}

impl Member {
    /// Somebody wants the hash at a revision, 0 for the newest.
    pub(super) fn ask_for_hash(&mut self, asker: HashAsker, revision: Revision) {
        self.hashes.waiting.push_back((asker, revision));
    }

    /// Another member asks.
    pub(super) fn receive_hash_question(&mut self, from: MemberId, question: HashQuestion) {
        // It takes silence for an answer too.
        if self.hashes.count() >= PENDING_REQUESTS_MAX {
            return;
        }
        let asker = HashAsker::Peer {
            member: from,
            incarnation: question.incarnation,
            number: question.number,
        };
        self.ask_for_hash(asker, Revision(question.revision));
    }

    /// Does a little of what is asked for.
    pub(super) fn go_on_hashing(&mut self) {
        let mut running = match self.hashes.running.take() {
            Some(running) => running,
            None => match self.next_hash() {
                Some(running) => running,
                None => return,
            },
        };
        match self
            .store
            .hash_step(&mut running.hashing, HASH_STEP_VERSIONS)
        {
            HashStep::More => self.hashes.running = Some(running),
            HashStep::Done(hash) => {
                let revision = running.revision;
                self.store.end_hash(running.hashing);
                self.hash_done(running.asker, Ok(HashAt { hash, revision }));
            }
            HashStep::Lost => {
                let again = (running.asker, running.asked);
                self.hashes.waiting.push_front(again);
            }
        }
    }

    /// Begins with the next one; what has an answer already is answered on the way.
    fn next_hash(&mut self) -> Option<Running> {
        while let Some((asker, asked)) = self.hashes.waiting.pop_front() {
            let revision = self.store.revision();
            if let Some(hash) = self.store.compaction_hash(asked) {
                self.hash_done(asker, Ok(HashAt { hash, revision }));
                continue;
            }
            match self.store.begin_hash(asked) {
                Ok(hashing) => {
                    return Some(Running {
                        asker,
                        asked,
                        hashing,
                        revision,
                    });
                }
                Err(error) => self.hash_done(asker, Err(error)),
            }
        }
        None
    }

    fn hash_done(&mut self, asker: HashAsker, result: Result<HashAt, Error>) {
        match asker {
            HashAsker::Client(id) => match result {
                Ok(HashAt { hash, revision }) => {
                    self.reply_at(id, revision, Ok(Reply::HashKv(hash)));
                }
                Err(error) => self.reply(id, Err(error)),
            },
            HashAsker::Peer {
                member,
                incarnation,
                number,
            } => {
                let body = WireBody::HashAnswer(HashAnswer {
                    incarnation,
                    number,
                    outcome: outcome(result),
                });
                let (from, to) = (self.config.id.0, member.0);
                self.send_wire(WireFrame { from, to, body });
            }
            HashAsker::Check => self.own_hash_done(result.ok()),
        }
    }

    /// The clients that wait; nothing is computed for them any more.
    pub(super) fn take_hash_clients(&mut self) -> Vec<RequestId> {
        let running = self.hashes.running.take().map(|running| running.asker);
        let waiting = self.hashes.waiting.drain(..).map(|(asker, _)| asker);
        let client = |asker| match asker {
            HashAsker::Client(id) => Some(id),
            HashAsker::Peer { .. } | HashAsker::Check => None,
        };
        running
            .into_iter()
            .chain(waiting)
            .filter_map(client)
            .collect()
    }
}

fn outcome(result: Result<HashAt, Error>) -> HashOutcome {
    match result {
        Ok(HashAt { hash, revision }) => HashOutcome::Hash {
            hash: hash.hash,
            compact_revision: hash.compact_revision.0,
            hash_revision: hash.hash_revision.0,
            revision: revision.0,
        },
        Err(Error::Compacted) => HashOutcome::Compacted,
        Err(Error::FutureRevision) => HashOutcome::FutureRevision,
        Err(_) => HashOutcome::Unavailable,
    }
}

/// Versions gone through between two rounds of inputs, well below a millisecond of work.
const HASH_STEP_VERSIONS: usize = 200;
