//! `etcdserverpb.Lease`. Three of its methods have a second path, from a time when they had no
//! other.

use quorate_api::etcdserverpb::lease_server::Lease;

use super::route::{Route, routes};

/// Its paths.
pub(super) fn routes() -> Vec<(&'static str, Route)> {
    routes!(
        Lease,
        "etcdserverpb.Lease",
        {
            "/v3/lease/grant" => unary "LeaseGrant" lease_grant,
            "/v3/lease/revoke" => unary "LeaseRevoke" lease_revoke,
            "/v3/kv/lease/revoke" => unary "LeaseRevoke" lease_revoke,
            "/v3/lease/keepalive" => exchange "LeaseKeepAlive" lease_keep_alive,
            "/v3/lease/timetolive" => unary "LeaseTimeToLive" lease_time_to_live,
            "/v3/kv/lease/timetolive" => unary "LeaseTimeToLive" lease_time_to_live,
            "/v3/lease/leases" => unary "LeaseLeases" lease_leases,
            "/v3/kv/lease/leases" => unary "LeaseLeases" lease_leases,
        }
    )
}
