//! A client of a cluster: several endpoints, one after the other (`clientv3`).
//!
//! A call goes to the next endpoint that can be reached; while none can, it waits until its time
//! is over. A call that reads is tried again elsewhere when a server or its connection fails. One
//! that writes is not: it may have been carried out, and doing it twice is not the same as once.

mod calls;
mod endpoint;
mod error;
mod keep_alive;
mod watch;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

pub(crate) use endpoint::Endpoint;
pub(crate) use error::CallError;
pub(crate) use keep_alive::{keep_alive, keep_alive_once};
pub(crate) use watch::{Watch, WatchNews, WatchOptions};

use super::settings::Settings;
use crate::log::{self, Logger};

/// A client. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Arc<Shared>,
    /// When a call's time is over; without one, never.
    deadline: Option<Instant>,
}

struct Shared {
    slots: Vec<Slot>,
    /// Which endpoint is next.
    next: AtomicUsize,
    send_limit_bytes: usize,
    receive_limit_bytes: usize,
    log: Logger,
}

struct Slot {
    endpoint: Endpoint,
    channel: Mutex<Option<Channel>>,
}

/// Whether a call may be made twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// It only reads.
    Repeatable,
    /// Only while nothing of it has been sent.
    OnlyUnsent,
}

impl Client {
    /// A client of some endpoints; connects when it is used.
    ///
    /// # Errors
    /// An endpoint that cannot be.
    pub(crate) fn new(settings: &Settings, endpoints: &[String]) -> Result<Self, CallError> {
        let slots = endpoints
            .iter()
            .map(|name| {
                Ok(Slot {
                    endpoint: Endpoint::parse(name, settings)?,
                    channel: Mutex::new(None),
                })
            })
            .collect::<Result<Vec<_>, CallError>>()?;
        if slots.is_empty() {
            let text = "etcdclient: no available endpoints".to_owned();
            return Err(CallError::Endpoint(text));
        }
        let shared = Shared {
            slots,
            next: AtomicUsize::new(0),
            send_limit_bytes: settings.send_limit_bytes(),
            receive_limit_bytes: settings.receive_limit_bytes(),
            log: log::to_stderr(),
        };
        Ok(Self {
            shared: Arc::new(shared),
            deadline: None,
        })
    }

    /// The same client, its calls over at a time.
    pub(crate) fn until(&self, deadline: Option<Instant>) -> Self {
        Self {
            deadline,
            ..self.clone()
        }
    }

    /// Makes a call.
    async fn call<T, F, Answer>(&self, method: &str, retry: Retry, send: F) -> Result<T, CallError>
    where
        F: Fn(Channel) -> Answer,
        Answer: Future<Output = Result<Response<T>, Status>>,
    {
        let mut tries = Tries::default();
        let work = self.try_until_done(method, retry, send, &mut tries);
        let Some(deadline) = self.deadline else {
            return work.await;
        };
        match timeout_at(deadline, work).await {
            Ok(result) => result,
            Err(_) => {
                let reason = tries.reason.map_or_else(
                    || "context deadline exceeded".to_owned(),
                    |reason| format!("latest balancer error: {reason}"),
                );
                self.tell(method, tries.count, &Status::deadline_exceeded(reason));
                Err(CallError::DeadlineExceeded)
            }
        }
    }

    async fn try_until_done<T, F, Answer>(
        &self,
        method: &str,
        retry: Retry,
        send: F,
        tries: &mut Tries,
    ) -> Result<T, CallError>
    where
        F: Fn(Channel) -> Answer,
        Answer: Future<Output = Result<Response<T>, Status>>,
    {
        loop {
            let (position, channel) = self.connected(tries).await;
            let status = match send(channel).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => in_gos_words(status),
            };
            self.tell(method, tries.count, &status);
            if status.code() == Code::Unavailable {
                // What broke is not used again; the next who needs it connects anew.
                *self.shared.slots[position].channel.lock().await = None;
            }
            tries.count += 1;
            if !self.may_retry(&status, retry) || tries.count > TRIES_MAX {
                return Err(status.into());
            }
            if tries.count.is_multiple_of(self.shared.slots.len() / 2 + 1) {
                sleep(PAUSE).await;
            }
        }
    }

    /// Refuses what is larger than `--max-request-bytes`, in the words of gRPC for Go.
    fn check_size(&self, method: &str, size_bytes: usize) -> Result<(), CallError> {
        let most = self.shared.send_limit_bytes;
        if size_bytes <= most {
            return Ok(());
        }
        let status = Status::resource_exhausted(format!(
            "trying to send message larger than max ({size_bytes} vs. {most})"
        ));
        self.tell(method, 0, &status);
        Err(status.into())
    }

    fn may_retry(&self, status: &Status, retry: Retry) -> bool {
        // A learner refuses what it may not serve; another member may.
        let is_learners = status.message() == "etcdserver: rpc not supported for learner";
        if is_learners && self.shared.slots.len() > 1 {
            return true;
        }
        retry == Retry::Repeatable && status.code() == Code::Unavailable
    }

    /// A connection to the next endpoint that has or gets one; waits until there is one.
    async fn connected(&self, tries: &mut Tries) -> (usize, Channel) {
        let slots = &self.shared.slots;
        loop {
            for _ in slots {
                let position = self.shared.next.fetch_add(1, Ordering::Relaxed) % slots.len();
                let mut channel = slots[position].channel.lock().await;
                if let Some(channel) = &*channel {
                    return (position, channel.clone());
                }
                match slots[position].endpoint.connect().await {
                    Ok(connected) => {
                        *channel = Some(connected.clone());
                        return (position, connected);
                    }
                    Err(reason) => tries.reason = Some(reason),
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// A connection for a stream; waits until there is one.
    ///
    /// # Errors
    /// Time was over.
    async fn stream_channel(&self) -> Result<Channel, CallError> {
        let mut tries = Tries::default();
        let work = self.connected(&mut tries);
        match self.deadline {
            None => Ok(work.await.1),
            Some(deadline) => match timeout_at(deadline, work).await {
                Ok((_, channel)) => Ok(channel),
                Err(_) => Err(CallError::DeadlineExceeded),
            },
        }
    }

    /// Forgets a stream's connections: the next stream connects anew.
    async fn forget_connections(&self) {
        for slot in &self.shared.slots {
            *slot.channel.lock().await = None;
        }
    }

    /// A message with what etcd's client sends along.
    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        let metadata = request.metadata_mut();
        metadata.insert(
            "client-api-version",
            MetadataValue::from_static(API_VERSION),
        );
        if let Some(deadline) = self.deadline {
            request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        }
        request
    }

    /// As [`Client::request`]; the server answers only while it has a leader.
    fn leader_request<M>(&self, message: M) -> Request<M> {
        let mut request = self.request(message);
        let metadata = request.metadata_mut();
        metadata.insert("hasleader", MetadataValue::from_static("true"));
        request
    }

    /// The endpoints, as the user wrote them.
    pub(crate) fn endpoints(&self) -> Vec<String> {
        let slots = self.shared.slots.iter();
        slots.map(|slot| slot.endpoint.name.clone()).collect()
    }

    fn tell(&self, method: &str, attempt: usize, status: &Status) {
        let target = &self.shared.slots[0].endpoint.name;
        let fields = [
            ("logger", json!("etcd-client")),
            ("target", json!(format!("etcd-endpoints://{target}"))),
            ("method", json!(method)),
            ("attempt", json!(attempt)),
            ("error", json!(error::grpc_text(status))),
        ];
        self.shared
            .log
            .warn("retrying of unary invoker failed", &fields);
    }
}

/// What has been tried for a call.
#[derive(Default)]
struct Tries {
    count: usize,
    /// Why the last endpoint could not be reached.
    reason: Option<String>,
}

/// A connection that broke means: unavailable. Time that was over here is over.
fn in_gos_words(status: Status) -> Status {
    if error::is_of_time(&status) {
        return Status::deadline_exceeded("context deadline exceeded");
    }
    let is_transports = std::error::Error::source(&status).is_some();
    let is_of_time = status.code() == Code::Cancelled;
    if is_transports && !is_of_time {
        return Status::unavailable(status.message());
    }
    status
}

/// A deadline from now on.
pub(crate) fn deadline_in(time: Duration) -> Option<Instant> {
    Instant::now().checked_add(time)
}

/// The version of the API that is spoken.
pub(crate) const API_VERSION: &str = "3.6";

/// etcd's client gives up after as many.
const TRIES_MAX: usize = 100;
/// Between two rounds through the endpoints, as in etcd's client.
const PAUSE: Duration = Duration::from_millis(25);
