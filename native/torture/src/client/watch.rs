//! One watch on a stream of its own.

use quorate_api::etcdserverpb as pb;
use quorate_api::mvccpb;
use quorate_core::command::{WatchCreate, WatchEvent, WatchEventKind, WatchResponse};
use quorate_core::id::{Revision, WatchId, WatchStreamId};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::{Status, Streaming};

use super::reply::{header, key_value};
use pb::watch_client::WatchClient;
use pb::watch_create_request::FilterType;
use pb::watch_request::RequestUnion;

/// Requests of a stream that may wait to be sent.
const REQUESTS_MAX: usize = 8;

/// A stream with one watch. To drop it is to break the connection's stream.
pub(crate) struct WatchStream {
    requests: mpsc::Sender<pb::WatchRequest>,
    responses: Streaming<pb::WatchResponse>,
}

impl WatchStream {
    pub(super) async fn open(channel: Channel, create: &WatchCreate) -> Result<Self, Status> {
        let (requests, outgoing) = mpsc::channel(REQUESTS_MAX);
        let request = pb::WatchRequest {
            request_union: Some(RequestUnion::CreateRequest(create_request(create))),
        };
        // There is room: nothing was sent before.
        let _ = requests.try_send(request);
        let mut client = WatchClient::new(channel);
        let responses = client.watch(ReceiverStream::new(outgoing)).await?;
        Ok(Self {
            requests,
            responses: responses.into_inner(),
        })
    }

    /// What is heard next; nothing when the stream has ended. To drop the future loses nothing.
    pub(crate) async fn next(&mut self) -> Option<WatchResponse> {
        let response = self.responses.message().await.ok()??;
        response_of(response)
    }

    /// Asks how far the watch is.
    pub(crate) fn ask_progress(&self) {
        let request = RequestUnion::ProgressRequest(pb::WatchProgressRequest {});
        // A stream that does not take it in will hear nothing more either.
        let _ = self.requests.try_send(pb::WatchRequest {
            request_union: Some(request),
        });
    }
}

fn create_request(create: &WatchCreate) -> pb::WatchCreateRequest {
    let mut filters = Vec::new();
    if create.no_put {
        filters.push(FilterType::Noput.into());
    }
    if create.no_delete {
        filters.push(FilterType::Nodelete.into());
    }
    pb::WatchCreateRequest {
        key: create.key.clone(),
        range_end: create.range_end.clone(),
        start_revision: create.start_revision.0,
        progress_notify: create.progress_notify,
        filters,
        prev_kv: create.previous,
        watch_id: create.watch.0,
        fragment: false,
    }
}

/// Nothing for a response that is none: the stream is given up then.
fn response_of(response: pb::WatchResponse) -> Option<WatchResponse> {
    let events = response.events.into_iter().map(event);
    Some(WatchResponse {
        stream: WatchStreamId::default(),
        watch: WatchId(response.watch_id),
        header: header(response.header),
        created: response.created,
        canceled: response.canceled,
        cancel_reason: response.cancel_reason,
        compact_revision: Revision(response.compact_revision),
        events: events.collect::<Option<_>>()?,
    })
}

fn event(event: mvccpb::Event) -> Option<WatchEvent> {
    let kind = match mvccpb::event::EventType::try_from(event.r#type).ok()? {
        mvccpb::event::EventType::Put => WatchEventKind::Put,
        mvccpb::event::EventType::Delete => WatchEventKind::Delete,
    };
    Some(WatchEvent {
        kind,
        key_value: key_value(event.kv?),
        previous: event.prev_kv.map(key_value),
    })
}
