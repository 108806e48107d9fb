//! Clients that watch: they take what they hear, and come back after their member has crashed.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::Clients;
use crate::audit::{WatchHistory, WatchSession};
use crate::command::{WatchCreate, WatchRequest, WatchResponse};
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
    history: WatchHistory,
    stream: WatchStreamId,
    /// The watch's id on its stream, once it is told.
    id: Option<WatchId>,
    /// From where it goes on after a break; 0 when it has heard nothing.
    next: Revision,
    has_ended: bool,
}

impl Watchers {
    pub(super) fn history(&self) -> Vec<WatchHistory> {
        self.watchers
            .values()
            .map(|watcher| watcher.history.clone())
            .collect()
    }
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
        let number = self.list(node, operation.to_string(), now_us);
        let create = WatchCreate {
            key: Bytes::from(key.clone()),
            range_end: Bytes::from(end.clone()),
            start_revision: Revision(*revision),
            previous: true,
            progress_notify: true,
            ..WatchCreate::default()
        };
        let watcher = Watcher {
            node,
            next: create.start_revision,
            history: WatchHistory {
                number,
                create,
                sessions: Vec::new(),
            },
            stream: WatchStreamId(0),
            id: None,
            has_ended: false,
        };
        self.watchers.watchers.insert(number, watcher);
        self.connect(number, now_us)
    }

    /// What clients ask of a member that has come back: their watches, from where each was.
    pub(in crate::sim) fn resume(&mut self, node: Node, now_us: u64) -> Vec<WatchRequest> {
        let broken: Vec<u64> = self
            .watchers
            .watchers
            .iter()
            .filter(|(_, watcher)| watcher.node == node && !watcher.has_ended)
            .map(|(number, _)| *number)
            .collect();
        broken
            .into_iter()
            .filter_map(|number| self.connect(number, now_us))
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

    /// A client hears something and takes it; answers what it tells the member.
    pub(in crate::sim) fn hear(
        &mut self,
        response: WatchResponse,
        now_us: u64,
    ) -> Option<WatchRequest> {
        let stream = response.stream;
        let number = *self.watchers.streams.get(&stream)?;
        let watcher = self.watchers.watchers.get_mut(&number)?;
        if watcher.stream != stream {
            return None;
        }
        let mut outcome = None;
        if response.created {
            watcher.id = Some(response.watch);
            outcome = Some(OperationOutcome::Done("watching".to_owned()));
        }
        if response.canceled {
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
        if let Some(session) = watcher.history.sessions.last_mut() {
            session.responses.push((now_us, response));
        }
        if let Some(outcome) = outcome {
            self.close(crate::id::RequestId(number), outcome, now_us);
        }
        Some(WatchRequest::Taken {
            stream,
            responses: 1,
        })
    }

    fn connect(&mut self, number: u64, now_us: u64) -> Option<WatchRequest> {
        self.watchers.stream_count += 1;
        let stream = WatchStreamId(self.watchers.stream_count);
        let watcher = self.watchers.watchers.get_mut(&number)?;
        watcher.stream = stream;
        watcher.id = None;
        watcher.history.sessions.push(WatchSession {
            start_revision: watcher.next,
            asked_at: now_us,
            responses: Vec::new(),
        });
        self.watchers.streams.insert(stream, number);
        Some(WatchRequest::Create(WatchCreate {
            stream,
            start_revision: watcher.next,
            ..watcher.history.create.clone()
        }))
    }
}
