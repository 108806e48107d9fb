//! A watch of the server's own.

use bytes::Bytes;
use quorate_core::command::{ReplyHeader, WatchCreate, WatchEvent, WatchEventKind};
use quorate_core::error::Error;
use quorate_core::id::Revision;
use tonic::Status;

use crate::grpc::{Api, status};
use crate::member_thread::WatchResponses;

/// Changes of some keys, from a revision on. It ends when it is dropped.
pub(in crate::grpc) struct KeyWatch {
    responses: WatchResponses,
    header: ReplyHeader,
    events: std::vec::IntoIter<WatchEvent>,
}

impl KeyWatch {
    /// Watches one key.
    pub(in crate::grpc) async fn one(
        api: &Api,
        key: Bytes,
        from: Revision,
    ) -> Result<Self, Status> {
        Self::range(api, key, Bytes::new(), from).await
    }

    /// Watches a range of keys.
    pub(in crate::grpc) async fn range(
        api: &Api,
        key: Bytes,
        range_end: Bytes,
        from: Revision,
    ) -> Result<Self, Status> {
        let stopped = || status::status(&Error::Stopped);
        let (requests, responses) = api.member.watch().await.ok_or_else(stopped)?;
        let create = WatchCreate {
            key,
            range_end,
            start_revision: from,
            ..WatchCreate::default()
        };
        if !requests.create(create).await {
            return Err(stopped());
        }
        Ok(Self {
            responses,
            header: ReplyHeader::default(),
            events: Vec::new().into_iter(),
        })
    }

    /// The next change, and the state it was told in; nothing when history was compacted away
    /// that the watch had not read.
    pub(in crate::grpc) async fn next(
        &mut self,
    ) -> Result<Option<(ReplyHeader, WatchEvent)>, Status> {
        loop {
            if let Some(event) = self.events.next() {
                return Ok(Some((self.header, event)));
            }
            let Some(response) = self.responses.next().await else {
                return Err(status::status(&Error::Stopped));
            };
            if response.canceled && response.compact_revision.0 != 0 {
                return Ok(None);
            }
            if response.canceled {
                return Err(Status::unknown(response.cancel_reason));
            }
            self.header = response.header;
            self.events = response.events.into_iter();
        }
    }

    /// Waits until a key is deleted. That it may have been, in history that is forgotten, is the
    /// same to who looks again.
    pub(in crate::grpc) async fn wait_for_deletion(&mut self) -> Result<(), Status> {
        while let Some((_, event)) = self.next().await? {
            if event.kind == WatchEventKind::Delete {
                break;
            }
        }
        Ok(())
    }
}
