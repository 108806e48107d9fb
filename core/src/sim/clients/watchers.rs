//! Clients that watch: they take what they hear, or stall and take it later. When their member
//! has crashed half of them wait for it, half go on at another one, as all do when it was removed;
//! one that was too late for a compaction begins anew there.

use bytes::Bytes;

use super::Clients;
use crate::audit::{Outcome, WatchHistory, WatchSession};
use crate::collections::BTreeMap;
use crate::command::{Command, WatchCreate, WatchRequest, WatchResponse};
use crate::error::Error;
use crate::id::{Revision, WatchId, WatchStreamId};
use crate::sim::action::Node;
use crate::sim::frame::OperationOutcome;
use crate::sim::operation::Operation;

/// All watches of a world.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    /// By the operation that began each.
    watchers: BTreeMap<u64, Watcher>,
    /// Which watch is on a stream.
    streams: BTreeMap<WatchStreamId, u64>,
    stream_count: u64,
}

#[derive(Debug)]
struct Watcher {
    node: Node,
    /// Its place in the history.
    at: usize,
    stream: WatchStreamId,
    /// The watch's id on its stream, once it is told.
    id: Option<WatchId>,
    /// From where it goes on after a break; 0 when it has heard nothing.
    next: Revision,
    has_ended: bool,
    /// While it takes nothing: what has come.
    stalled: Option<Vec<WatchResponse>>,
}

impl Clients {
    /// Begins a watch; answers what is asked of the member.
    pub(in crate::sim) fn watch(
        &mut self,
        node: Node,
        operation: &Operation,
        now_us: u64,
    ) -> Option<WatchRequest> {
        let Operation::Watch { key, end, revision } = operation else {
            return None;
        };
        let create = WatchCreate {
            key: Bytes::from(key.clone()),
            range_end: Bytes::from(end.clone()),
            start_revision: revision.resolve(self.newest),
            previous: true,
            progress_notify: true,
            ..WatchCreate::default()
        };
        let number = self.list(node, operation.to_string(), now_us);
        let watcher = Watcher {
            node,
            next: create.start_revision,
            at: self.history.watches.len(),
            stream: WatchStreamId(0),
            id: None,
            has_ended: false,
            stalled: None,
        };
        self.history.watches.push(WatchHistory {
            number,
            create,
            sessions: Vec::new(),
        });
        self.watchers.watchers.insert(number, watcher);
        self.connect(number, now_us)
    }

    /// What clients ask of a member that has come back: their watches, from where each was.
    pub(in crate::sim) fn resume(&mut self, node: Node, now_us: u64) -> Vec<WatchRequest> {
        let broken = self.watching_at(node);
        let again = broken.into_iter();
        again
            .filter_map(|number| self.connect(number, now_us))
            .collect()
    }

    /// What the clients of a member that is gone ask of another one, those that do not wait.
    pub(in crate::sim) fn go_elsewhere(
        &mut self,
        from: Node,
        to: Node,
        goes: impl Fn(u64) -> bool,
        now_us: u64,
    ) -> Vec<WatchRequest> {
        let broken = self.watching_at(from);
        let moving = broken.into_iter().filter(|number| goes(*number));
        moving
            .filter_map(|number| {
                self.watchers.watchers.get_mut(&number)?.node = to;
                self.connect(number, now_us)
            })
            .collect()
    }

    fn watching_at(&self, node: Node) -> Vec<u64> {
        let all = self.watchers.watchers.iter();
        all.filter(|(_, watcher)| watcher.node == node && !watcher.has_ended)
            .map(|(number, _)| *number)
            .collect()
    }

    /// What a client asks about its watch: its end, or how far it is. Nothing when it has none.
    pub(in crate::sim) fn ask_watch(&self, operation: &Operation) -> Option<(Node, WatchRequest)> {
        let (number, is_cancel) = match operation {
            Operation::WatchCancel { operation } => (operation, true),
            Operation::WatchProgress { operation } => (operation, false),
            _ => return None,
        };
        let watcher = self.watchers.watchers.get(number)?;
        let stream = watcher.stream;
        let request = if is_cancel {
            let watch = watcher.id?;
            WatchRequest::Cancel { stream, watch }
        } else {
            WatchRequest::Progress { stream }
        };
        (!watcher.has_ended).then_some((watcher.node, request))
    }

    /// A client hears something and takes it; answers what it asks of the member then.
    pub(in crate::sim) fn hear(
        &mut self,
        response: WatchResponse,
        now_us: u64,
    ) -> Vec<WatchRequest> {
        let stream = response.stream;
        let number = self.watchers.streams.get(&stream).copied();
        let Some(number) = number else {
            return Vec::new();
        };
        let watcher = self.watchers.watchers.get_mut(&number);
        if let Some(stalled) = watcher.and_then(|watcher| watcher.stalled.as_mut()) {
            stalled.push(response);
            return Vec::new();
        }
        let taken = WatchRequest::Taken {
            stream,
            responses: 1,
        };
        let compacted = response.compact_revision;
        let again = match self.take(number, response, now_us) {
            true if compacted.0 > 0 => self.begin_again(number, compacted, now_us),
            true => None,
            false => return Vec::new(),
        };
        [taken].into_iter().chain(again).collect()
    }

    /// A client stalls, or goes on and takes all that has come meanwhile; answers the member that
    /// it watches, and what it asks of it then. Nothing when there is no such watch.
    pub(in crate::sim) fn stall(
        &mut self,
        number: u64,
        on: bool,
        now_us: u64,
    ) -> Option<(Node, Vec<WatchRequest>)> {
        let watcher = self.watchers.watchers.get_mut(&number)?;
        let node = watcher.node;
        if on {
            watcher.stalled.get_or_insert_default();
            return Some((node, Vec::new()));
        }
        let waiting = watcher.stalled.take().unwrap_or_default();
        let taken = waiting.into_iter();
        let requests = taken.flat_map(|response| self.hear(response, now_us));
        Some((node, requests.collect()))
    }

    /// Whether a watch's client has stalled; nothing when there is no such watch.
    pub(in crate::sim) fn is_stalled(&self, number: u64) -> Option<bool> {
        let watcher = self.watchers.watchers.get(&number)?;
        Some(watcher.stalled.is_some())
    }

    /// The clients that have stalled.
    pub(in crate::sim) fn stalled(&self) -> Vec<u64> {
        let watchers = self.watchers.watchers.iter();
        let stalled = watchers.filter(|(_, watcher)| watcher.stalled.is_some());
        stalled.map(|(number, _)| *number).collect()
    }

    /// A watch at a member that serves which has not told what clients know to be written; one
    /// whose client has stalled may be as late as it likes.
    pub(in crate::sim) fn late_watch(&self, serves: impl Fn(Node) -> bool) -> Option<String> {
        let watchers = self.watchers.watchers.iter();
        let mut open = watchers.filter(|(_, watcher)| {
            !watcher.has_ended && watcher.stalled.is_none() && serves(watcher.node)
        });
        open.find_map(|(number, watcher)| {
            let name = format!("watch {number} of {}", watcher.node);
            if watcher.id.is_none() {
                return Some(format!("{name} was not begun"));
            }
            let create = &self.history.watches.get(watcher.at)?.create;
            let (put, revision) = self.newest_put(create)?;
            (watcher.next <= revision)
                .then(|| format!("{name} has not told of operation {put}, at revision {revision}"))
        })
    }

    /// The newest put that a client knows of and a watch is about, and its revision.
    fn newest_put(&self, create: &WatchCreate) -> Option<(u64, Revision)> {
        let operations = self.history.operations.iter();
        let puts =
            operations.filter_map(|operation| match (&operation.command, &operation.outcome) {
                (Command::Put(put), Outcome::Done { header, .. }) if is_about(create, &put.key) => {
                    Some((operation.number, header.revision))
                }
                _ => None,
            });
        puts.max_by_key(|(_, revision)| *revision)
    }

    /// Begins a watch anew from where a compaction has left something.
    fn begin_again(
        &mut self,
        number: u64,
        compacted: Revision,
        now_us: u64,
    ) -> Option<WatchRequest> {
        if self.history.watches.len() >= WATCHES_MAX {
            return None;
        }
        let watcher = self.watchers.watchers.get(&number)?;
        let node = watcher.node;
        let create = WatchCreate {
            start_revision: compacted,
            ..self.history.watches.get(watcher.at)?.create.clone()
        };
        let text = format!("watch again what {number} watched, from {compacted}");
        let again = self.list(node, text, now_us);
        let watcher = self.watchers.watchers.get_mut(&number)?;
        watcher.at = self.history.watches.len();
        watcher.next = compacted;
        watcher.has_ended = false;
        self.history.watches.push(WatchHistory {
            number: again,
            create,
            sessions: Vec::new(),
        });
        self.connect(number, now_us)
    }

    /// Takes a response in. False when nobody listens to that stream any more.
    fn take(&mut self, number: u64, response: WatchResponse, now_us: u64) -> bool {
        let Some(watcher) = self.watchers.watchers.get_mut(&number) else {
            return false;
        };
        if watcher.stream != response.stream {
            return false;
        }
        self.newest = self.newest.max(response.header.revision);
        let mut outcome = None;
        if response.created {
            watcher.id = Some(response.watch);
            outcome = Some(OperationOutcome::Done("watching".to_owned()));
        }
        // A member that stops ends its watches; their clients go on elsewhere.
        let is_stopping = response.cancel_reason == Error::Stopped.to_string();
        if response.canceled && !is_stopping {
            watcher.has_ended = true;
            outcome = Some(match response.cancel_reason.as_str() {
                "" => OperationOutcome::Done("ended".to_owned()),
                reason => OperationOutcome::Failed(reason.to_owned()),
            });
        }
        let is_told = response
            .events
            .last()
            .map(|event| event.key_value.mod_revision);
        // One that began "from now on" goes on, after a break, from where it began.
        let is_first = response.created && watcher.next == Revision(0);
        let told = is_told.or(is_first.then_some(response.header.revision));
        if let Some(told) = told {
            watcher.next = watcher.next.max(Revision(told.0 + 1));
        }
        let history = self.history.watches.get_mut(watcher.at);
        if let Some(session) = history.and_then(|history| history.sessions.last_mut()) {
            session.responses.push((now_us, response));
        }
        if let Some(outcome) = outcome {
            self.close(crate::id::RequestId(number), outcome, now_us);
        }
        true
    }

    fn connect(&mut self, number: u64, now_us: u64) -> Option<WatchRequest> {
        self.watchers.stream_count += 1;
        let stream = WatchStreamId(self.watchers.stream_count);
        let watcher = self.watchers.watchers.get_mut(&number)?;
        watcher.stream = stream;
        watcher.id = None;
        // What it had not taken is lost with the connection.
        if let Some(stalled) = &mut watcher.stalled {
            stalled.clear();
        }
        let history = self.history.watches.get_mut(watcher.at)?;
        history.sessions.push(WatchSession {
            start_revision: watcher.next,
            asked_at: now_us,
            responses: Vec::new(),
        });
        self.watchers.streams.insert(stream, number);
        Some(WatchRequest::Create(WatchCreate {
            stream,
            start_revision: watcher.next,
            ..history.create.clone()
        }))
    }
}

/// Whether a watch is about a key.
fn is_about(create: &WatchCreate, key: &Bytes) -> bool {
    let is_below_end = match &create.range_end[..] {
        [] => *key == create.key,
        [0] => true,
        end => &key[..] < end,
    };
    *key >= create.key && is_below_end
}

/// A world in which watches begin again and again has a mistake to show by then.
const WATCHES_MAX: usize = 500;
