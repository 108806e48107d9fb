//! Watch streams of a load, and when what they heard arrived.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use quorate_api::etcdserverpb::kv_client::KvClient;
use quorate_api::etcdserverpb::watch_client::WatchClient;
use quorate_api::etcdserverpb::watch_request::RequestUnion;
use quorate_api::etcdserverpb::{PutRequest, WatchCreateRequest, WatchRequest, WatchResponse};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::Channel;
use tonic::{Status, Streaming};

use super::load::{Amount, Bench, failed};
use super::report::{Report, Tally};
use crate::ctl::failure::{Exit, Failure};

/// One stream with some watches on it.
pub(super) struct WatchStream {
    requests: mpsc::UnboundedSender<WatchRequest>,
    responses: Streaming<WatchResponse>,
}

impl WatchStream {
    /// Opens a stream with its first watch: a server need not answer before it has one.
    ///
    /// # Errors
    /// The server's or the connection's.
    pub(super) async fn open(channel: Channel, first: WatchCreateRequest) -> Result<Self, Status> {
        let (requests, outgoing) = mpsc::unbounded_channel();
        send(&requests, first)?;
        let responses = WatchClient::new(channel)
            .max_decoding_message_size(i32::MAX as usize)
            .watch(UnboundedReceiverStream::new(outgoing))
            .await?
            .into_inner();
        Ok(Self {
            requests,
            responses,
        })
    }

    /// Asks for another watch.
    ///
    /// # Errors
    /// The stream has ended.
    pub(super) fn add(&self, watch: WatchCreateRequest) -> Result<(), Status> {
        send(&self.requests, watch)
    }

    /// The next response.
    ///
    /// # Errors
    /// The stream ended, or the server ended a watch.
    pub(super) async fn next(&mut self) -> Result<WatchResponse, Status> {
        match self.responses.message().await? {
            Some(response) if response.canceled => {
                let reason = response.cancel_reason;
                Err(Status::aborted(format!("the watch was canceled: {reason}")))
            }
            Some(response) => Ok(response),
            None => Err(Status::unavailable("the watch stream ended")),
        }
    }
}

fn send(
    requests: &mpsc::UnboundedSender<WatchRequest>,
    watch: WatchCreateRequest,
) -> Result<(), Status> {
    let request = WatchRequest {
        request_union: Some(RequestUnion::CreateRequest(watch)),
    };
    let sent = requests.send(request);
    sent.map_err(|_| Status::unavailable("the watch stream ended"))
}

/// Many streams, each with as many watches.
pub(super) struct Fleet {
    streams: Vec<WatchStream>,
    created: Tally,
    took: Duration,
}

/// How many.
#[derive(Clone, Copy, Debug)]
pub(super) struct FleetSize {
    pub(super) streams: usize,
    pub(super) watches_a_stream: usize,
}

impl Fleet {
    /// Opens them side by side; on each stream one watch is asked for after the other.
    ///
    /// # Errors
    /// The server's or the connection's.
    pub(super) async fn open<F>(bench: &Bench, size: FleetSize, create: F) -> Result<Self, Failure>
    where
        F: Fn(usize) -> WatchCreateRequest + Clone + Send + 'static,
    {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for at in 0..size.streams {
            let (channel, create) = (bench.channel(at), create.clone());
            let by_second = bench.settings.sample;
            let first = at * size.watches_a_stream;
            tasks.spawn(async move {
                let mut tally = Tally::new(by_second);
                let mut begun = Instant::now();
                let mut stream = WatchStream::open(channel, create(first)).await?;
                for number in first..first + size.watches_a_stream {
                    if number > first {
                        begun = Instant::now();
                        stream.add(create(number))?;
                    }
                    while !stream.next().await?.created {}
                    tally.add_time(begun.elapsed());
                }
                Ok::<_, Status>((stream, tally))
            });
        }
        let mut fleet = Self {
            streams: Vec::new(),
            created: Tally::new(bench.settings.sample),
            took: Duration::ZERO,
        };
        while let Some(opened) = tasks.join_next().await {
            let opened = opened.map_err(|error| Failure::new(Exit::Error, error))?;
            let (stream, tally) = opened.map_err(failed)?;
            fleet.streams.push(stream);
            fleet.created.merge(tally);
        }
        fleet.took = start.elapsed();
        Ok(fleet)
    }

    /// Begins to listen. Tells how long each watch took to be made.
    pub(super) fn listen(self) -> (Report, Listening) {
        let (stop, stopped) = watch::channel(false);
        let received = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        for stream in self.streams {
            tasks.spawn(hear(stream, Arc::clone(&received), stopped.clone()));
        }
        let listening = Listening {
            tasks,
            received,
            stop,
            begun: Instant::now(),
        };
        (self.created.report(self.took), listening)
    }
}

/// Streams that are listened to.
pub(super) struct Listening {
    tasks: JoinSet<Result<Vec<Heard>, Status>>,
    received: Arc<AtomicU64>,
    stop: watch::Sender<bool>,
    begun: Instant,
}

/// An event: of which revision, and when it came.
type Heard = (i64, Instant);

/// When each revision was asked for.
pub(super) type Sent = Arc<Mutex<HashMap<i64, Instant>>>;

impl Listening {
    /// Waits for so many events, as long as some come. Tells how long each came after its write
    /// was asked for.
    ///
    /// # Errors
    /// A stream that ended.
    pub(super) async fn finish(
        mut self,
        bench: &Bench,
        expected: u64,
        sent: &Sent,
    ) -> Result<Report, Failure> {
        let mut before = 0;
        let mut moved = Instant::now();
        loop {
            let received = self.received.load(Ordering::Relaxed);
            if received > before {
                (before, moved) = (received, Instant::now());
            }
            if received >= expected || moved.elapsed() > PATIENCE || bench.is_interrupted() {
                break;
            }
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        // Streams that have ended are not there to hear it.
        let _ = self.stop.send(true);
        let mut tally = Tally::new(bench.settings.sample);
        let (mut count, mut last) = (0, self.begun);
        while let Some(ended) = self.tasks.join_next().await {
            let ended = ended.map_err(|error| Failure::new(Exit::Error, error))?;
            let heard = ended.map_err(failed)?;
            let sent = sent
                .lock()
                .map_err(|error| Failure::new(Exit::Error, error))?;
            for (revision, at) in heard {
                count += 1;
                last = last.max(at);
                match sent.get(&revision) {
                    Some(start) => tally.add_time(at.saturating_duration_since(*start)),
                    None => {
                        let text = "an event of a write that this benchmark did not make";
                        tally.add(Duration::ZERO, Err(text.to_owned()));
                    }
                }
            }
        }
        for _ in count..expected {
            let text = format!("the event did not come within {PATIENCE:?} of the one before");
            tally.add(Duration::ZERO, Err(text));
        }
        Ok(tally.report(last - self.begun))
    }
}

async fn hear(
    mut stream: WatchStream,
    received: Arc<AtomicU64>,
    mut stop: watch::Receiver<bool>,
) -> Result<Vec<Heard>, Status> {
    let mut heard = Vec::new();
    loop {
        let response = tokio::select! {
            response = stream.next() => response?,
            _ = stop.changed() => return Ok(heard),
        };
        let now = Instant::now();
        for event in &response.events {
            let revision = event.kv.as_ref().map_or(0, |kv| kv.mod_revision);
            heard.push((revision, now));
        }
        let count = response.events.len() as u64;
        received.fetch_add(count, Ordering::Relaxed);
    }
}

/// Puts keys in turn, and notes when each was asked for.
///
/// # Errors
/// A client that did not come to its end.
pub(super) async fn put_in_turn(
    bench: &Bench,
    amount: Amount,
    keys: Vec<Bytes>,
    value: Bytes,
    sent: &Sent,
) -> Result<Report, Failure> {
    let sent = Arc::clone(sent);
    let report = bench.run(amount, move |caller, number| {
        let put = PutRequest {
            key: keys[(number % keys.len() as u64) as usize].clone(),
            value: value.clone(),
            ..PutRequest::default()
        };
        let sent = Arc::clone(&sent);
        async move {
            let start = Instant::now();
            let answer = KvClient::new(caller.channel).put(put).await?.into_inner();
            let revision = answer.header.map_or(0, |header| header.revision);
            if let Ok(mut sent) = sent.lock() {
                sent.insert(revision, start);
            }
            Ok(())
        }
    });
    report.await
}

/// Events that do not come within this time of the one before are waited for no longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether all have come.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);
