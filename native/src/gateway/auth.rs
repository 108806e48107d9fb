//! `etcdserverpb.Auth`.

use quorate_api::etcdserverpb::auth_server::Auth;

use super::route::{Route, routes};

/// Its paths.
pub(super) fn routes() -> Vec<(&'static str, Route)> {
    routes!(
        Auth,
        "etcdserverpb.Auth",
        {
            "/v3/auth/enable" => unary "AuthEnable" auth_enable,
            "/v3/auth/disable" => unary "AuthDisable" auth_disable,
            "/v3/auth/status" => unary "AuthStatus" auth_status,
            "/v3/auth/authenticate" => unary "Authenticate" authenticate,
            "/v3/auth/user/add" => unary "UserAdd" user_add,
            "/v3/auth/user/get" => unary "UserGet" user_get,
            "/v3/auth/user/list" => unary "UserList" user_list,
            "/v3/auth/user/delete" => unary "UserDelete" user_delete,
            "/v3/auth/user/changepw" => unary "UserChangePassword" user_change_password,
            "/v3/auth/user/grant" => unary "UserGrantRole" user_grant_role,
            "/v3/auth/user/revoke" => unary "UserRevokeRole" user_revoke_role,
            "/v3/auth/role/add" => unary "RoleAdd" role_add,
            "/v3/auth/role/get" => unary "RoleGet" role_get,
            "/v3/auth/role/list" => unary "RoleList" role_list,
            "/v3/auth/role/delete" => unary "RoleDelete" role_delete,
            "/v3/auth/role/grant" => unary "RoleGrantPermission" role_grant_permission,
            "/v3/auth/role/revoke" => unary "RoleRevokePermission" role_revoke_permission,
        }
    )
}
