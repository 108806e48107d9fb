//! `Election.Observe`: hear who leads, and what it proclaims.

use bytes::Bytes;
use futures_util::{Stream, stream};
use quorate_api::v3electionpb as pb;
use quorate_core::command::{KeyValue, ReplyHeader, WatchEventKind};
use quorate_core::id::Revision;
use tonic::Status;

use crate::grpc::turn::{KeyWatch, Queue};
use crate::grpc::{Api, convert};

/// One who observes.
struct Observer {
    api: Api,
    queue: Queue,
    seen: Seen,
}

/// What it knows of the leader.
enum Seen {
    /// Nothing: who is it?
    Nobody,
    /// It was told of this one, up to a revision.
    Leader { key: Bytes, upto: Revision },
    /// It listens to what the leader says.
    Listening(KeyWatch),
}

/// A leader and the state it was seen in.
type Sight = (ReplyHeader, KeyValue);

/// The leaders of an election from now on. Not each that there was: the newest for certain.
pub(super) fn answers(
    api: &Api,
    request: &pb::LeaderRequest,
) -> impl Stream<Item = Result<pb::LeaderResponse, Status>> + Unpin + use<> {
    let observer = Observer {
        api: api.clone(),
        queue: Queue::new(api, &request.name),
        seen: Seen::Nobody,
    };
    Box::pin(stream::try_unfold(observer, |mut observer| async move {
        let (header, leader) = observer.next().await?;
        let response = pb::LeaderResponse {
            header: convert::header(header),
            kv: Some(convert::key_value(leader)),
        };
        Ok(Some((response, observer)))
    }))
}

impl Observer {
    async fn next(&mut self) -> Result<Sight, Status> {
        loop {
            match &mut self.seen {
                Seen::Nobody => {
                    let Some((header, leader)) = self.look().await? else {
                        continue;
                    };
                    self.seen = Seen::Leader {
                        key: leader.key.clone(),
                        upto: header.revision,
                    };
                    return Ok((header, leader));
                }
                Seen::Leader { key, upto } => {
                    let next = Revision(upto.0 + 1);
                    let watch = KeyWatch::one(&self.api, key.clone(), next).await?;
                    self.seen = Seen::Listening(watch);
                }
                Seen::Listening(watch) => match watch.next().await? {
                    Some((header, event)) if event.kind == WatchEventKind::Put => {
                        return Ok((header, event.key_value));
                    }
                    _ => self.seen = Seen::Nobody,
                },
            }
        }
    }

    /// Who leads; or who campaigns first when nobody does. Nothing when it is to be looked again.
    async fn look(&self) -> Result<Option<Sight>, Status> {
        let (header, found) = self.api.range(self.queue.first()).await?;
        if let Some(leader) = found.key_values.into_iter().next() {
            return Ok(Some((header, leader)));
        }
        let mut watch = self.queue.watch(header.revision).await?;
        while let Some((mut header, event)) = watch.next().await? {
            if event.kind == WatchEventKind::Put {
                // Others may have come in the same response.
                header.revision = event.key_value.mod_revision;
                return Ok(Some((header, event.key_value)));
            }
        }
        Ok(None)
    }
}
