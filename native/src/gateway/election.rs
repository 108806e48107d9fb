//! `v3electionpb.Election`.

use quorate_api::v3electionpb::election_server::Election;

use super::route::{Route, routes};

/// Its paths.
pub(super) fn routes() -> Vec<(&'static str, Route)> {
    routes!(
        Election,
        "v3electionpb.Election",
        {
            "/v3/election/campaign" => unary "Campaign" campaign,
            "/v3/election/proclaim" => unary "Proclaim" proclaim,
            "/v3/election/leader" => unary "Leader" leader,
            "/v3/election/observe" => answers "Observe" observe,
            "/v3/election/resign" => unary "Resign" resign,
        }
    )
}
