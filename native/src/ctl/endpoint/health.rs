//! `endpoint health`: whether each can read, and raises no alarm.

use std::io::{self, Write};
use std::time::Instant;

use quorate_api::etcdserverpb::RangeRequest;
use tokio::task::JoinSet;

use crate::ctl::alarm;
use crate::ctl::client::Client;
use crate::ctl::context::Context;
use crate::ctl::failure::{Exit, Failure};
use crate::ctl::print::{Answer, Page};
use crate::go::{GoDuration, JsonObject, Table};

/// Asks all at once.
pub(super) async fn run(context: &Context, endpoints: Vec<String>) -> Result<(), Failure> {
    let mut asked = JoinSet::new();
    for endpoint in endpoints {
        let client = context.client_of(&endpoint)?;
        asked.spawn(check(client, endpoint));
    }
    // In the order of their answers, as etcdctl.
    let answers = Healths(asked.join_all().await);
    context.print(&answers)?;
    if answers.0.iter().any(|health| health.error.is_some()) {
        return Err(Failure::new(Exit::Error, "unhealthy cluster"));
    }
    Ok(())
}

async fn check(client: Client, endpoint: String) -> Health {
    let start = Instant::now();
    let request = RangeRequest {
        key: "health".into(),
        ..RangeRequest::default()
    };
    let read = client.range(request).await;
    let took = GoDuration(start.elapsed()).to_string();
    let error = match read {
        // That one may not read this key shows that the cluster could be asked whether one may.
        Err(error) if !error.is("etcdserver: permission denied") => Some(error.to_string()),
        _ => alarms(&client).await,
    };
    Health {
        endpoint,
        took,
        error,
    }
}

async fn alarms(client: &Client) -> Option<String> {
    let Ok(response) = alarm::list(client).await else {
        return Some("Unable to fetch the alarm list".to_owned());
    };
    if response.alarms.is_empty() {
        return None;
    }
    let names: String = response
        .alarms
        .iter()
        .map(|member| format!("{} ", alarm::name(member.alarm())))
        .collect();
    Some(format!("Active Alarm(s): {names}"))
}

struct Health {
    endpoint: String,
    took: String,
    /// Nothing when it is healthy.
    error: Option<String>,
}

struct Healths(Vec<Health>);

impl Answer for Healths {
    fn simple(&self, page: &mut Page) {
        for health in &self.0 {
            let (endpoint, took) = (&health.endpoint, &health.took);
            match &health.error {
                None => page.line(format_args!(
                    "{endpoint} is healthy: successfully committed proposal: took = {took}"
                )),
                Some(error) => {
                    // Whoever cannot be told sees the exit code.
                    let _ = writeln!(
                        io::stderr(),
                        "{endpoint} is unhealthy: failed to commit proposal: {error}"
                    );
                }
            }
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        for health in &self.0 {
            page.quoted("Endpoint", health.endpoint.as_bytes());
            page.field("Health", health.error.is_none());
            page.field("Took", &health.took);
            page.field("Error", health.error.as_deref().unwrap_or_default());
            page.line("");
        }
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let object = |health: &Health| {
            let mut object = JsonObject::new();
            object.string("endpoint", &health.endpoint);
            object.boolean("health", health.error.is_none());
            object.string("took", &health.took);
            if let Some(error) = &health.error {
                object.string("error", error);
            }
            object.end()
        };
        let objects: Vec<String> = self.0.iter().map(object).collect();
        Some(format!("[{}]", objects.join(",")))
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new(&["endpoint", "health", "took", "error"]);
        for health in &self.0 {
            table.row([
                health.endpoint.clone(),
                health.error.is_none().to_string(),
                health.took.clone(),
                health.error.clone().unwrap_or_default(),
            ]);
        }
        Some(table)
    }
}
