//! `v3lockpb.Lock`.

use quorate_api::v3lockpb::lock_server::Lock;

use super::route::{Route, routes};

/// Its paths.
pub(super) fn routes() -> Vec<(&'static str, Route)> {
    routes!(
        Lock,
        "v3lockpb.Lock",
        {
            "/v3/lock/lock" => unary "Lock" lock,
            "/v3/lock/unlock" => unary "Unlock" unlock,
        }
    )
}
