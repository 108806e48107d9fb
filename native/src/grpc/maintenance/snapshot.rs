//! `Maintenance.Snapshot`: the member's whole store, at one revision, piece by piece.
//!
//! Messages are as large as etcd's. A piece of the store is asked of the member when the client
//! has taken all messages of the one before it, so that nothing piles up for a slow client. What
//! is sent has the form of Quorate's own snapshot files (`docs/file-format.md`), not of a
//! database of etcd's; its length and the checksum behind it are as etcd's clients expect them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{Stream, stream};
use quorate_api::etcdserverpb as pb;
use quorate_core::command::{SaveAnswer, SaveEnd};
use quorate_core::error::Error;
use quorate_core::snapshot::SavedChecksum;
use serde_json::json;
use tokio::task::AbortHandle;
use tonic::Status;

use crate::go::GoDuration;
use crate::go::humanized_bytes;
use crate::grpc::{Api, status};
use crate::log::Logger;
use crate::member_thread::SavedStore;
use crate::metrics::Metrics;

/// Most bytes of the store in one message; etcd's `snapshotSendBufferSize`.
const MESSAGE_SIZE_BYTES: usize = 32 * 1_024;
/// Whoever takes longer than the store's size explains is told of, and not before this.
const WARNING_TIME_MIN: Duration = Duration::from_secs(30);
/// What a client is thought to take in a second; etcd's estimate.
const RATE_BYTES_PER_SECOND: u64 = 100 * 1_024 * 1_024;

/// A store on its way to a client.
struct Sending {
    store: SavedStore,
    checksum: SavedChecksum,
    /// What is left of the newest piece.
    piece: Bytes,
    stage: Stage,
    size_bytes: u64,
    sent_bytes: u64,
    version: String,
    logger: Logger,
    watch: SlowClientWatch,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The member has more pieces.
    Pieces,
    /// It has none: what is left of the last one, then the checksum.
    LastPiece,
    /// All was sent.
    Done,
}

/// Begins to send, or says why not.
pub(super) async fn answers(
    api: &Api,
) -> Result<impl Stream<Item = Result<pb::SnapshotResponse, Status>> + Unpin + use<>, Status> {
    let Some((store, first)) = api.member.save().await else {
        return Err(status::status(&Error::Stopped));
    };
    let (size_bytes, version) = match first {
        SaveAnswer::Begun {
            size_bytes,
            version,
            ..
        } => (size_bytes, version),
        SaveAnswer::Ended(end) => return Err(ended(&end)),
        SaveAnswer::Piece { .. } => return Err(crate::grpc::wrong_reply()),
    };
    let sending = Sending {
        store,
        checksum: SavedChecksum::new(),
        piece: Bytes::new(),
        stage: Stage::Pieces,
        size_bytes,
        sent_bytes: 0,
        version: version
            .map(|version| version.to_string())
            .unwrap_or_default(),
        logger: api.logger.clone(),
        watch: SlowClientWatch::begin(size_bytes, api.logger.clone(), api.metrics.clone()),
    };
    sending.tell("sending database snapshot to client", &[]);
    Ok(Box::pin(stream::try_unfold(sending, |mut sending| async {
        let message = sending.next_message().await?;
        Ok(message.map(|message| (message, sending)))
    })))
}

impl Sending {
    async fn next_message(&mut self) -> Result<Option<pb::SnapshotResponse>, Status> {
        while self.piece.is_empty() && self.stage == Stage::Pieces {
            self.next_piece().await?;
        }
        if self.stage == Stage::Done {
            let took = GoDuration(self.watch.begun.elapsed()).to_string();
            self.tell(
                "successfully sent database snapshot to client",
                &[("took", json!(took))],
            );
            return Ok(None);
        }
        if self.piece.is_empty() {
            let checksum = std::mem::take(&mut self.checksum).finish();
            self.stage = Stage::Done;
            self.logger.info(
                "sending database sha256 checksum to client",
                &[
                    ("total-bytes", json!(self.size_bytes)),
                    ("checksum-size", json!(checksum.len())),
                ],
            );
            return Ok(Some(self.message(checksum)));
        }
        let blob = self
            .piece
            .split_to(self.piece.len().min(MESSAGE_SIZE_BYTES));
        self.checksum.add(&blob);
        self.sent_bytes += blob.len() as u64;
        Ok(Some(self.message(blob)))
    }

    async fn next_piece(&mut self) -> Result<(), Status> {
        match self.store.next().await {
            Some(SaveAnswer::Piece { bytes, is_last }) => {
                self.piece = bytes;
                if is_last {
                    self.stage = Stage::LastPiece;
                }
                Ok(())
            }
            Some(SaveAnswer::Ended(end)) => Err(ended(&end)),
            Some(SaveAnswer::Begun { .. }) => Err(crate::grpc::wrong_reply()),
            None => Err(status::status(&Error::Stopped)),
        }
    }

    fn message(&self, blob: Bytes) -> pb::SnapshotResponse {
        pb::SnapshotResponse {
            header: None,
            remaining_bytes: self.size_bytes.saturating_sub(self.sent_bytes),
            blob,
            version: self.version.clone(),
        }
    }

    fn tell(&self, what: &str, more: &[(&'static str, serde_json::Value)]) {
        let mut fields = vec![
            ("total-bytes", json!(self.size_bytes)),
            ("size", json!(humanized_bytes(self.size_bytes))),
            ("storage-version", json!(self.version)),
        ];
        fields.extend_from_slice(more);
        self.logger.info(what, &fields);
    }
}

/// Why it ended before its time.
fn ended(end: &SaveEnd) -> Status {
    match end {
        SaveEnd::Refused(error) => status::status(error),
        SaveEnd::Replaced => Status::aborted(
            "quorate: the leader's snapshot took the place of this member's store while it was \
             being sent; what came is not whole, ask again",
        ),
    }
}

/// Says when a client takes long, which keeps what compaction has forgotten in memory; and
/// measures how long it took.
struct SlowClientWatch {
    begun: Instant,
    metrics: Arc<Metrics>,
    warning: AbortHandle,
}

impl SlowClientWatch {
    fn begin(size_bytes: u64, logger: Logger, metrics: Arc<Metrics>) -> Self {
        let begun = Instant::now();
        let expected = Duration::from_secs(size_bytes / RATE_BYTES_PER_SECOND);
        let warning = tokio::spawn(warn(
            begun,
            expected.max(WARNING_TIME_MIN),
            size_bytes,
            logger,
        ));
        Self {
            begun,
            metrics,
            warning: warning.abort_handle(),
        }
    }
}

impl Drop for SlowClientWatch {
    fn drop(&mut self) {
        self.warning.abort();
        self.metrics.store.saved(self.begun.elapsed());
    }
}

async fn warn(begun: Instant, every: Duration, size_bytes: u64, logger: Logger) {
    loop {
        tokio::time::sleep(every).await;
        logger.warn(
            "snapshotting taking too long to transfer",
            &[
                ("taking", json!(GoDuration(begun.elapsed()).to_string())),
                ("bytes", json!(size_bytes)),
                ("size", json!(humanized_bytes(size_bytes))),
            ],
        );
    }
}
