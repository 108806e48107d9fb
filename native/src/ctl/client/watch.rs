//! A watch that goes on over broken connections, from where it was.

use std::time::Duration;

use bytes::Bytes;
use quorate_api::etcdserverpb::watch_client::WatchClient;
use quorate_api::etcdserverpb::watch_request::RequestUnion;
use quorate_api::etcdserverpb::{
    WatchCreateRequest, WatchProgressRequest, WatchRequest, WatchResponse,
};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use super::{CallError, Client};

/// What to watch.
#[derive(Clone, Debug, Default)]
pub(crate) struct WatchOptions {
    /// First key.
    pub(crate) key: Bytes,
    /// End of the range; empty for one key.
    pub(crate) range_end: Bytes,
    /// First revision; 0 for what comes from now on.
    pub(crate) revision: i64,
    /// Whether the server says from time to time how far it is.
    pub(crate) progress_notify: bool,
    /// Whether events bring what was before.
    pub(crate) prev_kv: bool,
    /// Whether the watch ends when the server has no leader.
    pub(crate) require_leader: bool,
}

/// One response, or what ended the watch.
#[derive(Debug)]
pub(crate) struct WatchNews {
    /// As the server sent it.
    pub(crate) response: WatchResponse,
    /// Why it was the last.
    pub(crate) end: Option<CallError>,
}

/// A watch under way; it ends when this is dropped.
pub(crate) struct Watch {
    news: mpsc::Receiver<WatchNews>,
    progress: mpsc::Sender<()>,
}

impl Watch {
    /// Begins one.
    pub(crate) fn start(client: &Client, options: WatchOptions) -> Self {
        let (sender, news) = mpsc::channel(NEWS_MAX);
        let (progress, asked) = mpsc::channel(1);
        let watcher = Watcher {
            client: client.until(None),
            options,
            news: sender,
            progress: asked,
        };
        tokio::spawn(watcher.run());
        Self { news, progress }
    }

    /// The next response; nothing after the last.
    pub(crate) async fn next(&mut self) -> Option<WatchNews> {
        self.news.recv().await
    }

    /// What asks this watch how far it is.
    pub(crate) fn progress_sender(&self) -> mpsc::Sender<()> {
        self.progress.clone()
    }
}

struct Watcher {
    client: Client,
    options: WatchOptions,
    news: mpsc::Sender<WatchNews>,
    progress: mpsc::Receiver<()>,
}

/// How a stream ended.
enum End {
    /// The watch is over.
    Over,
    /// The connection broke: another stream takes over.
    Broken,
}

impl Watcher {
    async fn run(mut self) {
        loop {
            match self.stream().await {
                Ok(End::Over) => return,
                Ok(End::Broken) => {}
                Err(status) if may_go_on(&status) => {}
                Err(status) => {
                    let response = WatchResponse {
                        canceled: true,
                        ..WatchResponse::default()
                    };
                    let end = Some(status.into());
                    // Nobody listens any more: then there is nobody to tell.
                    let _ = self.news.send(WatchNews { response, end }).await;
                    return;
                }
            }
            if self.news.is_closed() {
                return;
            }
            self.client.forget_connections().await;
            sleep(PAUSE).await;
        }
    }

    /// One stream, from its opening to its end.
    async fn stream(&mut self) -> Result<End, Status> {
        let Ok(channel) = self.client.stream_channel().await else {
            return Ok(End::Broken);
        };
        let (requests, receiver) = mpsc::channel(4);
        let first = requests.try_send(self.create());
        first.expect("there is room, and the receiver is here");
        let outgoing = ReceiverStream::new(receiver);
        let request = if self.options.require_leader {
            self.client.leader_request(outgoing)
        } else {
            self.client.request(outgoing)
        };
        let limit_bytes = self.client.shared.receive_limit_bytes;
        let mut watcher = WatchClient::new(channel).max_decoding_message_size(limit_bytes);
        let opened = watcher.watch(request);
        let mut responses = tokio::select! {
            opened = opened => opened.map_err(super::in_gos_words)?.into_inner(),
            () = self.news.closed() => return Ok(End::Over),
        };
        loop {
            tokio::select! {
                message = responses.message() => {
                    let Some(response) = message.map_err(super::in_gos_words)? else {
                        return Ok(End::Broken);
                    };
                    if self.take(response).await {
                        return Ok(End::Over);
                    }
                }
                Some(()) = self.progress.recv() => {
                    let union = RequestUnion::ProgressRequest(WatchProgressRequest {});
                    let request = WatchRequest { request_union: Some(union) };
                    if requests.send(request).await.is_err() {
                        return Ok(End::Broken);
                    }
                }
                () = self.news.closed() => return Ok(End::Over),
            }
        }
    }

    fn create(&self) -> WatchRequest {
        let options = &self.options;
        let create = WatchCreateRequest {
            key: options.key.clone(),
            range_end: options.range_end.clone(),
            start_revision: options.revision,
            progress_notify: options.progress_notify,
            prev_kv: options.prev_kv,
            ..WatchCreateRequest::default()
        };
        WatchRequest {
            request_union: Some(RequestUnion::CreateRequest(create)),
        }
    }

    /// Takes a response in; true when it was the last.
    async fn take(&mut self, response: WatchResponse) -> bool {
        let revision = response.header.as_ref().map_or(0, |header| header.revision);
        if response.created && !response.canceled {
            // What came before the watch was made is none of its business, also on a later stream.
            if self.options.revision == 0 {
                self.options.revision = revision + 1;
            }
            return false;
        }
        let newest = response.events.last().and_then(|event| event.kv.as_ref());
        if !response.canceled {
            self.options.revision = newest.map_or(revision, |kv| kv.mod_revision) + 1;
        }
        let end = response.canceled.then(|| reason(&response));
        let is_last = end.is_some();
        self.news.send(WatchNews { response, end }).await.is_err() || is_last
    }
}

/// Why the server ended a watch.
fn reason(response: &WatchResponse) -> CallError {
    if response.compact_revision != 0 {
        let text = "etcdserver: mvcc: required revision has been compacted";
        return Status::out_of_range(text).into();
    }
    if response.cancel_reason.is_empty() {
        let text = "etcdserver: mvcc: required revision is a future revision";
        return Status::out_of_range(text).into();
    }
    Status::failed_precondition(response.cancel_reason.clone()).into()
}

/// Whether another stream may do better.
fn may_go_on(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::Internal)
        && status.message() != "etcdserver: no leader"
}

/// Between two streams.
const PAUSE: Duration = Duration::from_millis(100);
/// Responses that wait to be printed.
const NEWS_MAX: usize = 128;
