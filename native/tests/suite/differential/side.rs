//! One of the two servers.

use quorate_api::etcdserverpb as pb;
use tokio_stream::once;
use tonic::{Response, Status};

use super::answer::{Answer, Names, plain, told};
use super::operation::Operation;
use super::requests;
use super::watches::Streams;
use crate::support::calls::Calls;
use pb::watch_request::RequestUnion;

/// A server, the names of what it made up, and the watches on it.
pub(super) struct Side {
    calls: Calls,
    names: Names,
    pub(super) streams: Streams,
}

impl Side {
    pub(super) async fn new(port: u16) -> Self {
        let calls = Calls::to(port);
        Self {
            streams: Streams::new(&calls).await,
            calls,
            names: Names::default(),
        }
    }

    /// Asks, and answers with what the server answered.
    pub(super) async fn ask(&mut self, operation: &Operation) -> Answer {
        match operation.clone() {
            Operation::Range(request) => self.answer(self.calls.kv().range(request).await),
            Operation::Put(request) => {
                let request = requests::put(request, &self.names);
                self.answer(self.calls.kv().put(request).await)
            }
            Operation::DeleteRange(request) => {
                self.answer(self.calls.kv().delete_range(request).await)
            }
            Operation::Txn(request) => {
                let request = requests::txn(request, &self.names);
                self.answer(self.calls.kv().txn(request).await)
            }
            Operation::Compact(request) => self.answer(self.calls.kv().compact(request).await),
            Operation::HashKv(revision) => {
                let request = pb::HashKvRequest { revision };
                self.answer(self.calls.maintenance().hash_kv(request).await)
            }
            Operation::Alarms | Operation::NoSpace(_) => self.alarm(operation).await,
            Operation::Status => {
                let request = pb::StatusRequest {};
                self.answer(self.calls.maintenance().status(request).await)
            }
            Operation::Lock(_)
            | Operation::Unlock(_)
            | Operation::Campaign(_)
            | Operation::Proclaim(_)
            | Operation::Leader(_)
            | Operation::Resign(_) => self.take_turns(operation).await,
            Operation::Members
            | Operation::MemberRemove(_)
            | Operation::MemberPromote(_)
            | Operation::MemberAdd(_) => self.change_members(operation).await,
            Operation::BeginStream
            | Operation::EndStream(_)
            | Operation::Watch(..)
            | Operation::Cancel(..)
            | Operation::Progress(_) => self.watch(operation).await,
            Operation::Settle => Ok(serde_json::Value::Null),
            _ => self.lease(operation).await,
        }
    }

    async fn lease(&mut self, operation: &Operation) -> Answer {
        let mut lease = self.calls.lease();
        match operation.clone() {
            Operation::Grant(request, name) => {
                let result = lease.lease_grant(request).await;
                if let (0, Ok(response)) = (request.id, &result) {
                    self.names.insert(name, response.get_ref().id);
                }
                self.answer(result)
            }
            Operation::GrantAndRevoke(ttl) => {
                // It may be over before it is ended.
                let id = 1_000;
                let granted = lease.lease_grant(pb::LeaseGrantRequest { ttl, id }).await;
                let _ = lease.lease_revoke(pb::LeaseRevokeRequest { id }).await;
                self.answer(granted)
            }
            Operation::Revoke(id) => {
                let id = self.names.id(id);
                self.answer(lease.lease_revoke(pb::LeaseRevokeRequest { id }).await)
            }
            Operation::KeepAlive(id) => {
                let id = self.names.id(id);
                let asked = once(pb::LeaseKeepAliveRequest { id });
                let answers = lease.lease_keep_alive(asked).await;
                let mut answers = answers.map_err(|status| told(&status))?.into_inner();
                let answer = answers.message().await.map_err(|status| told(&status))?;
                Ok(plain(&answer, &self.names))
            }
            Operation::TimeToLive(mut request) => {
                request.id = self.names.id(request.id);
                let mut result = lease.lease_time_to_live(request).await;
                if let Ok(response) = &mut result {
                    let response = response.get_mut();
                    // etcd lists them in an order that changes; and time goes by.
                    response.keys.sort_unstable();
                    if (0..=response.granted_ttl).contains(&response.ttl) {
                        response.ttl = 0;
                    }
                }
                self.answer(result)
            }
            Operation::Leases => {
                let mut result = lease.lease_leases(pb::LeaseLeasesRequest {}).await;
                if let Ok(response) = &mut result {
                    let names = &self.names;
                    let leases = &mut response.get_mut().leases;
                    leases.sort_unstable_by_key(|lease| names.name(lease.id));
                }
                self.answer(result)
            }
            other => unreachable!("{other:?}"),
        }
    }

    async fn alarm(&mut self, operation: &Operation) -> Answer {
        use pb::alarm_request::AlarmAction;
        let (action, alarm) = match operation {
            Operation::NoSpace(true) => (AlarmAction::Activate, pb::AlarmType::Nospace),
            Operation::NoSpace(false) => (AlarmAction::Deactivate, pb::AlarmType::Nospace),
            _ => (AlarmAction::Get, pb::AlarmType::None),
        };
        let request = pb::AlarmRequest {
            action: action as i32,
            member_id: 0,
            alarm: alarm as i32,
        };
        self.answer(self.calls.maintenance().alarm(request).await)
    }

    async fn take_turns(&mut self, operation: &Operation) -> Answer {
        let (mut lock, mut election) = (self.calls.lock(), self.calls.election());
        match operation.clone() {
            Operation::Lock(request) => self.answer(lock.lock(request).await),
            Operation::Unlock(request) => self.answer(lock.unlock(request).await),
            Operation::Campaign(request) => self.answer(election.campaign(request).await),
            Operation::Proclaim(request) => self.answer(election.proclaim(request).await),
            Operation::Leader(request) => self.answer(election.leader(request).await),
            Operation::Resign(request) => self.answer(election.resign(request).await),
            other => unreachable!("{other:?}"),
        }
    }

    async fn change_members(&mut self, operation: &Operation) -> Answer {
        let mut cluster = self.calls.cluster();
        match operation.clone() {
            Operation::MemberAdd(request) => self.answer(cluster.member_add(request).await),
            Operation::MemberRemove(id) => {
                let request = pb::MemberRemoveRequest { id };
                self.answer(cluster.member_remove(request).await)
            }
            Operation::MemberPromote(id) => {
                let request = pb::MemberPromoteRequest { id };
                self.answer(cluster.member_promote(request).await)
            }
            _ => {
                let request = pb::MemberListRequest { linearizable: true };
                self.answer(cluster.member_list(request).await)
            }
        }
    }

    async fn watch(&mut self, operation: &Operation) -> Answer {
        let calls = self.calls.clone();
        let answer = match operation.clone() {
            Operation::BeginStream => self.streams.begin(&calls),
            Operation::EndStream(stream) => self.streams.end(stream),
            Operation::Watch(stream, create) => {
                let create = RequestUnion::CreateRequest(create);
                self.streams.ask(stream, create, Some(|r| r.created)).await
            }
            // One that is not there is not answered.
            Operation::Cancel(stream, id) if self.streams.has(stream, id) => {
                let cancel = pb::WatchCancelRequest { watch_id: id };
                let cancel = RequestUnion::CancelRequest(cancel);
                self.streams.ask(stream, cancel, Some(|r| r.canceled)).await
            }
            Operation::Cancel(stream, id) => {
                let cancel = pb::WatchCancelRequest { watch_id: id };
                let cancel = RequestUnion::CancelRequest(cancel);
                self.streams.ask(stream, cancel, None).await
            }
            Operation::Progress(stream) => {
                let progress = RequestUnion::ProgressRequest(pb::WatchProgressRequest {});
                let is_answer = |r: &pb::WatchResponse| r.watch_id == -1;
                self.streams.ask(stream, progress, Some(is_answer)).await
            }
            other => unreachable!("{other:?}"),
        };
        answer.map(|response| plain(&response, &self.names))
    }

    /// An event as both servers should tell it.
    pub(super) fn plain_event(&self, event: &quorate_api::mvccpb::Event) -> serde_json::Value {
        plain(event, &self.names)
    }

    fn answer<M: serde::Serialize>(&self, result: Result<Response<M>, Status>) -> Answer {
        match result {
            Ok(response) => Ok(plain(response.get_ref(), &self.names)),
            Err(status) => Err(told(&status)),
        }
    }
}
