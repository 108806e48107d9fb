//! `etcdserverpb.Maintenance`.

use quorate_api::etcdserverpb::maintenance_server::Maintenance;

use super::route::{Route, routes};

/// Its paths.
pub(super) fn routes() -> Vec<(&'static str, Route)> {
    routes!(
        Maintenance,
        "etcdserverpb.Maintenance",
        {
            "/v3/maintenance/alarm" => unary "Alarm" alarm,
            "/v3/maintenance/status" => unary "Status" status,
            "/v3/maintenance/defragment" => unary "Defragment" defragment,
            "/v3/maintenance/hash" => unary "Hash" hash,
            "/v3/maintenance/hashkv" => unary "HashKV" hash_kv,
            "/v3/maintenance/snapshot" => answers "Snapshot" snapshot,
            "/v3/maintenance/transfer-leadership" => unary "MoveLeader" move_leader,
            "/v3/maintenance/downgrade" => unary "Downgrade" downgrade,
        }
    )
}
