//! Saving the store for clients (`Maintenance/Snapshot`).
//!
//! 1. A client asks. The store is pinned as it is; writes and compactions go on.
//! 2. It is gone through once, a chunk between two rounds of inputs, to tell the client how much
//!    there will be. etcd's protocol says with every piece what is left.
//! 3. Each piece is made when the client asks for it. Who does not ask costs a pin and no more.
//! 4. After the last piece, or when the client goes, the pin is given back.
//!
//! Any member does this, a learner too, and whatever alarm is raised: it is how an operator gets
//! at the data of a cluster that is in trouble.

use bytes::Bytes;

use super::Member;
use crate::Output;
use crate::collections::BTreeMap;
use crate::command::{SaveAnswer, SaveEnd, SaveRequest, SaveResponse};
use crate::error::Error;
use crate::id::SaveId;
use crate::limits::{SAVES_MAX, SNAPSHOT_CHUNK_SIZE_BYTES};
use crate::mvcc::{CheckpointChunk, Cursor, Pin, Store};
use crate::snapshot::{SavedSize, SnapshotEncoder, SnapshotHeader, padding};

/// The stores that are being saved, each for one client.
#[derive(Default)]
pub(super) struct Saves {
    running: BTreeMap<SaveId, Save>,
}

struct Save {
    header: SnapshotHeader,
    pin: Pin,
    stage: Stage,
}

enum Stage {
    /// How large it will be is being found out.
    Measuring {
        size: SavedSize,
        cursor: Option<Cursor>,
    },
    /// Its pieces are made, the header's first.
    Sending {
        encoder: Option<SnapshotEncoder>,
        cursor: Option<Cursor>,
    },
}

impl Saves {
    /// Whether there is anything to do that nobody has to ask for.
    pub(super) fn is_busy(&self) -> bool {
        self.running
            .values()
            .any(|save| matches!(save.stage, Stage::Measuring { .. }))
    }
}

impl Member {
    /// Takes in what a client asks that saves the store.
    pub(super) fn save(&mut self, request: SaveRequest) {
        match request {
            SaveRequest::Begin(id) => self.begin_save(id),
            SaveRequest::Next(id) => self.next_piece(id),
            SaveRequest::Close(id) => self.end_save(id),
        }
    }

    fn begin_save(&mut self, id: SaveId) {
        let refusal = if self.is_stopping() {
            Some(Error::Stopped)
        } else if self.saves.running.len() >= SAVES_MAX {
            Some(Error::TooManyRequests)
        } else {
            None
        };
        if let Some(error) = refusal {
            return self.answer_save(id, SaveAnswer::Ended(SaveEnd::Refused(error)));
        }
        let header = self.snapshot_header();
        let size = SavedSize::begin(&header);
        let save = Save {
            header,
            pin: self.store.pin(),
            stage: Stage::Measuring { size, cursor: None },
        };
        if let Some(before) = self.saves.running.insert(id, save) {
            // A host that names two alike: the later one counts.
            self.store.unpin(before.pin);
        }
    }

    /// Measures a chunk of each that is not measured yet.
    pub(super) fn go_on_measuring(&mut self) {
        let mut begun = Vec::new();
        let mut lost = Vec::new();
        for (id, save) in &mut self.saves.running {
            match save.measure(&self.store) {
                Measured::More => {}
                Measured::All(answer) => begun.push((*id, answer)),
                Measured::Lost => lost.push(*id),
            }
        }
        for (id, answer) in begun {
            self.answer_save(id, answer);
        }
        for id in lost {
            self.lose_save(id);
        }
    }

    fn next_piece(&mut self, id: SaveId) {
        let Some(save) = self.saves.running.get_mut(&id) else {
            return;
        };
        let Some((bytes, is_last)) = save.piece(&self.store) else {
            return self.lose_save(id);
        };
        if is_last {
            self.end_save(id);
        }
        self.answer_save(id, SaveAnswer::Piece { bytes, is_last });
    }

    /// Its store is gone.
    fn lose_save(&mut self, id: SaveId) {
        self.end_save(id);
        self.answer_save(id, SaveAnswer::Ended(SaveEnd::Replaced));
    }

    fn end_save(&mut self, id: SaveId) {
        if let Some(save) = self.saves.running.remove(&id) {
            self.store.unpin(save.pin);
        }
    }

    /// Ends all: the member stops.
    pub(super) fn end_saves(&mut self) {
        while let Some((id, save)) = self.saves.running.pop_first() {
            self.store.unpin(save.pin);
            self.answer_save(id, SaveAnswer::Ended(SaveEnd::Refused(Error::Stopped)));
        }
    }

    fn answer_save(&mut self, save: SaveId, answer: SaveAnswer) {
        self.outputs
            .push(Output::Save(SaveResponse { save, answer }));
    }
}

/// How far the measuring of a store has come.
enum Measured {
    More,
    All(SaveAnswer),
    Lost,
}

impl Save {
    fn measure(&mut self, store: &Store) -> Measured {
        let Stage::Measuring { size, cursor } = &mut self.stage else {
            return Measured::More;
        };
        let Some((chunk, next)) = read(store, &self.pin, cursor.as_ref()) else {
            return Measured::Lost;
        };
        size.chunk(chunk.encoded_size_bytes());
        if next.is_some() {
            *cursor = next;
            return Measured::More;
        }
        let answer = SaveAnswer::Begun {
            size_bytes: size.finish(),
            revision: self.header.revision,
            version: self.header.versions.cluster,
        };
        self.stage = Stage::Sending {
            encoder: None,
            cursor: None,
        };
        Measured::All(answer)
    }

    /// The next piece, and whether it is the last; nothing when the store is gone, or when a host
    /// asks before it has been told that it may.
    fn piece(&mut self, store: &Store) -> Option<(Bytes, bool)> {
        let Stage::Sending { encoder, cursor } = &mut self.stage else {
            return None;
        };
        let Some(made) = encoder else {
            let (begun, bytes) = SnapshotEncoder::begin(&self.header);
            *encoder = Some(begun);
            return Some((bytes, false));
        };
        let (chunk, next) = read(store, &self.pin, cursor.as_ref())?;
        let bytes = made.chunk(&chunk.encode().ok()?);
        if next.is_some() {
            *cursor = next;
            return Some((bytes, false));
        }
        let tail = made.finish();
        let padding = padding(made.written_bytes());
        Some(([&bytes[..], &tail, padding].concat().into(), true))
    }
}

fn read(
    store: &Store,
    pin: &Pin,
    cursor: Option<&Cursor>,
) -> Option<(CheckpointChunk, Option<Cursor>)> {
    store.read_chunk(pin, cursor, SNAPSHOT_CHUNK_SIZE_BYTES)
}
