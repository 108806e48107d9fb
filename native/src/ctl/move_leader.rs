//! `move-leader`: hands leadership on.

use clap::Args;
use quorate_api::etcdserverpb::{MoveLeaderRequest, MoveLeaderResponse, StatusRequest};

use super::context::Context;
use super::failure::Failure;
use super::print::{Answer, Encoded, Page};
use crate::go::parse_uint;

/// Transfers leadership to another cluster member
#[derive(Args, Clone, Debug)]
pub(crate) struct MoveLeader {
    /// The id of the member that is to lead, in hexadecimal
    #[arg(value_name = "TRANSFEREE_MEMBER_ID")]
    target: Vec<String>,
}

impl MoveLeader {
    /// Looks for the leader among the endpoints, and asks it.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let [target] = self.target.as_slice() else {
            return Err(Failure::arguments("move-leader command needs 1 argument"));
        };
        let target = parse_uint(target, 16).map_err(Failure::arguments)?;
        for endpoint in &context.settings.endpoints {
            let client = context.client_of(endpoint)?;
            let status = client.status(StatusRequest {}).await?;
            let member = status.header.map_or(0, |header| header.member_id);
            if member == status.leader {
                let request = MoveLeaderRequest { target_id: target };
                let response = client.move_leader(request).await?;
                return context.print(&Moved {
                    from: member,
                    to: target,
                    response,
                });
            }
        }
        let endpoints = context.settings.endpoints.join(" ");
        let text = format!("no leader endpoint given at [{endpoints}]");
        Err(Failure::arguments(text))
    }
}

struct Moved {
    from: u64,
    to: u64,
    response: MoveLeaderResponse,
}

impl Answer for Moved {
    fn simple(&self, page: &mut Page) {
        let (from, to) = (self.from, self.to);
        page.line(format_args!(
            "Leadership transferred from {from:x} to {to:x}"
        ));
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }
}
