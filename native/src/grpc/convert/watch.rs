//! What a watch stream's clients ask, and what they hear.

use quorate_api::etcdserverpb as pb;
use quorate_api::mvccpb;
use quorate_core::command::{WatchCreate, WatchEvent, WatchEventKind, WatchResponse};
use quorate_core::id::{Revision, WatchId};

use super::copied;
use super::reply::{header, key_value};
use pb::watch_create_request::FilterType;

/// A watch to be begun; the stream is filled in by who sends it. A filter that is none is
/// ignored, as in etcd.
pub(in crate::grpc) fn watch_create(request: &pb::WatchCreateRequest) -> WatchCreate {
    let has = |filter: FilterType| request.filters.contains(&(filter as i32));
    WatchCreate {
        watch: WatchId(request.watch_id),
        key: copied(&request.key),
        range_end: copied(&request.range_end),
        start_revision: Revision(request.start_revision),
        previous: request.prev_kv,
        no_put: has(FilterType::Noput),
        no_delete: has(FilterType::Nodelete),
        progress_notify: request.progress_notify,
        ..WatchCreate::default()
    }
}

/// What a client hears.
pub(in crate::grpc) fn watch_response(response: WatchResponse) -> pb::WatchResponse {
    pb::WatchResponse {
        header: header(response.header),
        watch_id: response.watch.0,
        created: response.created,
        canceled: response.canceled,
        compact_revision: response.compact_revision.0,
        cancel_reason: response.cancel_reason,
        fragment: false,
        events: response.events.into_iter().map(event).collect(),
    }
}

fn event(event: WatchEvent) -> mvccpb::Event {
    let kind = match event.kind {
        WatchEventKind::Put => mvccpb::event::EventType::Put,
        WatchEventKind::Delete => mvccpb::event::EventType::Delete,
    };
    mvccpb::Event {
        r#type: kind as i32,
        kv: Some(key_value(event.key_value)),
        prev_kv: event.previous.map(key_value),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use quorate_core::command::{KeyValue, ReplyHeader};
    use quorate_core::id::WatchStreamId;

    use super::*;

    #[test]
    fn every_field_of_a_create_arrives() {
        let request = pb::WatchCreateRequest {
            key: Bytes::from_static(b"a"),
            range_end: Bytes::from_static(b"b"),
            start_revision: 3,
            progress_notify: true,
            filters: vec![FilterType::Nodelete as i32, 77],
            prev_kv: true,
            watch_id: 4,
            fragment: true,
        };
        let expected = WatchCreate {
            stream: WatchStreamId::default(),
            watch: WatchId(4),
            key: Bytes::from_static(b"a"),
            range_end: Bytes::from_static(b"b"),
            start_revision: Revision(3),
            previous: true,
            no_put: false,
            no_delete: true,
            progress_notify: true,
        };
        assert_eq!(watch_create(&request), expected);
    }

    #[test]
    fn every_field_of_a_response_arrives() {
        let response = watch_response(WatchResponse {
            stream: WatchStreamId(1),
            watch: WatchId(2),
            header: ReplyHeader {
                revision: Revision(9),
                ..ReplyHeader::default()
            },
            created: true,
            canceled: true,
            cancel_reason: "why".to_owned(),
            compact_revision: Revision(3),
            events: vec![WatchEvent {
                kind: WatchEventKind::Delete,
                key_value: KeyValue::default(),
                previous: Some(KeyValue {
                    version: 5,
                    ..KeyValue::default()
                }),
            }],
        });
        assert_eq!(response.header.map(|header| header.revision), Some(9));
        assert_eq!((response.watch_id, response.compact_revision), (2, 3));
        assert!(response.created && response.canceled && !response.fragment);
        assert_eq!(response.cancel_reason, "why");
        assert_eq!(response.events.len(), 1);
        assert_eq!(response.events[0].r#type, 1);
        let previous = response.events[0].prev_kv.as_ref();
        assert_eq!(previous.map(|previous| previous.version), Some(5));
    }
}
