//! Locks and elections in which nobody has to wait.

use quorate_api::{v3electionpb, v3lockpb};

use super::Draw;
use crate::suite::differential::model::Model;
use crate::suite::differential::operation::Operation;

impl Draw {
    pub(super) fn take_turns(&mut self, model: &Model) -> Operation {
        self.turns += 1;
        // A server would make up an id, which is in the key then.
        let lease = match self.any_lease(model) {
            0 => 77,
            name if (super::FIRST_NAME..i64::MAX).contains(&name) => 77,
            lease => lease,
        };
        let name = format!("turn{}", self.turns).into();
        let key = self.prng.choose(&model.locks).cloned();
        let leader = self.prng.choose(&model.leaders).cloned();
        let any = leader.clone().filter(|_| self.prng.chance(950));
        match self.prng.below(6) {
            0 => Operation::Lock(v3lockpb::LockRequest { name, lease }),
            1 => Operation::Unlock(v3lockpb::UnlockRequest {
                key: key.unwrap_or_default(),
            }),
            2 => Operation::Campaign(v3electionpb::CampaignRequest {
                name,
                lease,
                value: self.value(),
            }),
            3 => Operation::Proclaim(v3electionpb::ProclaimRequest {
                leader: any,
                value: self.value(),
            }),
            4 => Operation::Leader(v3electionpb::LeaderRequest {
                name: leader.map_or(name, |leader| leader.name),
            }),
            _ => Operation::Resign(v3electionpb::ResignRequest { leader: any }),
        }
    }
}
