//! `alarm`: what is wrong with members.

use clap::{Args, Subcommand};
use quorate_api::etcdserverpb::alarm_request::AlarmAction;
use quorate_api::etcdserverpb::{AlarmMember, AlarmRequest, AlarmResponse, AlarmType};

use super::client::{CallError, Client};
use super::context::Context;
use super::failure::Failure;
use super::print::{Answer, Encoded, Page};

/// Alarm related commands
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Alarm {
    #[command(subcommand)]
    command: AlarmCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum AlarmCommand {
    /// Disarms all alarms
    Disarm {
        #[arg(hide = true)]
        rest: Vec<String>,
    },
    /// Lists all alarms
    List {
        #[arg(hide = true)]
        rest: Vec<String>,
    },
}

impl Alarm {
    /// Asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            AlarmCommand::Disarm { rest } if !rest.is_empty() => Err(Failure::arguments(
                "alarm disarm command accepts no arguments",
            )),
            AlarmCommand::List { rest } if !rest.is_empty() => Err(Failure::arguments(
                "alarm list command accepts no arguments",
            )),
            AlarmCommand::Disarm { .. } => {
                let response = disarm_all(&context.client()?).await?;
                context.print(&response)
            }
            AlarmCommand::List { .. } => {
                let response = list(&context.client()?).await?;
                context.print(&response)
            }
        }
    }
}

/// All alarms.
///
/// # Errors
/// What a call may fail of.
pub(crate) async fn list(client: &Client) -> Result<AlarmResponse, CallError> {
    client.alarm(AlarmRequest::default()).await
}

/// Disarms one after the other; the answer has no header, as etcd's client's has none.
async fn disarm_all(client: &Client) -> Result<AlarmResponse, CallError> {
    let mut disarmed = AlarmResponse::default();
    for AlarmMember { member_id, alarm } in list(client).await?.alarms {
        let request = AlarmRequest {
            action: AlarmAction::Deactivate.into(),
            member_id,
            alarm,
        };
        disarmed.alarms.extend(client.alarm(request).await?.alarms);
    }
    Ok(disarmed)
}

impl Answer for AlarmResponse {
    fn simple(&self, page: &mut Page) {
        for alarm in &self.alarms {
            let kind = alarm.alarm().as_str_name();
            // As Go prints a message: with a space at its end.
            page.line(format_args!("memberID:{} alarm:{kind} ", alarm.member_id));
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        for alarm in &self.alarms {
            page.id("MemberID", alarm.member_id);
            page.field("AlarmType", alarm.alarm().as_str_name());
            page.line("");
        }
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }
}

/// The alarm's name in the message of `endpoint health`.
pub(crate) fn name(alarm: AlarmType) -> &'static str {
    match alarm {
        AlarmType::Nospace => "NOSPACE",
        AlarmType::Corrupt => "CORRUPT",
        AlarmType::None => "UNKNOWN",
    }
}
