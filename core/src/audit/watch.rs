//! What a watch is promised, compared with all that was written.
//!
//! etcd's `learning/api_guarantees.md` (Watch APIs), and what its robustness suite adds in
//! `validate/watch`: filters and `prev_kv`.
//!
//! * *ordered*: events come in the order of their revisions, none before its watch has begun;
//! * *unique*: none comes twice;
//! * *reliable*: none is left out between two that come;
//! * *atomic*: all of a revision come in one response, each as it was written;
//! * *resumable*: a watch goes on at the revision it asks for, unless that is compacted away;
//! * *bookmarkable*: behind a response without events nothing comes that is not newer than it.

mod truth;

use self::truth::{Told, Truth};
use super::finding::Finding;
use super::history::{ClientOperation, History, Outcome, WatchHistory, WatchSession};
use super::model::{Change, Model};
use crate::command::{Command, WatchEvent, WatchEventKind, WatchResponse};
use crate::id::{Revision, WatchId};

/// Looks at all watches of a history: compares them with what else clients were told, and with
/// all that was written if that is known.
pub(super) fn check(history: &History, model: Option<&Model>) -> Result<(), Finding> {
    compare(history, Truth::Told(&Told::new(history)))?;
    match model {
        Some(model) => compare(history, Truth::Model(model)),
        None => Ok(()),
    }
}

fn compare(history: &History, truth: Truth<'_>) -> Result<(), Finding> {
    let compacted = newest_compaction(&history.operations);
    for watch in &history.watches {
        for (at, session) in watch.sessions.iter().enumerate() {
            let mut follower = Follower {
                watch,
                session: at,
                truth,
                compacted,
                id: None,
                told: None,
                last: None,
            };
            follower.follow(session)?;
        }
    }
    Ok(())
}

/// Follows one connection of a watch.
struct Follower<'a> {
    watch: &'a WatchHistory,
    session: usize,
    truth: Truth<'a>,
    /// What may be compacted away.
    compacted: Revision,
    /// The watch's id on its stream, once it is told.
    id: Option<WatchId>,
    /// All up to this revision has been told.
    told: Option<Revision>,
    /// The newest revision with events, and these.
    last: Option<(Revision, &'a [WatchEvent])>,
}

impl<'a> Follower<'a> {
    fn follow(&mut self, session: &'a WatchSession) -> Result<(), Finding> {
        if session.start_revision.0 > 0 {
            self.told = Some(Revision(session.start_revision.0 - 1));
        }
        for (_, response) in &session.responses {
            if response.created && self.id.is_none() {
                self.id = Some(response.watch);
                self.told.get_or_insert(response.header.revision);
            }
            let is_ours = Some(response.watch) == self.id || response.watch == WHOLE_STREAM;
            if !is_ours {
                continue;
            }
            if response.canceled {
                return self.end(response);
            }
            if response.events.is_empty() {
                if !response.created {
                    self.bookmark(response)?;
                }
            } else {
                self.events(response)?;
            }
        }
        Ok(())
    }

    /// Bookmarkable: all events up to a progress notice's revision have been told.
    fn bookmark(&mut self, response: &WatchResponse) -> Result<(), Finding> {
        let Some(told) = self.told else {
            return Ok(());
        };
        let revision = response.header.revision;
        if let Some(missed) = self.first_event_within(told, revision) {
            return Err(self.broken(
                "watch guarantees: bookmarkable",
                format!("was told that it had all up to {revision}, without that of {missed}"),
            ));
        }
        self.told = Some(told.max(revision));
        Ok(())
    }

    fn events(&mut self, response: &'a WatchResponse) -> Result<(), Finding> {
        let Some(mut told) = self.told else {
            return Err(self.broken(
                "watch guarantees: ordered",
                "heard events before it had begun".to_owned(),
            ));
        };
        let mut rest = &response.events[..];
        while let Some(first) = rest.first() {
            let revision = first.key_value.mod_revision;
            if revision <= told {
                return Err(self.broken(
                    self.broken_by(revision, first),
                    format!("heard of revision {revision} when it had been told all up to {told}"),
                ));
            }
            if let Some(missed) = self.first_event_within(told, Revision(revision.0 - 1)) {
                return Err(self.broken(
                    "watch guarantees: reliable",
                    format!("heard of revision {revision} and never of {missed}"),
                ));
            }
            let is_same = |event: &&WatchEvent| event.key_value.mod_revision == revision;
            let count = rest.iter().take_while(is_same).count();
            let (events, after) = rest.split_at(count);
            self.compare(revision, events)?;
            self.last = Some((revision, events));
            (rest, told) = (after, revision);
        }
        if response.header.revision < told {
            return Err(self.broken(
                "watch guarantees: ordered",
                format!(
                    "heard of revision {told} in the state of {}",
                    response.header.revision
                ),
            ));
        }
        self.told = Some(told);
        Ok(())
    }

    /// What an event of a revision breaks that is not above all that has been told.
    fn broken_by(&self, revision: Revision, event: &WatchEvent) -> &'static str {
        let started = self.watch.sessions.get(self.session);
        let started = started.map_or(Revision(0), |session| session.start_revision);
        match &self.last {
            // Of one revision, in two responses.
            Some((last, events)) if *last == revision && !events.contains(event) => {
                "watch guarantees: atomic"
            }
            Some((last, _)) if *last == revision => "watch guarantees: unique",
            Some((last, _)) if *last > revision => "watch guarantees: ordered",
            _ if revision < started => "watch guarantees: resumable",
            _ => "watch guarantees: bookmarkable",
        }
    }

    /// Atomic: all of a revision that is watched, nothing else, each as it was written.
    fn compare(&self, revision: Revision, events: &[WatchEvent]) -> Result<(), Finding> {
        let is_event = |change: &Change, event: &WatchEvent| self.is_event(change, event, revision);
        match (self.truth).misheard(&self.watch.create, revision, events, is_event) {
            None => Ok(()),
            Some(wanted) => Err(self.broken(
                "watch guarantees: atomic",
                format!("heard {events:?} of revision {revision}, where {wanted} was written"),
            )),
        }
    }

    fn is_event(&self, change: &Change, event: &WatchEvent, revision: Revision) -> bool {
        let told = &event.key_value;
        let is_now = match (&change.now, event.kind) {
            (Some(now), WatchEventKind::Put) => now == told,
            (None, WatchEventKind::Delete) => {
                told.key == change.key && told.mod_revision == revision
            }
            _ => false,
        };
        let is_before = match &event.previous {
            None => {
                !self.watch.create.previous
                    || change.before.is_none()
                    || revision <= Revision(self.compacted.0.saturating_add(1))
            }
            Some(before) => self.watch.create.previous && change.before.as_ref() == Some(before),
        };
        is_now && is_before
    }

    /// Resumable: a start that is not compacted away is served.
    fn end(&self, response: &WatchResponse) -> Result<(), Finding> {
        let compact_revision = response.compact_revision;
        let next = self.told.map_or(Revision(1), |told| Revision(told.0 + 1));
        let is_wrong = compact_revision.0 > 0
            && (compact_revision > self.compacted || next > compact_revision);
        if is_wrong {
            return Err(self.broken(
                "watch guarantees: resumable",
                format!(
                    "was to go on at revision {next} and ended for a compaction of \
                     {compact_revision}; none above {} was asked for",
                    self.compacted
                ),
            ));
        }
        Ok(())
    }

    fn first_event_within(&self, above: Revision, to: Revision) -> Option<Revision> {
        self.truth.first_within(&self.watch.create, above, to)
    }

    fn broken(&self, property: &'static str, text: String) -> Finding {
        Finding {
            property,
            source: "etcd api_guarantees.md, Watch APIs",
            text: format!(
                "watch {}, connection {}, {text}",
                self.watch.number,
                self.session + 1
            ),
        }
    }
}

/// The highest compaction that was asked for and may have happened; 0 for none.
fn newest_compaction(operations: &[ClientOperation]) -> Revision {
    operations
        .iter()
        .filter(|operation| !matches!(operation.outcome, Outcome::Failed(_)))
        .filter_map(|operation| match &operation.command {
            Command::Compact(compact) => Some(compact.revision),
            _ => None,
        })
        .max()
        .unwrap_or(Revision(0))
}

/// The id of a response that is about the whole stream.
pub(super) const WHOLE_STREAM: WatchId = WatchId(-1);
