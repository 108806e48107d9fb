//! `user`: who may ask.

mod password;

use clap::{ArgAction, Args, Subcommand};
use quorate_api::authpb::UserAddOptions;
use quorate_api::etcdserverpb::{
    AuthRoleGetRequest, AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest,
    AuthUserGetRequest, AuthUserGetResponse, AuthUserGrantRoleRequest, AuthUserListRequest,
    AuthUserListResponse, AuthUserRevokeRoleRequest, ResponseHeader,
};

use super::context::Context;
use super::failure::Failure;
use super::print::{Answer, Encoded, Page};
use super::role::RoleShown;
use crate::go::parse_bool;

/// User related commands
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct User {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum UserCommand {
    /// Adds a new user
    Add(Add),
    /// Deletes a user
    Delete { name: Vec<String> },
    /// Gets detailed information of a user
    Get {
        /// Show permissions of roles granted to the user
        #[arg(long)]
        detail: bool,
        name: Vec<String>,
    },
    /// Lists all users
    List {
        #[arg(hide = true)]
        rest: Vec<String>,
    },
    /// Changes password of user
    Passwd {
        /// If false, read the password from standard input
        #[arg(
            long, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
            default_value = "true", default_missing_value = "true", value_parser = parse_bool
        )]
        interactive: bool,
        name: Vec<String>,
    },
    /// Grants a role to a user
    GrantRole { names: Vec<String> },
    /// Revokes a role from a user
    RevokeRole { names: Vec<String> },
}

#[derive(Args, Clone, Debug)]
struct Add {
    /// If false, read the password from standard input
    #[arg(
        long, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value = "true", default_missing_value = "true", value_parser = parse_bool
    )]
    interactive: bool,
    /// Supply password from the command line flag
    #[arg(long, default_value = "", hide_default_value = true)]
    new_user_password: String,
    /// Create a user without password (CN based auth only)
    #[arg(long)]
    no_password: bool,
    /// The name, or `name:password`
    name: Vec<String>,
}

impl User {
    /// Asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        match self.command {
            UserCommand::Add(add) => add.run(context).await,
            UserCommand::Delete { name } => {
                let name = one(
                    name,
                    "user delete command requires user name as its argument",
                )?;
                let request = AuthUserDeleteRequest { name: name.clone() };
                let response = client.user_delete(request).await?;
                let text = format!("User {name} deleted");
                context.print(&Done::new(text, &response, response.header))
            }
            UserCommand::Get { detail, name } => {
                let name = one(name, "user get command requires user name as its argument")?;
                get(context, name, detail).await
            }
            UserCommand::List { rest } => {
                none(&rest, "user list command requires no arguments")?;
                let response = client.user_list(AuthUserListRequest {}).await?;
                context.print(&response)
            }
            UserCommand::Passwd { interactive, name } => {
                let name = one(
                    name,
                    "user passwd command requires user name as its argument",
                )?;
                let password = password::read(&name, interactive)?;
                let request = AuthUserChangePasswordRequest {
                    name,
                    password,
                    ..AuthUserChangePasswordRequest::default()
                };
                let response = context.client()?.user_change_password(request).await?;
                let text = "Password updated".to_owned();
                context.print(&Done::new(text, &response, response.header))
            }
            UserCommand::GrantRole { names } => {
                let needs = "user grant command requires user name and role name as its argument";
                let [user, role] = two(names, needs)?;
                let text = format!("Role {role} is granted to user {user}");
                let request = AuthUserGrantRoleRequest { user, role };
                let response = client.user_grant_role(request).await?;
                context.print(&Done::new(text, &response, response.header))
            }
            UserCommand::RevokeRole { names } => {
                let needs = "user revoke-role requires user name and role name as its argument";
                let [name, role] = two(names, needs)?;
                let text = format!("Role {role} is revoked from user {name}");
                let request = AuthUserRevokeRoleRequest { name, role };
                let response = client.user_revoke_role(request).await?;
                context.print(&Done::new(text, &response, response.header))
            }
        }
    }
}

impl Add {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let needs = "user add command requires user name as its argument";
        let mut name = one(self.name, needs)?;
        let mut password = self.new_user_password;
        if !self.no_password && password.is_empty() {
            match name.split_once(':') {
                Some(("", _)) => {
                    return Err(Failure::arguments("empty user name is not allowed"));
                }
                Some((user, given)) => (name, password) = (user.to_owned(), given.to_owned()),
                None => password = password::read(&name, self.interactive)?,
            }
        }
        let request = AuthUserAddRequest {
            name: name.clone(),
            password,
            options: Some(UserAddOptions {
                no_password: self.no_password,
            }),
            ..AuthUserAddRequest::default()
        };
        let response = context.client()?.user_add(request).await?;
        let text = format!("User {name} created");
        context.print(&Done::new(text, &response, response.header))
    }
}

async fn get(context: &Context, name: String, detail: bool) -> Result<(), Failure> {
    let client = context.client()?;
    let request = AuthUserGetRequest { name: name.clone() };
    let response = client.user_get(request).await?;
    if !detail {
        return context.print(&UserShown { name, response });
    }
    context.printer.line(&format!("User: {name}"))?;
    for role in response.roles {
        context.printer.line("")?;
        let request = AuthRoleGetRequest { role: role.clone() };
        let response = client.role_get(request).await?;
        context.print(&RoleShown { role, response })?;
    }
    Ok(())
}

/// An answer that says no more than that it is done.
pub(super) struct Done {
    text: String,
    header: Option<ResponseHeader>,
    name: String,
    bytes: Vec<u8>,
}

impl Done {
    pub(super) fn new<M: prost::Message + prost::Name>(
        text: String,
        response: &M,
        header: Option<ResponseHeader>,
    ) -> Self {
        Self {
            text,
            header,
            name: M::full_name(),
            bytes: response.encode_to_vec(),
        }
    }
}

impl Answer for Done {
    fn simple(&self, page: &mut Page) {
        page.line(&self.text);
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::of_parts(self.name.clone(), self.bytes.clone()))
    }
}

struct UserShown {
    name: String,
    response: AuthUserGetResponse,
}

impl Answer for UserShown {
    fn simple(&self, page: &mut Page) {
        page.line(format_args!("User: {}", self.name));
        let roles = self.response.roles.iter().map(|role| format!(" {role}"));
        page.line(format_args!("Roles:{}", roles.collect::<String>()));
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }
}

impl Answer for AuthUserListResponse {
    fn simple(&self, page: &mut Page) {
        for user in &self.users {
            page.line(user);
        }
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }
}

/// The only argument.
///
/// # Errors
/// There is another number of them.
pub(super) fn one(arguments: Vec<String>, needs: &str) -> Result<String, Failure> {
    let [argument] = <[String; 1]>::try_from(arguments).map_err(|_| Failure::arguments(needs))?;
    Ok(argument)
}

/// Nothing may stand there.
pub(super) fn none(arguments: &[String], needs: &str) -> Result<(), Failure> {
    if arguments.is_empty() {
        return Ok(());
    }
    Err(Failure::arguments(needs))
}

fn two(arguments: Vec<String>, needs: &str) -> Result<[String; 2], Failure> {
    arguments.try_into().map_err(|_| Failure::arguments(needs))
}
