//! `etcdserverpb.Cluster`.

use quorate_api::etcdserverpb::cluster_server::Cluster;

use super::route::{Route, routes};

/// Its paths.
pub(super) fn routes() -> Vec<(&'static str, Route)> {
    routes!(
        Cluster,
        "etcdserverpb.Cluster",
        {
            "/v3/cluster/member/add" => unary "MemberAdd" member_add,
            "/v3/cluster/member/remove" => unary "MemberRemove" member_remove,
            "/v3/cluster/member/update" => unary "MemberUpdate" member_update,
            "/v3/cluster/member/list" => unary "MemberList" member_list,
            "/v3/cluster/member/promote" => unary "MemberPromote" member_promote,
        }
    )
}
