//! The watch streams of one server: what is asked on them, and what has been heard.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use quorate_api::etcdserverpb as pb;
use quorate_api::mvccpb::Event;
use tokio::sync::mpsc;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::UnboundedReceiverStream;

use crate::support::calls::{Calls, watch_of};
use pb::watch_client::WatchClient;
use pb::watch_request::RequestUnion;

/// How long a server is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(1);

/// The code of an answer that never came: none of gRPC's.
pub(super) const LOST: i32 = -1;

/// Which response is the answer to what was asked.
pub(super) type IsAnswer = fn(&pb::WatchResponse) -> bool;
type Told = Result<pb::WatchResponse, (i32, String)>;

/// All streams, by number, and one that hears of everything.
pub(super) struct Streams {
    all: Stream,
    /// Every event there was, in order.
    pub(super) events: Vec<Event>,
    streams: BTreeMap<usize, Stream>,
    begun: usize,
}

struct Stream {
    requests: UnboundedSender<pb::WatchRequest>,
    heard: Arc<Mutex<VecDeque<pb::WatchResponse>>>,
    reader: JoinHandle<()>,
    /// Watches that were begun and have not ended.
    watches: BTreeMap<i64, Heard>,
    /// Responses that are no events, not asked for yet.
    answers: VecDeque<pb::WatchResponse>,
}

/// What one watch has heard since it was compared.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) events: VecDeque<Event>,
    /// How it ended by itself.
    pub(super) end: Option<pb::WatchResponse>,
    last_revision: i64,
    is_in_fragments: bool,
}

impl Streams {
    pub(super) async fn new(calls: &Calls) -> Self {
        let mut all = Stream::begin(calls);
        let everything = pb::WatchCreateRequest {
            start_revision: 1,
            prev_kv: true,
            ..watch_of("\0", "\0")
        };
        let create = RequestUnion::CreateRequest(everything);
        all.ask(create, Some(|r| r.created)).await.unwrap();
        Self {
            all,
            events: Vec::new(),
            streams: BTreeMap::new(),
            begun: 0,
        }
    }

    pub(super) fn begin(&mut self, calls: &Calls) -> Told {
        self.streams.insert(self.begun, Stream::begin(calls));
        self.begun += 1;
        Ok(pb::WatchResponse::default())
    }

    pub(super) fn end(&mut self, stream: usize) -> Told {
        self.streams.remove(&stream);
        Ok(pb::WatchResponse::default())
    }

    pub(super) fn has(&self, stream: usize, watch: i64) -> bool {
        self.streams[&stream].watches.contains_key(&watch)
    }

    pub(super) async fn ask(
        &mut self,
        stream: usize,
        request: RequestUnion,
        is_answer: Option<IsAnswer>,
    ) -> Told {
        let stream = self.streams.get_mut(&stream).unwrap();
        stream.ask(request, is_answer).await
    }

    /// Waits until all events up to a revision have been heard.
    pub(super) async fn catch_up(&mut self, revision: i64) -> Result<(), String> {
        let start = Instant::now();
        loop {
            self.all.sort();
            let all = self.all.watches.get_mut(&0).unwrap();
            self.events.extend(all.events.drain(..));
            let last = self.events.last().and_then(|event| event.kv.as_ref());
            if last.map_or(1, |kv| kv.mod_revision) >= revision {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("heard of {last:?}, not of revision {revision}"));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until a watch has heard of so many events, or has ended, as it should; answers what
    /// it has heard since the last time.
    pub(super) async fn heard(
        &mut self,
        stream: usize,
        watch: i64,
        count: usize,
        end: bool,
    ) -> Heard {
        let start = Instant::now();
        let stream = self.streams.get_mut(&stream).unwrap();
        loop {
            stream.sort();
            let heard = stream.watches.get_mut(&watch).unwrap();
            let is_enough = heard.events.len() >= count && heard.end.is_some() >= end;
            if is_enough || start.elapsed() > PATIENCE {
                let last_revision = heard.last_revision;
                let taken = std::mem::take(heard);
                heard.last_revision = last_revision;
                return taken;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Forgets a watch that ended by itself.
    pub(super) fn forget(&mut self, stream: usize, watch: i64) {
        self.streams
            .get_mut(&stream)
            .unwrap()
            .watches
            .remove(&watch);
    }
}

impl Stream {
    fn begin(calls: &Calls) -> Self {
        let (requests, receiver) = mpsc::unbounded_channel();
        let mut client = WatchClient::new(calls.channel.clone());
        let heard = Arc::new(Mutex::new(VecDeque::new()));
        let to = heard.clone();
        let reader = tokio::spawn(async move {
            // etcd says nothing at all before it has been asked something.
            let asked = UnboundedReceiverStream::new(receiver);
            let mut responses = client.watch(asked).await.unwrap().into_inner();
            while let Ok(Some(response)) = responses.message().await {
                to.lock().unwrap().push_back(response);
            }
        });
        Self {
            requests,
            heard,
            reader,
            watches: BTreeMap::new(),
            answers: VecDeque::new(),
        }
    }

    async fn ask(&mut self, request: RequestUnion, is_answer: Option<IsAnswer>) -> Told {
        let request = pb::WatchRequest {
            request_union: Some(request),
        };
        self.requests.send(request).unwrap();
        let Some(is_answer) = is_answer else {
            return Ok(pb::WatchResponse::default());
        };
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            self.sort();
            if let Some(answer) = self.answers.pop_front() {
                if is_answer(&answer) {
                    return Ok(answer);
                }
                return Err((LOST, format!("what is no answer: {answer:?}")));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err((LOST, "no answer on the stream".to_owned()))
    }

    /// Takes apart what has been heard: by watch, and what answers a request.
    fn sort(&mut self) {
        let heard: Vec<_> = self.heard.lock().unwrap().drain(..).collect();
        for response in heard {
            if response.created {
                if !response.canceled {
                    self.watches.insert(response.watch_id, Heard::default());
                }
                self.answers.push_back(response);
            } else if response.canceled && response.compact_revision == 0 {
                self.watches.remove(&response.watch_id);
                self.answers.push_back(response);
            } else if response.watch_id == -1 {
                self.answers.push_back(response);
            } else if let Some(watch) = self.watches.get_mut(&response.watch_id) {
                watch.take(response);
            } else {
                // Of a watch that is none: not what anybody waits for.
                self.answers.push_back(response);
            }
        }
    }
}

impl Heard {
    fn take(&mut self, response: pb::WatchResponse) {
        if response.canceled {
            self.end = Some(response);
            return;
        }
        let revision = |event: &Event| event.kv.as_ref().unwrap().mod_revision;
        if let (Some(first), Some(last)) = (response.events.first(), response.events.last()) {
            assert!(
                self.is_in_fragments || revision(first) > self.last_revision,
                "one revision in two responses: {response:?}"
            );
            self.last_revision = revision(last);
        }
        self.is_in_fragments = response.fragment;
        self.events.extend(response.events);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
