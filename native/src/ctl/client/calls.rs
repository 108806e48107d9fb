//! The calls, one each.

use prost::Message;
use quorate_api::etcdserverpb::auth_client::AuthClient;
use quorate_api::etcdserverpb::cluster_client::ClusterClient;
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::lease_client::LeaseClient;
use quorate_api::etcdserverpb::maintenance_client::MaintenanceClient;
use quorate_api::etcdserverpb::*;
use tonic::Streaming;
use tonic::transport::Channel;

use super::{CallError, Client, Retry};

macro_rules! calls {
    ($($client:ident $path:literal {
        $($name:ident($request:ident) -> $response:ty, $method:literal, $retry:ident;)*
    })*) => {
        impl Client {
            $($(
                #[doc = concat!("`", $path, "/", $method, "`.")]
                ///
                /// # Errors
                /// The server's, the connection's, or that time is over.
                pub(crate) async fn $name(
                    &self,
                    message: $request,
                ) -> Result<$response, CallError> {
                    let method = concat!("/etcdserverpb.", $path, "/", $method);
                    self.check_size(method, message.encoded_len())?;
                    self.call(method, Retry::$retry, |channel: Channel| {
                        let request = self.request(message.clone());
                        let mut client = $client::new(channel)
                            .max_encoding_message_size(self.shared.send_limit_bytes)
                            .max_decoding_message_size(self.shared.receive_limit_bytes);
                        async move { client.$name(request).await }
                    })
                    .await
                }
            )*)*
        }
    };
}

calls! {
    KvClient "KV" {
        range(RangeRequest) -> RangeResponse, "Range", Repeatable;
        put(PutRequest) -> PutResponse, "Put", OnlyUnsent;
        delete_range(DeleteRangeRequest) -> DeleteRangeResponse, "DeleteRange", OnlyUnsent;
        txn(TxnRequest) -> TxnResponse, "Txn", OnlyUnsent;
        compact(CompactionRequest) -> CompactionResponse, "Compact", OnlyUnsent;
    }
    LeaseClient "Lease" {
        lease_grant(LeaseGrantRequest) -> LeaseGrantResponse, "LeaseGrant", Repeatable;
        lease_revoke(LeaseRevokeRequest) -> LeaseRevokeResponse, "LeaseRevoke", Repeatable;
        lease_time_to_live(LeaseTimeToLiveRequest) -> LeaseTimeToLiveResponse,
            "LeaseTimeToLive", Repeatable;
        lease_leases(LeaseLeasesRequest) -> LeaseLeasesResponse, "LeaseLeases", Repeatable;
    }
    ClusterClient "Cluster" {
        member_add(MemberAddRequest) -> MemberAddResponse, "MemberAdd", OnlyUnsent;
        member_remove(MemberRemoveRequest) -> MemberRemoveResponse, "MemberRemove", OnlyUnsent;
        member_update(MemberUpdateRequest) -> MemberUpdateResponse, "MemberUpdate", OnlyUnsent;
        member_list(MemberListRequest) -> MemberListResponse, "MemberList", Repeatable;
        member_promote(MemberPromoteRequest) -> MemberPromoteResponse,
            "MemberPromote", OnlyUnsent;
    }
    MaintenanceClient "Maintenance" {
        alarm(AlarmRequest) -> AlarmResponse, "Alarm", Repeatable;
        status(StatusRequest) -> StatusResponse, "Status", Repeatable;
        defragment(DefragmentRequest) -> DefragmentResponse, "Defragment", OnlyUnsent;
        hash_kv(HashKvRequest) -> HashKvResponse, "HashKV", Repeatable;
        snapshot(SnapshotRequest) -> Streaming<SnapshotResponse>, "Snapshot", Repeatable;
        move_leader(MoveLeaderRequest) -> MoveLeaderResponse, "MoveLeader", Repeatable;
        downgrade(DowngradeRequest) -> DowngradeResponse, "Downgrade", OnlyUnsent;
    }
    AuthClient "Auth" {
        auth_enable(AuthEnableRequest) -> AuthEnableResponse, "AuthEnable", OnlyUnsent;
        auth_disable(AuthDisableRequest) -> AuthDisableResponse, "AuthDisable", OnlyUnsent;
        auth_status(AuthStatusRequest) -> AuthStatusResponse, "AuthStatus", OnlyUnsent;
        user_add(AuthUserAddRequest) -> AuthUserAddResponse, "UserAdd", OnlyUnsent;
        user_get(AuthUserGetRequest) -> AuthUserGetResponse, "UserGet", Repeatable;
        user_list(AuthUserListRequest) -> AuthUserListResponse, "UserList", Repeatable;
        user_delete(AuthUserDeleteRequest) -> AuthUserDeleteResponse, "UserDelete", OnlyUnsent;
        user_change_password(AuthUserChangePasswordRequest) -> AuthUserChangePasswordResponse,
            "UserChangePassword", OnlyUnsent;
        user_grant_role(AuthUserGrantRoleRequest) -> AuthUserGrantRoleResponse,
            "UserGrantRole", OnlyUnsent;
        user_revoke_role(AuthUserRevokeRoleRequest) -> AuthUserRevokeRoleResponse,
            "UserRevokeRole", OnlyUnsent;
        role_add(AuthRoleAddRequest) -> AuthRoleAddResponse, "RoleAdd", OnlyUnsent;
        role_get(AuthRoleGetRequest) -> AuthRoleGetResponse, "RoleGet", Repeatable;
        role_list(AuthRoleListRequest) -> AuthRoleListResponse, "RoleList", Repeatable;
        role_delete(AuthRoleDeleteRequest) -> AuthRoleDeleteResponse, "RoleDelete", OnlyUnsent;
        role_grant_permission(AuthRoleGrantPermissionRequest) -> AuthRoleGrantPermissionResponse,
            "RoleGrantPermission", OnlyUnsent;
        role_revoke_permission(AuthRoleRevokePermissionRequest)
            -> AuthRoleRevokePermissionResponse, "RoleRevokePermission", OnlyUnsent;
    }
}
