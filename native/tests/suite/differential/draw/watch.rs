//! What is asked on watch streams.

use quorate_api::etcdserverpb as pb;

use super::Draw;
use crate::suite::differential::model::Model;
use crate::suite::differential::operation::Operation;

const STREAMS_MAX: usize = 4;
const WATCHES_MAX: usize = 8;

impl Draw {
    pub(super) fn watch(&mut self, model: &Model) -> Operation {
        let open: Vec<usize> = model.streams.keys().copied().collect();
        let Some(stream) = self.prng.choose(&open).copied() else {
            return Operation::BeginStream;
        };
        // What a compaction ends is still there to etcd, but no more to be heard of.
        let watches: Vec<i64> = model.streams[&stream]
            .iter()
            .filter(|(_, watched)| !watched.is_compacted)
            .map(|(id, _)| *id)
            .collect();
        match self.prng.below(100) {
            0..8 if open.len() < STREAMS_MAX => Operation::BeginStream,
            8..12 => Operation::EndStream(stream),
            12..25 => {
                let known = self.prng.choose(&watches).copied();
                let unknown = *self.prng.choose(&[555, -1, -7, 1_000]).unwrap();
                let is_known = self.prng.chance(850);
                Operation::Cancel(stream, known.filter(|_| is_known).unwrap_or(unknown))
            }
            25..45 => progress(model, stream),
            45..60 => Operation::Settle,
            _ if watches.len() < WATCHES_MAX => {
                Operation::Watch(stream, self.create(model, &watches))
            }
            _ => progress(model, stream),
        }
    }

    fn create(&mut self, model: &Model, watches: &[i64]) -> pb::WatchCreateRequest {
        let (key, range_end) = self.interval();
        let filters = [0, 1];
        let count = self.prng.below(10).saturating_sub(7) as usize;
        let start_revision = self.start(model);
        let is_compacted = start_revision != 0 && start_revision < model.compacted;
        pb::WatchCreateRequest {
            key,
            range_end,
            start_revision,
            progress_notify: self.prng.chance(200),
            filters: match count {
                1 => vec![*self.prng.choose(&filters).unwrap()],
                2 => filters.to_vec(),
                _ => Vec::new(),
            },
            prev_kv: self.prng.chance(400),
            watch_id: match self.prng.below(10) {
                _ if is_compacted => 0,
                0 => 20 + self.prng.below(5) as i64,
                1 => self.prng.choose(watches).copied().unwrap_or(30),
                _ => 0,
            },
            fragment: self.prng.chance(300),
        }
    }

    /// Now, the past, the future, or what is compacted. Not just what was compacted last, of which
    /// 3.5 has lost deletions, nor what is below nothing: see `docs/differences.md`.
    fn start(&mut self, model: &Model) -> i64 {
        match self.revision(model) {
            revision if revision == model.compacted => revision + 1,
            revision => revision.max(0),
        }
    }
}

/// Asks how far a stream is, unless one of its watches begins in the future: then 3.5 says what it
/// should not.
fn progress(model: &Model, stream: usize) -> Operation {
    let next = model.revision + 1;
    match model.streams[&stream]
        .values()
        .any(|watched| watched.from > next)
    {
        true => Operation::Settle,
        false => Operation::Progress(stream),
    }
}
