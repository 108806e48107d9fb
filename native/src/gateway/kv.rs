//! `etcdserverpb.KV`.

use quorate_api::etcdserverpb::kv_server::Kv;

use super::route::{Route, routes};

/// Its paths.
pub(super) fn routes() -> Vec<(&'static str, Route)> {
    routes!(
        Kv,
        "etcdserverpb.KV",
        {
            "/v3/kv/range" => unary "Range" range,
            "/v3/kv/put" => unary "Put" put,
            "/v3/kv/deleterange" => unary "DeleteRange" delete_range,
            "/v3/kv/txn" => unary "Txn" txn,
            "/v3/kv/compaction" => unary "Compact" compact,
        }
    )
}
