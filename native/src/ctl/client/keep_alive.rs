//! Keeping a lease alive, over as many streams as it takes.

use std::time::Duration;

use quorate_api::etcdserverpb::lease_client::LeaseClient;
use quorate_api::etcdserverpb::{LeaseKeepAliveRequest, LeaseKeepAliveResponse};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use super::{CallError, Client};

/// Renews a lease once.
///
/// # Errors
/// There is no such lease, or what a call may fail of.
pub(crate) async fn keep_alive_once(
    client: &Client,
    id: i64,
) -> Result<LeaseKeepAliveResponse, CallError> {
    loop {
        match ask(client, id).await {
            Ok(response) if response.ttl <= 0 => {
                let status = Status::not_found("etcdserver: requested lease not found");
                return Err(status.into());
            }
            Err(CallError::Status(status)) if status.code() == Code::Unavailable => {
                client.forget_connections().await;
                sleep(RETRY_PAUSE).await;
            }
            result => return result,
        }
    }
}

async fn ask(client: &Client, id: i64) -> Result<LeaseKeepAliveResponse, CallError> {
    Stream::open(client, id).await?.answer().await
}

/// Renews a lease until it is over or nobody listens. The answers come by the channel, which
/// closes when the lease is over, or may be for want of an answer.
pub(crate) fn keep_alive(client: &Client, id: i64) -> mpsc::Receiver<LeaseKeepAliveResponse> {
    let (answers, receiver) = mpsc::channel(ANSWERS_MAX);
    let client = client.clone();
    tokio::spawn(async move {
        let mut expires_at = Instant::now() + FIRST_TTL;
        while let Ok(Ok(mut stream)) = timeout_at(expires_at, Stream::open(&client, id)).await {
            let round = renew_on(&mut stream, id, &answers, &mut expires_at);
            if round.await.is_err() {
                return;
            }
            client.forget_connections().await;
            sleep(RETRY_PAUSE).await;
        }
    });
    receiver
}

/// The lease is over, or nobody listens.
struct Over;

/// Renews on one stream until that breaks.
async fn renew_on(
    stream: &mut Stream,
    id: i64,
    answers: &mpsc::Sender<LeaseKeepAliveResponse>,
    expires_at: &mut Instant,
) -> Result<(), Over> {
    loop {
        let response = match timeout_at(*expires_at, stream.answer()).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => return Ok(()),
            Err(_) => return Err(Over),
        };
        let Ok(ttl_seconds) = u64::try_from(response.ttl) else {
            return Err(Over);
        };
        if ttl_seconds == 0 {
            return Err(Over);
        }
        let now = Instant::now();
        let ttl = Duration::from_secs(ttl_seconds);
        *expires_at = now + ttl;
        if answers.send(response).await.is_err() {
            return Err(Over);
        }
        tokio::select! {
            () = sleep_until(now + ttl / 3) => {}
            () = answers.closed() => return Err(Over),
        }
        if stream.ask(id).await.is_err() {
            return Ok(());
        }
    }
}

/// A stream of keep-alives.
struct Stream {
    requests: mpsc::Sender<LeaseKeepAliveRequest>,
    responses: tonic::Streaming<LeaseKeepAliveResponse>,
}

impl Stream {
    /// Opens one with a first question: servers open their side when they answer it.
    async fn open(client: &Client, id: i64) -> Result<Self, CallError> {
        let channel = client.stream_channel().await?;
        let (requests, receiver) = mpsc::channel(1);
        let first = requests.try_send(LeaseKeepAliveRequest { id });
        first.expect("there is room for one, and the receiver is here");
        let request = client.request(ReceiverStream::new(receiver));
        let responses = LeaseClient::new(channel)
            .lease_keep_alive(request)
            .await
            .map_err(super::in_gos_words)?
            .into_inner();
        Ok(Self {
            requests,
            responses,
        })
    }

    async fn ask(&mut self, id: i64) -> Result<(), CallError> {
        let request = LeaseKeepAliveRequest { id };
        self.requests.send(request).await.map_err(|_| broken())
    }

    async fn answer(&mut self) -> Result<LeaseKeepAliveResponse, CallError> {
        let response = self.responses.message().await;
        response.map_err(super::in_gos_words)?.ok_or_else(broken)
    }
}

fn broken() -> CallError {
    Status::unavailable("the stream has ended").into()
}

/// Between two streams, as in etcd's client.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
/// What a lease is believed to live before its first answer.
const FIRST_TTL: Duration = Duration::from_secs(5);
/// Answers that wait to be read.
const ANSWERS_MAX: usize = 16;
