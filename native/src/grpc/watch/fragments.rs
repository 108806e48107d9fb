//! Cuts a response that is too large for one message, where its watch allows it.

use std::collections::VecDeque;

use prost::Message;
use quorate_api::etcdserverpb as pb;

/// The response in messages below a size, each with one event at least, all but the last marked
/// as fragments (etcd's `sendFragments`).
pub(super) fn cut(
    mut whole: pb::WatchResponse,
    size_bytes_max: usize,
) -> VecDeque<pb::WatchResponse> {
    if whole.events.len() < 2 || whole.encoded_len() < size_bytes_max {
        return VecDeque::from([whole]);
    }
    let events = std::mem::take(&mut whole.events);
    whole.fragment = true;
    let bare_bytes = whole.encoded_len();
    let mut parts = VecDeque::new();
    let mut part = whole.clone();
    let mut size_bytes = bare_bytes;
    for event in events {
        let event_bytes = event.encoded_len();
        // Its field's number and length stand before it.
        let added_bytes = 1 + prost::length_delimiter_len(event_bytes) + event_bytes;
        if !part.events.is_empty() && size_bytes + added_bytes >= size_bytes_max {
            parts.push_back(std::mem::replace(&mut part, whole.clone()));
            size_bytes = bare_bytes;
        }
        size_bytes += added_bytes;
        part.events.push(event);
    }
    part.fragment = false;
    parts.push_back(part);
    parts
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use quorate_api::mvccpb;

    use super::*;

    fn response(sizes_bytes: &[usize]) -> pb::WatchResponse {
        let event = |(number, size_bytes): (usize, &usize)| mvccpb::Event {
            kv: Some(mvccpb::KeyValue {
                mod_revision: 5,
                version: number as i64,
                value: Bytes::from(vec![7; *size_bytes]),
                ..mvccpb::KeyValue::default()
            }),
            ..mvccpb::Event::default()
        };
        pb::WatchResponse {
            watch_id: 3,
            header: Some(pb::ResponseHeader {
                revision: 5,
                ..pb::ResponseHeader::default()
            }),
            events: sizes_bytes.iter().enumerate().map(event).collect(),
            ..pb::WatchResponse::default()
        }
    }

    #[test]
    fn parts_are_small_and_lose_nothing() {
        let sizes_bytes: Vec<usize> = (0..40).map(|number| number * 37 % 500).collect();
        let whole = response(&sizes_bytes);
        let parts = cut(whole.clone(), 1_000);
        assert!(parts.len() > 5);
        for (number, part) in parts.iter().enumerate() {
            assert!(part.encoded_len() < 1_000, "{}", part.encoded_len());
            assert_eq!(part.fragment, number + 1 < parts.len());
            assert_eq!((part.watch_id, part.header), (3, whole.header));
        }
        let events: Vec<_> = parts.into_iter().flat_map(|part| part.events).collect();
        assert_eq!(events, whole.events);
    }

    #[test]
    fn an_event_that_is_too_large_alone_is_a_part() {
        let parts = cut(response(&[10, 5_000, 10]), 1_000);
        let counts: Vec<usize> = parts.iter().map(|part| part.events.len()).collect();
        assert_eq!(counts, [1, 1, 1]);
        assert_eq!(cut(response(&[5_000]), 1_000).len(), 1);
    }

    #[test]
    fn what_fits_is_left_whole() {
        let whole = response(&[10, 20]);
        assert_eq!(cut(whole.clone(), 1_000), [whole]);
    }
}
