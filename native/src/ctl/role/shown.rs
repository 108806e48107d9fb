//! How roles are shown.

use quorate_api::authpb::Permission;
use quorate_api::authpb::permission::Type;
use quorate_api::etcdserverpb::{AuthRoleGetResponse, AuthRoleListResponse};

use crate::ctl::print::{Answer, Encoded, Page};
use crate::ctl::range::prefix_end;
use crate::go::quote;

/// To `role get`.
pub(crate) struct RoleShown {
    pub(crate) role: String,
    pub(crate) response: AuthRoleGetResponse,
}

impl Answer for RoleShown {
    fn simple(&self, page: &mut Page) {
        page.line(format_args!("Role {}", self.role));
        let permissions = &self.response.perm;
        for (title, kind) in [("KV Read:", Type::Read), ("KV Write:", Type::Write)] {
            page.line(title);
            if self.role == "root" && permissions.is_empty() {
                page.line("\t[, <open ended>");
            }
            let allows =
                |p: &&Permission| p.perm_type() == kind || p.perm_type() == Type::Readwrite;
            for permission in permissions.iter().filter(allows) {
                page.line(format_args!("\t{}", keys(permission)));
            }
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.response.header.as_ref());
        for permission in &self.response.perm {
            let kind = permission.perm_type().as_str_name();
            // With etcdctl's two spaces.
            page.line(format_args!("\"PermType\" :  {kind}"));
            page.field("Key", quote(&permission.key));
            page.field("RangeEnd", quote(&permission.range_end));
        }
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }
}

fn keys(permission: &Permission) -> String {
    let key = String::from_utf8_lossy(&permission.key);
    let end = String::from_utf8_lossy(&permission.range_end);
    let mut text = match end.as_ref() {
        "" => return key.into_owned(),
        "\0" => format!("[{key}, <open ended>"),
        end => format!("[{key}, {end})"),
    };
    if !key.is_empty() && prefix_end(&permission.key) == permission.range_end {
        text += &format!(" (prefix {key})");
    }
    text
}

impl Answer for AuthRoleListResponse {
    fn simple(&self, page: &mut Page) {
        for role in &self.roles {
            page.line(role);
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        let roles = self
            .roles
            .iter()
            .map(|role| format!(" {}", quote(role.as_bytes())));
        page.line(format_args!("\"Roles\" :{}", roles.collect::<String>()));
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }
}
