//! What roles and standings are called.

use crate::member::Role;
use crate::sim::frame::Standing;

pub(super) fn role_name(role: Role) -> &'static str {
    let mut roles = ROLES.iter();
    roles
        .find(|(_, known)| *known == role)
        .map_or("", |found| found.0)
}

pub(in crate::sim::scenario) fn standing_name(standing: Standing) -> &'static str {
    let mut standings = STANDINGS.iter();
    standings
        .find(|(_, known)| *known == standing)
        .map_or("", |found| found.0)
}

pub(super) const ROLES: [(&str, Role); 4] = [
    ("follower", Role::Follower),
    ("pre-candidate", Role::PreCandidate),
    ("candidate", Role::Candidate),
    ("leader", Role::Leader),
];

pub(super) const STANDINGS: [(&str, Standing); 4] = [
    ("voter", Standing::Voter),
    ("learner", Standing::Learner),
    ("removed", Standing::Removed),
    ("stranger", Standing::Stranger),
];
