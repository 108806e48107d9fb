//! `make-mirror`: copies keys to another cluster, and goes on copying.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use clap::{ArgAction, Args};
use quorate_api::etcdserverpb::request_op::Request;
use quorate_api::etcdserverpb::{
    DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest,
};
use quorate_api::mvccpb::Event;
use quorate_api::mvccpb::event::EventType;
use tokio::time::sleep;

use super::client::{CallError, Client, Watch, WatchOptions};
use super::context::Context;
use super::failure::{Exit, Failure};
use super::range::KeyRange;
use super::settings::not_supported;
use crate::go::{parse_bool, parse_flag_int, parse_flag_uint};

/// Makes a mirror at the destination cluster
#[derive(Args, Clone, Debug)]
pub(crate) struct MakeMirror {
    /// Key-value prefix to mirror
    #[arg(long, default_value = "", hide_default_value = true)]
    prefix: String,
    /// Specify the kv revision to start to mirror
    #[arg(long, default_value = "0", value_parser = parse_flag_int)]
    rev: i64,
    /// Maximum number of operations permitted in a transaction during syncing updates
    #[arg(long, default_value = "128", value_parser = parse_flag_uint)]
    max_txn_ops: u64,
    /// Destination prefix to mirror a prefix to a different prefix in the destination cluster
    #[arg(long, default_value = "", hide_default_value = true)]
    dest_prefix: String,
    /// Mirror key-values to the root of the destination cluster
    #[arg(long)]
    no_dest_prefix: bool,
    /// Disable transport security for client connections
    #[arg(
        long, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value = "true", default_missing_value = "true", value_parser = parse_bool
    )]
    dest_insecure_transport: bool,
    /// Identify secure client using this TLS certificate file for the destination cluster
    #[arg(long)]
    dest_cert: Option<String>,
    /// Identify secure client using this TLS key file
    #[arg(long)]
    dest_key: Option<String>,
    /// Verify certificates of TLS enabled secure servers using this CA bundle
    #[arg(long)]
    dest_cacert: Option<String>,
    /// Destination username[:password] for authentication
    #[arg(long)]
    dest_user: Option<String>,
    /// Destination password for authentication
    #[arg(long)]
    dest_password: Option<String>,
    #[arg(value_name = "DESTINATION")]
    destination: Vec<String>,
}

impl MakeMirror {
    /// Copies until it is interrupted or fails.
    pub(crate) async fn run(mut self, context: &Context) -> Result<(), Failure> {
        let [destination] = self.destination.as_slice() else {
            return Err(Failure::arguments(
                "make-mirror takes one destination argument",
            ));
        };
        self.check()?;
        if self.no_dest_prefix && !self.dest_prefix.is_empty() {
            return Err(Failure::arguments(
                "`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one",
            ));
        }
        let source = context.patient_client()?;
        let settings = &context.settings;
        let destination = Client::new(settings, std::slice::from_ref(destination));
        let destination = destination.map_err(Failure::arguments)?;
        if !self.no_dest_prefix && self.dest_prefix.is_empty() {
            self.dest_prefix.clone_from(&self.prefix);
        }
        let mirror = Mirror {
            source,
            destination,
            copied: Arc::default(),
            options: self,
        };
        let copied = Arc::clone(&mirror.copied);
        let report = async {
            loop {
                sleep(REPORT_INTERVAL).await;
                let copied = copied.load(Ordering::Relaxed);
                context.printer.line(&copied.to_string())?;
            }
        };
        tokio::select! {
            result = mirror.copy() => result,
            result = report => result,
        }
    }

    fn check(&self) -> Result<(), Failure> {
        let asked = [
            ("dest-cert", self.dest_cert.is_some()),
            ("dest-key", self.dest_key.is_some()),
            ("dest-cacert", self.dest_cacert.is_some()),
            (
                "dest-insecure-transport=false",
                !self.dest_insecure_transport,
            ),
            ("dest-user", self.dest_user.is_some()),
            ("dest-password", self.dest_password.is_some()),
        ];
        match asked.iter().find(|(_, is_asked)| *is_asked) {
            Some((name, _)) => Err(not_supported(&format!("--{name}"))),
            None => Ok(()),
        }
    }
}

struct Mirror {
    source: Client,
    destination: Client,
    copied: Arc<AtomicU64>,
    options: MakeMirror,
}

impl Mirror {
    async fn copy(&self) -> Result<(), Failure> {
        // With a revision the watch alone brings all that is wanted.
        let from = match self.options.rev {
            revision if revision > 1 => revision,
            _ => self.copy_base().await? + 1,
        };
        let range = self.range();
        let options = WatchOptions {
            key: range.key,
            range_end: range.end,
            revision: from,
            ..WatchOptions::default()
        };
        let mut watch = Watch::start(&self.source, options);
        while let Some(news) = watch.next().await {
            if let Some(error) = news.end {
                return Err(Failure::new(Exit::Error, error));
            }
            self.copy_events(news.response.events).await?;
        }
        Ok(())
    }

    /// Copies what is there; answers the revision it was read at.
    async fn copy_base(&self) -> Result<i64, CallError> {
        let range = self.range();
        let mut request = RangeRequest {
            key: range.key,
            range_end: range.end,
            limit: BATCH_MAX,
            ..RangeRequest::default()
        };
        loop {
            let response = self.source.range(request.clone()).await?;
            if request.revision == 0 {
                request.revision = response.header.map_or(0, |header| header.revision);
            }
            let last = response.kvs.last().map(|kv| kv.key.clone());
            for kv in response.kvs {
                let put = self.put(&kv.key, kv.value);
                self.destination.put(put).await?;
                self.copied.fetch_add(1, Ordering::Relaxed);
            }
            let Some(last) = last.filter(|_| response.more) else {
                return Ok(request.revision);
            };
            request.key = [last.as_ref(), b"\0"].concat().into();
        }
    }

    /// What happened at one revision happens at one revision there, if a transaction can hold it.
    async fn copy_events(&self, events: Vec<Event>) -> Result<(), CallError> {
        let mut operations = Vec::new();
        let mut revision = 0;
        for event in events {
            let kind = event.r#type();
            let kv = event.kv.unwrap_or_default();
            let is_new = revision != 0 && kv.mod_revision > revision;
            revision = kv.mod_revision;
            if is_new || operations.len() as u64 == self.options.max_txn_ops {
                self.commit(&mut operations).await?;
            }
            let request = match kind {
                EventType::Put => Request::RequestPut(self.put(&kv.key, kv.value)),
                EventType::Delete => Request::RequestDeleteRange(DeleteRangeRequest {
                    key: self.renamed(&kv.key),
                    ..DeleteRangeRequest::default()
                }),
            };
            operations.push(RequestOp {
                request: Some(request),
            });
            self.copied.fetch_add(1, Ordering::Relaxed);
        }
        self.commit(&mut operations).await
    }

    async fn commit(&self, operations: &mut Vec<RequestOp>) -> Result<(), CallError> {
        if operations.is_empty() {
            return Ok(());
        }
        let txn = TxnRequest {
            success: std::mem::take(operations),
            ..TxnRequest::default()
        };
        self.destination.txn(txn).await?;
        Ok(())
    }

    fn put(&self, key: &[u8], value: Bytes) -> PutRequest {
        PutRequest {
            key: self.renamed(key),
            value,
            ..PutRequest::default()
        }
    }

    fn renamed(&self, key: &[u8]) -> Bytes {
        let rest = key.strip_prefix(self.options.prefix.as_bytes());
        let rest = rest.unwrap_or(key);
        [self.options.dest_prefix.as_bytes(), rest].concat().into()
    }

    fn range(&self) -> KeyRange {
        KeyRange::prefix(Bytes::copy_from_slice(self.options.prefix.as_bytes()))
    }
}

/// How often the number of copied keys is printed.
const REPORT_INTERVAL: Duration = Duration::from_secs(30);
/// Keys read at once.
const BATCH_MAX: i64 = 1_000;
