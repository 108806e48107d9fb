//! What is asked of leases.

use quorate_api::etcdserverpb as pb;

use super::Draw;
use crate::suite::differential::model::Model;
use crate::suite::differential::operation::Operation;

/// Long enough to outlive a stream of operations.
const TTLS: &[i64] = &[1_000, 5_000, 100_000, 9_000_000_000];
/// Longer than any may be.
const TOO_LONG: &[i64] = &[9_000_000_001, i64::MAX];
/// Raised to the shortest that there is.
const SHORT: &[i64] = &[0, 1, -1, -7, i64::MIN];
/// Ids that a client chooses.
const IDS: &[i64] = &[1, 2, 3, 4, 5, 6, 7, -5, i64::MAX];

impl Draw {
    pub(super) fn lease(&mut self, model: &Model) -> Operation {
        match self.prng.below(100) {
            0..30 => self.grant(model),
            30..34 => Operation::GrantAndRevoke(*self.prng.choose(SHORT).unwrap()),
            34..50 => Operation::Revoke(self.any_lease(model)),
            50..65 => Operation::KeepAlive(self.any_lease(model)),
            65..90 => Operation::TimeToLive(pb::LeaseTimeToLiveRequest {
                id: self.any_lease(model),
                keys: self.prng.chance(700),
            }),
            _ => Operation::Leases,
        }
    }

    fn grant(&mut self, model: &Model) -> Operation {
        // Of two reasons to refuse it each server has another one first.
        let ttl = match self.prng.chance(60) && !model.has_alarm {
            true => *self.prng.choose(TOO_LONG).unwrap(),
            false => *self.prng.choose(TTLS).unwrap(),
        };
        let id = match self.prng.chance(300) {
            true => 0,
            false => *self.prng.choose(IDS).unwrap(),
        };
        self.names += 1;
        Operation::Grant(pb::LeaseGrantRequest { ttl, id }, self.names)
    }

    /// Mostly one that there is.
    pub(super) fn any_lease(&mut self, model: &Model) -> i64 {
        let leases: Vec<i64> = model.leases.iter().copied().collect();
        match self.prng.choose(&leases) {
            Some(lease) if self.prng.chance(850) => *lease,
            _ => *self.prng.choose(&[0, 1, 2, 77, 1_234_567, -5]).unwrap(),
        }
    }
}
