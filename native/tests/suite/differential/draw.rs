//! Which operation comes next: drawn from a seed and from what is known of both servers.

mod keys;
mod leases;
mod turns;
mod txn;
mod watch;

use bytes::Bytes;
use quorate_api::etcdserverpb as pb;
use quorate_core::prng::Prng;

use super::model::Model;
use super::operation::Operation;

/// A source of operations.
pub(super) struct Draw {
    prng: Prng,
    /// Leases that a server is to choose the ids of get these names.
    names: i64,
    /// Locks and elections that there were.
    turns: u64,
    /// Whether keys are attached to leases of which a server chose the id. Such keys hash
    /// differently on each server, so then nothing is hashed.
    attaches_named: bool,
}

/// Far from every id that a client chooses here, and from those that servers choose.
const FIRST_NAME: i64 = 1_000_000;

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            prng: Prng::new(seed).fork("operations"),
            names: FIRST_NAME,
            turns: 0,
            attaches_named: seed.is_multiple_of(2),
        }
    }

    /// The next operation.
    pub(super) fn operation(&mut self, model: &Model) -> Operation {
        if model.has_alarm && self.prng.chance(80) {
            return Operation::NoSpace(false);
        }
        match self.prng.below(1_000) {
            0..250 => Operation::Put(self.put(model)),
            250..252 => Operation::Range(self.unknown_order(model)),
            252..400 => Operation::Range(self.range(model)),
            400..470 => Operation::DeleteRange(self.deletion()),
            // Puts within a transaction within one are no puts to etcd when it has no space.
            470..660 => Operation::Txn(self.txn(model, if model.has_alarm { 0 } else { 2 })),
            660..664 => Operation::Txn(self.long_txn()),
            664..668 => Operation::Txn(self.unknown_comparison()),
            668..672 => Operation::Put(self.large_put()),
            672..690 => Operation::Compact(self.compaction(model)),
            690..720 if self.attaches_named => Operation::Settle,
            690..720 => Operation::HashKv(self.revision(model).max(0)),
            720..820 => self.lease(model),
            820..940 => self.watch(model),
            940..970 => self.take_turns(model),
            970..975 => Operation::Alarms,
            975..978 => Operation::NoSpace(true),
            978..982 => Operation::Members,
            982..985 => Operation::MemberRemove(self.prng.below(9)),
            985..988 => Operation::MemberPromote(self.prng.below(9)),
            988..991 => Operation::MemberAdd(self.bad_member()),
            991..995 => Operation::Status,
            _ => Operation::Settle,
        }
    }

    fn put(&mut self, model: &Model) -> pb::PutRequest {
        let ignore_value = self.prng.chance(60);
        let ignore_lease = self.prng.chance(60);
        pb::PutRequest {
            key: self.key(),
            value: match ignore_value && self.prng.chance(900) {
                true => Bytes::new(),
                false => self.value(),
            },
            lease: match self.prng.chance(if ignore_lease { 100 } else { 200 }) {
                true => match self.any_lease(model) {
                    name if (FIRST_NAME..i64::MAX).contains(&name) && !self.attaches_named => 0,
                    lease => lease,
                },
                false => 0,
            },
            prev_kv: self.prng.chance(300),
            ignore_value,
            ignore_lease,
        }
    }

    /// Around the limits of a request and of a message.
    fn large_put(&mut self) -> pb::PutRequest {
        let sizes = [
            1_000_000, 1_572_000, 1_574_000, 2_000_000, 2_098_000, 3_000_000,
        ];
        let size = *self.prng.choose(&sizes).unwrap();
        pb::PutRequest {
            key: self.key(),
            value: vec![b'x'; size].into(),
            ..pb::PutRequest::default()
        }
    }

    fn range(&mut self, model: &Model) -> pb::RangeRequest {
        let (key, range_end) = self.interval();
        let mut bound = |per_mille| match self.prng.chance(per_mille) {
            true => self.prng.between(0, model.revision as u64 + 2) as i64 - 1,
            false => 0,
        };
        let min_mod_revision = bound(80);
        let max_mod_revision = bound(80);
        let min_create_revision = bound(80);
        let max_create_revision = bound(80);
        pb::RangeRequest {
            key,
            range_end,
            limit: match self.prng.below(10) {
                0..6 => 0,
                6 => 1,
                7 => 2,
                8 => 5,
                _ => self.prng.below(40) as i64 - 1,
            },
            revision: self.revision(model),
            sort_order: self.number_below(3),
            sort_target: self.number_below(5),
            serializable: self.prng.chance(300),
            keys_only: self.prng.chance(150),
            count_only: self.prng.chance(100),
            min_mod_revision,
            max_mod_revision,
            min_create_revision,
            max_create_revision,
        }
    }

    fn deletion(&mut self) -> pb::DeleteRangeRequest {
        let (key, range_end) = match self.prng.chance(700) {
            true => (self.key(), Bytes::new()),
            false => self.interval(),
        };
        pb::DeleteRangeRequest {
            key,
            range_end,
            prev_kv: self.prng.chance(400),
        }
    }

    fn compaction(&mut self, model: &Model) -> pb::CompactionRequest {
        let revision = match self.prng.chance(600) {
            true => {
                let most = (model.revision - model.compacted.max(0)) as u64;
                model.compacted.max(0) + self.prng.below(most / 2 + 1) as i64
            }
            false => self.revision(model),
        };
        pb::CompactionRequest {
            revision,
            // What 3.5 hashes while it still compacts is not always what it hashes then.
            physical: self.prng.chance(500) || !self.attaches_named,
        }
    }

    /// None, the latest, one of the past, one that is compacted, one of the future.
    fn revision(&mut self, model: &Model) -> i64 {
        let (now, compacted) = (model.revision, model.compacted.max(0));
        match self.prng.below(100) {
            0..45 => 0,
            45..55 => now,
            55..80 => self.prng.between(compacted as u64, now as u64) as i64,
            80..88 => self.prng.between(0, compacted as u64) as i64,
            88..94 => now + 1 + self.prng.below(3) as i64,
            94..97 => -1 - self.prng.below(3) as i64,
            _ => now - 1,
        }
    }

    fn bad_member(&mut self) -> pb::MemberAddRequest {
        let urls = [
            "foo",
            "http://127.0.0.1",
            "ftp://127.0.0.1:1",
            "http://a:1/x",
            "",
        ];
        pb::MemberAddRequest {
            peer_ur_ls: vec![(*self.prng.choose(&urls).unwrap()).to_owned()],
            is_learner: self.prng.chance(500),
        }
    }

    /// Mostly the first of so many.
    fn number_below(&mut self, count: u64) -> i32 {
        match self.prng.chance(600) {
            true => 0,
            false => self.prng.below(count) as i32,
        }
    }

    /// In an order that there is not.
    fn unknown_order(&mut self, model: &Model) -> pb::RangeRequest {
        pb::RangeRequest {
            sort_order: *self.prng.choose(&[3, 7, -1]).unwrap(),
            ..self.range(model)
        }
    }
}
