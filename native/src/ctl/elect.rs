//! `elect`: stands for election, or watches one.

use std::ffi::OsString;

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::compare::{CompareResult, CompareTarget, TargetUnion};
use quorate_api::etcdserverpb::request_op::Request;
use quorate_api::etcdserverpb::{Compare, RangeResponse, RequestOp, ResponseHeader, TxnRequest};
use quorate_api::mvccpb::KeyValue;
use quorate_api::mvccpb::event::EventType;

use super::client::{Client, Watch, WatchOptions, deadline_in};
use super::context::Context;
use super::failure::{Exit, Failure};
use super::range::{bytes_of, prefix_end};
use super::session::{Place, Session, Signals, canceled, oldest};

/// Observes and participates in leader election
#[derive(Args, Clone, Debug)]
pub(crate) struct Elect {
    /// Observation mode
    #[arg(short, long)]
    listen: bool,
    /// The election's name, and what is proposed
    #[arg(value_names = ["ELECTION_NAME", "PROPOSAL"])]
    arguments: Vec<OsString>,
}

impl Elect {
    /// Stands, or watches.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let (name, proposal) = match self.arguments.as_slice() {
            [name] if self.listen => (name, None),
            [_] => {
                let text = "no proposal argument but -l not set";
                return Err(Failure::arguments(text));
            }
            [_, _] if self.listen => {
                return Err(Failure::arguments("proposal given but -l is set"));
            }
            [name, proposal] => (name, Some(bytes_of(proposal.clone()))),
            _ => {
                return Err(Failure::arguments(
                    "elect takes one election name argument and an optional proposal argument",
                ));
            }
        };
        let prefix = format!("{}/", name.to_string_lossy());
        let client = context.patient_client()?;
        let mut signals = Signals::catch()?;
        match proposal {
            Some(proposal) => campaign(context, &client, &mut signals, &prefix, &proposal).await,
            None => tokio::select! {
                result = observe(context, &client, &prefix) => result,
                () = signals.come() => Ok(()),
            },
        }
    }
}

async fn campaign(
    context: &Context,
    client: &Client,
    signals: &mut Signals,
    prefix: &str,
    proposal: &[u8],
) -> Result<(), Failure> {
    let session = Session::start(client, TTL_SECONDS);
    let mut session = signals.unless_one_comes(session).await??;
    // Nobody waits longer for a candidacy to be given up: it goes with the lease in any case.
    let in_time = || client.until(deadline_in(context.timeout()));
    let place = tokio::select! {
        place = session.queue(prefix, proposal) => place?,
        () = signals.come() => {
            // Not elected yet: the candidacy ends with the lease, at once.
            let request = quorate_api::etcdserverpb::LeaseRevokeRequest { id: session.lease };
            let client = in_time();
            signals.unless_one_comes(client.lease_revoke(request)).await??;
            return Err(canceled());
        }
    };
    let look = session.look(&place, context.timeout());
    let elected = signals.unless_two_come(look).await??;
    context.print(&elected)?;
    tokio::select! {
        () = signals.come() => {}
        () = session.expired() => {
            return Err(Failure::new(Exit::Error, "elect: session expired"));
        }
    }
    let client = in_time();
    signals
        .unless_one_comes(client.txn(resignation(&place)))
        .await??;
    Ok(())
}

/// Deletes the leader's key, if it is still the one of this candidacy.
fn resignation(place: &Place) -> TxnRequest {
    TxnRequest {
        compare: vec![Compare {
            result: CompareResult::Equal.into(),
            target: CompareTarget::Create.into(),
            key: place.key.clone(),
            range_end: Bytes::new(),
            target_union: Some(TargetUnion::CreateRevision(place.revision)),
        }],
        success: vec![RequestOp {
            request: Some(Request::RequestDeleteRange(place.deletion())),
        }],
        failure: Vec::new(),
    }
}

/// Prints each leader, and what it proclaims.
async fn observe(context: &Context, client: &Client, prefix: &str) -> Result<(), Failure> {
    loop {
        let response = client.range(oldest(prefix)).await?;
        let header = response.header.unwrap_or_default();
        let (mut header, leader) = match response.kvs.into_iter().next() {
            Some(kv) => (header, kv),
            None => first_candidate(client, prefix, header.revision).await?,
        };
        print(context, header, &leader)?;
        let options = WatchOptions {
            key: leader.key,
            revision: header.revision + 1,
            ..WatchOptions::default()
        };
        let mut watch = Watch::start(client, options);
        let mut is_leading = true;
        while is_leading {
            let news = watch.next().await.ok_or_else(lost)?;
            if news.end.is_some() {
                return Err(lost());
            }
            header = news.response.header.unwrap_or_default();
            for event in &news.response.events {
                if event.r#type() == EventType::Delete {
                    is_leading = false;
                    break;
                }
                print(context, header, &event.kv.clone().unwrap_or_default())?;
            }
        }
    }
}

/// Waits for the first key of an election without a leader.
async fn first_candidate(
    client: &Client,
    prefix: &str,
    revision: i64,
) -> Result<(ResponseHeader, KeyValue), Failure> {
    let options = WatchOptions {
        key: Bytes::copy_from_slice(prefix.as_bytes()),
        range_end: prefix_end(prefix.as_bytes()),
        revision,
        ..WatchOptions::default()
    };
    let mut watch = Watch::start(client, options);
    while let Some(news) = watch.next().await {
        if news.end.is_some() {
            break;
        }
        let is_put = |event: &&quorate_api::mvccpb::Event| event.r#type() == EventType::Put;
        let put = news.response.events.iter().find(is_put);
        if let Some(kv) = put.and_then(|event| event.kv.clone()) {
            let header = ResponseHeader {
                revision: kv.mod_revision,
                ..news.response.header.unwrap_or_default()
            };
            return Ok((header, kv));
        }
    }
    Err(lost())
}

fn print(context: &Context, header: ResponseHeader, leader: &KeyValue) -> Result<(), Failure> {
    context.print(&RangeResponse {
        header: Some(header),
        kvs: vec![leader.clone()],
        ..RangeResponse::default()
    })
}

fn lost() -> Failure {
    Failure::new(Exit::Error, "elect: observer lost")
}

/// A candidate's lease, as in etcd's client.
const TTL_SECONDS: i64 = 60;
