//! `etcdserverpb.Watch`.

use quorate_api::etcdserverpb::watch_server::Watch;

use super::route::{Route, routes};

/// Its paths.
pub(super) fn routes() -> Vec<(&'static str, Route)> {
    routes!(
        Watch,
        "etcdserverpb.Watch",
        {
            "/v3/watch" => exchange "Watch" watch,
        }
    )
}
