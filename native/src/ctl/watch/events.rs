//! Events, printed and handed to a command.

use std::ffi::OsString;
use std::io::{self, Write};

use prost::Message;
use quorate_api::etcdserverpb::WatchResponse;
use quorate_api::mvccpb::Event;
use quorate_api::mvccpb::event::EventType;
use tokio::process::Command;

use crate::ctl::client::WatchNews;
use crate::ctl::failure::{Exit, Failure};
use crate::ctl::print::{Answer, Encoded, Page, Printer};
use crate::go::{JsonObject, exec_error_text, quote};

/// Prints what came, then runs the command once for each event.
pub(super) async fn show(
    printer: &Printer,
    news: WatchNews,
    command: &[OsString],
) -> Result<(), Failure> {
    let response = news.response;
    if let Some(end) = news.end {
        // Whoever cannot be told sees that the watch ends.
        let _ = writeln!(io::stderr(), "watch was canceled ({end})");
    }
    let revision = response.header.map_or(0, |header| header.revision);
    let is_progress = response.events.is_empty() && !response.canceled && revision != 0;
    if is_progress {
        printer.line(&format!("progress notify: {revision}"))?;
    }
    let response = Shown(response);
    printer.print(&response)?;
    if let Some((program, arguments)) = command.split_first() {
        for event in &response.0.events {
            execute(program, arguments, revision, event).await?;
        }
    }
    Ok(())
}

async fn execute(
    program: &OsString,
    arguments: &[OsString],
    revision: i64,
    event: &Event,
) -> Result<(), Failure> {
    let kv = event.kv.clone().unwrap_or_default();
    let status = Command::new(program)
        .args(arguments)
        .env("ETCD_WATCH_REVISION", revision.to_string())
        .env("ETCD_WATCH_EVENT_TYPE", quote(kind(event).as_bytes()))
        .env("ETCD_WATCH_KEY", quote(&kv.key))
        .env("ETCD_WATCH_VALUE", quote(&kv.value))
        .status()
        .await;
    let reason = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) => exec_error_text(program, &error),
    };
    let all: Vec<String> = std::iter::once(program)
        .chain(arguments)
        .map(|word| format!("{:?}", word.to_string_lossy()))
        .collect();
    // Whoever cannot be told sees the exit code.
    let _ = writeln!(io::stderr(), "command [{}] error ({reason})", all.join(" "));
    Err(Failure::silent(Exit::Error as u8))
}

fn kind(event: &Event) -> &'static str {
    match event.r#type() {
        EventType::Put => "PUT",
        EventType::Delete => "DELETE",
    }
}

struct Shown(WatchResponse);

impl Answer for Shown {
    fn simple(&self, page: &mut Page) {
        for event in &self.0.events {
            page.line(kind(event));
            if let Some(kv) = &event.prev_kv {
                page.key_value(kv);
            }
            page.key_value(&event.kv.clone().unwrap_or_default());
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.0.header.as_ref());
        for event in &self.0.events {
            page.field("Type", kind(event));
            if let Some(kv) = &event.prev_kv {
                page.key_value_fields("Prev", kv);
            }
            page.key_value_fields("", &event.kv.clone().unwrap_or_default());
        }
        true
    }

    /// The struct of etcd's client, not the message.
    fn json(&self, _hex: bool) -> Option<String> {
        let response = &self.0;
        let events: Vec<String> = response
            .events
            .iter()
            .map(|event| Encoded::new(event).json())
            .collect();
        let header = response.header.unwrap_or_default();
        let mut object = JsonObject::new();
        object.raw("Header", &Encoded::new(&header).json());
        object.raw("Events", &format!("[{}]", events.join(",")));
        object.number("CompactRevision", response.compact_revision);
        object.boolean("Canceled", response.canceled);
        Some(object.boolean("Created", response.created).end())
    }

    fn protobuf(&self) -> Option<Vec<u8>> {
        let response = WatchResponse {
            watch_id: 0,
            cancel_reason: String::new(),
            ..self.0.clone()
        };
        Some(response.encode_to_vec())
    }
}
