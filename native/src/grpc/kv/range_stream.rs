//! `KV.RangeStream`: read keys, a few at a time, all at one revision (etcd 3.7).

use bytes::Bytes;
use futures_util::{Stream, stream};
use prost::Message;
use quorate_api::etcdserverpb as pb;
use quorate_core::command::{KeyValue, Range, SortOrder, SortTarget};
use quorate_core::id::Revision;
use tonic::Status;

use crate::grpc::{Api, convert};

/// Keys in the first answer.
const FIRST_CHUNK_KEYS: i64 = 10;

/// A range that is being read.
struct Reading {
    api: Api,
    /// What is left of it.
    range: Range,
    /// Keys that may still be sent.
    keys_left: i64,
    keys_sent: i64,
    header: Option<pb::ResponseHeader>,
    chunk_size_bytes: usize,
    is_done: bool,
}

/// Begins to read, or says why not.
pub(super) fn answers(
    api: &Api,
    request: &pb::RangeRequest,
) -> Result<impl Stream<Item = Result<pb::RangeStreamResponse, Status>> + Unpin + use<>, Status> {
    let range = convert::range(request)?;
    check(&range)?;
    let reading = Reading {
        api: api.clone(),
        keys_left: match range.limit {
            limit if limit > 0 => limit,
            _ => i64::MAX,
        },
        range: Range {
            limit: FIRST_CHUNK_KEYS,
            ..range
        },
        keys_sent: 0,
        header: None,
        chunk_size_bytes: api.request_size_bytes_max,
        is_done: false,
    };
    Ok(Box::pin(stream::try_unfold(
        reading,
        |mut reading| async move {
            if reading.is_done {
                return Ok(None);
            }
            let answer = match reading.range.count_only {
                true => reading.count().await?,
                false => reading.next_chunk().await?,
            };
            let range_response = Some(answer);
            Ok(Some((pb::RangeStreamResponse { range_response }, reading)))
        },
    )))
}

/// What needs all keys at once cannot be sent piece by piece.
fn check(range: &Range) -> Result<(), Status> {
    let is_sorted = match range.sort_order {
        SortOrder::None => false,
        SortOrder::Ascend => range.sort_target != SortTarget::Key,
        SortOrder::Descend => true,
    };
    if is_sorted {
        let refusal = "RangeStream does not support custom sort orders";
        return Err(Status::unimplemented(refusal));
    }
    let bounds = [
        range.min_mod_revision,
        range.max_mod_revision,
        range.min_create_revision,
        range.max_create_revision,
    ];
    if bounds.iter().any(|bound| bound.0 != 0) {
        let refusal = "RangeStream does not support revision filters";
        return Err(Status::unimplemented(refusal));
    }
    Ok(())
}

impl Reading {
    /// The one answer to who wants to know how many keys there are.
    async fn count(&mut self) -> Result<pb::RangeResponse, Status> {
        self.is_done = true;
        let (header, reply) = self.api.range(self.range.clone()).await?;
        Ok(pb::RangeResponse {
            header: convert::header(header),
            count: reply.count,
            ..pb::RangeResponse::default()
        })
    }

    /// The next keys; the last of them come with what is true of all.
    async fn next_chunk(&mut self) -> Result<pb::RangeResponse, Status> {
        self.range.limit = self.range.limit.min(self.keys_left);
        let (header, reply) = self.api.range(self.range.clone()).await?;
        // All that comes later is read at the first answer's revision, which this member has.
        self.range.serializable = true;
        if self.range.revision == Revision(0) {
            self.range.revision = header.revision;
        }
        let header = *self
            .header
            .get_or_insert(convert::header(header).unwrap_or_default());
        let count = i64::try_from(reply.key_values.len()).unwrap_or(i64::MAX);
        self.keys_sent += count;
        self.keys_left -= count;
        self.is_done = !reply.more || self.keys_left == 0;
        self.range.key = after_last(&reply.key_values);
        let mut answer = pb::RangeResponse {
            kvs: reply
                .key_values
                .into_iter()
                .map(convert::key_value)
                .collect(),
            ..pb::RangeResponse::default()
        };
        self.range.limit = next_limit(
            self.range.limit,
            answer.encoded_len(),
            self.chunk_size_bytes,
        );
        if self.is_done {
            answer.header = Some(header);
            answer.more = reply.more;
            answer.count = self.keys_sent + (reply.count - count);
        }
        Ok(answer)
    }
}

/// The first key that can come after these.
fn after_last(found: &[KeyValue]) -> Bytes {
    let last = found.last().map_or(&[][..], |last| last.key.as_ref());
    Bytes::from([last, &[0]].concat())
}

/// How many keys to read next, so that an answer comes near a size; not to and fro between two
/// numbers when it is near.
fn next_limit(last: i64, size_bytes: usize, wanted_bytes: usize) -> i64 {
    let next = if size_bytes < wanted_bytes / 2 {
        last.saturating_mul(2)
    } else if size_bytes > wanted_bytes.saturating_mul(2) {
        last / 2
    } else {
        last
    };
    next.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_come_near_the_size_that_is_wanted() {
        assert_eq!(next_limit(10, 100, 1_000), 20);
        assert_eq!(next_limit(10, 500, 1_000), 10);
        assert_eq!(next_limit(10, 2_000, 1_000), 10);
        assert_eq!(next_limit(10, 2_001, 1_000), 5);
        assert_eq!(next_limit(1, 9_000, 1_000), 1);
    }

    #[test]
    fn what_needs_all_keys_at_once_is_refused() {
        let refusal = |range: &Range| check(range).err().map(|status| status.code());
        let descending = Range {
            sort_order: SortOrder::Descend,
            ..Range::default()
        };
        assert_eq!(refusal(&descending), Some(tonic::Code::Unimplemented));
        let ascending = Range {
            sort_order: SortOrder::Ascend,
            ..Range::default()
        };
        assert_eq!(refusal(&ascending), None);
        let by_value = Range {
            sort_target: SortTarget::Value,
            ..ascending
        };
        assert_eq!(refusal(&by_value), Some(tonic::Code::Unimplemented));
        let filtered = Range {
            max_mod_revision: Revision(1),
            ..Range::default()
        };
        assert_eq!(refusal(&filtered), Some(tonic::Code::Unimplemented));
    }
}
