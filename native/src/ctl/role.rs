//! `role`: what users may do.

mod shown;

use bytes::Bytes;
use clap::{Args, Subcommand};
use quorate_api::authpb::Permission;
use quorate_api::authpb::permission::Type;
use quorate_api::etcdserverpb::{
    AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGetRequest, AuthRoleGrantPermissionRequest,
    AuthRoleListRequest, AuthRoleRevokePermissionRequest,
};

pub(super) use self::shown::RoleShown;
use super::context::Context;
use super::failure::Failure;
use super::range::prefix_end;
use super::user::{Done, none, one};

/// Role related commands
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Role {
    #[command(subcommand)]
    command: RoleCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum RoleCommand {
    /// Adds a new role
    Add { name: Vec<String> },
    /// Deletes a role
    Delete { name: Vec<String> },
    /// Gets detailed information of a role
    Get { name: Vec<String> },
    /// Lists all roles
    List {
        #[arg(hide = true)]
        rest: Vec<String>,
    },
    /// Grants a key to a role
    GrantPermission {
        #[command(flatten)]
        keys: Keys,
        /// The role, `read`, `write` or `readwrite`, the key, and the end of a range of keys
        arguments: Vec<String>,
    },
    /// Revokes a key from a role
    RevokePermission {
        #[command(flatten)]
        keys: Keys,
        /// The role, the key, and the end of a range of keys
        arguments: Vec<String>,
    },
}

/// Which keys.
#[derive(Args, Clone, Copy, Debug)]
struct Keys {
    /// All keys with this prefix
    #[arg(long)]
    prefix: bool,
    /// All keys from this one on
    #[arg(long)]
    from_key: bool,
}

impl Role {
    /// Asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        match self.command {
            RoleCommand::Add { name } => {
                let name = one(name, "role add command requires role name as its argument")?;
                let text = format!("Role {name} created");
                let response = client.role_add(AuthRoleAddRequest { name }).await?;
                context.print(&Done::new(text, &response, response.header))
            }
            RoleCommand::Delete { name } => {
                let role = one(
                    name,
                    "role delete command requires role name as its argument",
                )?;
                let text = format!("Role {role} deleted");
                let response = client.role_delete(AuthRoleDeleteRequest { role }).await?;
                context.print(&Done::new(text, &response, response.header))
            }
            RoleCommand::Get { name } => {
                let role = one(name, "role get command requires role name as its argument")?;
                let request = AuthRoleGetRequest { role: role.clone() };
                let response = client.role_get(request).await?;
                context.print(&RoleShown { role, response })
            }
            RoleCommand::List { rest } => {
                none(&rest, "role list command requires no arguments")?;
                let response = client.role_list(AuthRoleListRequest {}).await?;
                context.print(&response)
            }
            RoleCommand::GrantPermission { keys, arguments } => {
                grant(context, keys, &arguments).await
            }
            RoleCommand::RevokePermission { keys, arguments } => {
                revoke(context, keys, &arguments).await
            }
        }
    }
}

async fn grant(context: &Context, keys: Keys, arguments: &[String]) -> Result<(), Failure> {
    let [name, kind, range @ ..] = arguments else {
        return Err(Failure::arguments(GRANT_NEEDS));
    };
    if range.is_empty() {
        return Err(Failure::arguments(GRANT_NEEDS));
    }
    let perm_type = Type::from_str_name(&kind.to_uppercase())
        .ok_or_else(|| Failure::arguments(format!("invalid permission type: {kind}")))?;
    let (key, range_end) = keys.range(range)?;
    let request = AuthRoleGrantPermissionRequest {
        name: name.clone(),
        perm: Some(Permission {
            perm_type: perm_type.into(),
            key,
            range_end,
        }),
    };
    let response = context.client()?.role_grant_permission(request).await?;
    let text = format!("Role {name} updated");
    context.print(&Done::new(text, &response, response.header))
}

async fn revoke(context: &Context, keys: Keys, arguments: &[String]) -> Result<(), Failure> {
    let [role, range @ ..] = arguments else {
        return Err(Failure::arguments(REVOKE_NEEDS));
    };
    let Some(first) = range.first() else {
        return Err(Failure::arguments(REVOKE_NEEDS));
    };
    let (key, range_end) = keys.range(range)?;
    let text = match range_end.as_ref() {
        b"" => format!("Permission of key {first} is revoked from role {role}"),
        b"\0" => format!("Permission of range [{first}, <open ended> is revoked from role {role}"),
        end => format!(
            "Permission of range [{first}, {}) is revoked from role {role}",
            String::from_utf8_lossy(end)
        ),
    };
    let request = AuthRoleRevokePermissionRequest {
        role: role.clone(),
        key,
        range_end,
    };
    let response = context.client()?.role_revoke_permission(request).await?;
    context.print(&Done::new(text, &response, response.header))
}

impl Keys {
    /// Key and range end of `<key> [endkey]`.
    fn range(self, arguments: &[String]) -> Result<(Bytes, Bytes), Failure> {
        let open = Bytes::from_static(b"\0");
        if self.prefix && self.from_key {
            return Err(Failure::arguments(
                "--from-key and --prefix flags are mutually exclusive",
            ));
        }
        let (first, rest) = arguments.split_first().unwrap_or((&EMPTY, &[]));
        if first.is_empty() {
            let is_range = self.prefix || self.from_key;
            let end = if is_range { open.clone() } else { Bytes::new() };
            return Ok((open, end));
        }
        let end = match (rest.first(), self.prefix, self.from_key) {
            (Some(_), true, _) => {
                let text = "unexpected endkey argument with --prefix flag";
                return Err(Failure::arguments(text));
            }
            (Some(_), _, true) => {
                let text = "unexpected endkey argument with --from-key flag";
                return Err(Failure::arguments(text));
            }
            (Some(end), false, false) => Bytes::from(end.clone()),
            (None, true, _) => prefix_end(first.as_bytes()),
            (None, _, true) => open,
            (None, false, false) => Bytes::new(),
        };
        Ok((Bytes::from(first.clone()), end))
    }
}

static EMPTY: String = String::new();

const GRANT_NEEDS: &str = "role grant command requires role name, permission type, and key \
                           [endkey] as its argument";
const REVOKE_NEEDS: &str =
    "role revoke-permission command requires role name and key [endkey] as its argument";
