//! Carries a member's outputs to those they are for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quorate_core::command::{Command, Reply, SaveAnswer, WatchRequest, WatchResponse};
use quorate_core::error::Error;
use quorate_core::id::{MemberId, RequestId, SaveId, WatchStreamId};
use quorate_core::{Input, Output};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::Answer;
use super::watch_stream::WatchSender;
use crate::disk::DiskSender;
use crate::log::Logger;
use crate::metrics::Metrics;
use crate::peer::{PeerSender, Sent};

/// Whom outputs are for.
pub(crate) struct Hosts {
    /// The other members.
    pub(crate) peers: PeerSender,
    /// The disk.
    pub(crate) disk: DiskSender,
    /// The log.
    pub(crate) logger: Logger,
    /// What is counted.
    pub(crate) metrics: Arc<Metrics>,
    /// How often the member's clock ticks.
    pub(crate) tick: Duration,
    /// Who waits for the member's end; told what it failed of, if it did.
    pub(crate) stopped: oneshot::Sender<Option<String>>,
}

/// So many clients are answered by the member's own thread.
const ANSWERED_AT_ONCE_MAX: usize = 4;

/// Who waits for an answer, and to what.
struct Waiting {
    answer: oneshot::Sender<Answer>,
    kind: RequestKind,
}

/// What of a request decides how its answer is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequestKind {
    Read,
    Write,
    KeepAlive,
}

/// The outputs' way out, and the clients that wait.
pub(super) struct Dispatch {
    peers: PeerSender,
    disk: DiskSender,
    logger: Logger,
    metrics: Arc<Metrics>,
    stopped: Option<oneshot::Sender<Option<String>>>,
    runtime: Handle,
    waiting: BTreeMap<RequestId, Waiting>,
    next_request: u64,
    watches: BTreeMap<WatchStreamId, WatchSender>,
    saves: BTreeMap<SaveId, mpsc::UnboundedSender<SaveAnswer>>,
    /// Connections and clients that are gone, to tell the member of.
    notices: Vec<Input>,
    /// Connected peers that the member believes unreachable, because a frame was thrown away.
    congested: BTreeSet<MemberId>,
    /// Whether there was a frame for anybody since this was last asked.
    has_sent: bool,
}

impl Dispatch {
    pub(super) fn new(hosts: Hosts) -> Self {
        Self {
            peers: hosts.peers,
            disk: hosts.disk,
            logger: hosts.logger,
            metrics: hosts.metrics,
            stopped: Some(hosts.stopped),
            runtime: Handle::current(),
            waiting: BTreeMap::new(),
            next_request: 1,
            watches: BTreeMap::new(),
            saves: BTreeMap::new(),
            notices: Vec::new(),
            congested: BTreeSet::new(),
            has_sent: false,
        }
    }

    /// Names a request and remembers who waits for it.
    pub(super) fn register(
        &mut self,
        command: &Command,
        answer: oneshot::Sender<Answer>,
    ) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        let kind = RequestKind::of(command);
        self.waiting.insert(id, Waiting { answer, kind });
        id
    }

    /// Remembers whom a watch stream's responses are for.
    pub(super) fn open_watch(&mut self, stream: WatchStreamId, responses: WatchSender) {
        self.watches.insert(stream, responses);
    }

    /// Forgets a watch stream.
    pub(super) fn close_watch(&mut self, stream: WatchStreamId) {
        self.watches.remove(&stream);
    }

    /// Remembers whom the pieces of a store are for.
    pub(super) fn open_save(&mut self, save: SaveId, answers: mpsc::UnboundedSender<SaveAnswer>) {
        self.saves.insert(save, answers);
    }

    /// Forgets a client that has the store, or has gone.
    pub(super) fn close_save(&mut self, save: SaveId) {
        self.saves.remove(&save);
    }

    /// What happened to connections and clients since the last call.
    pub(super) fn take_notices(&mut self) -> Vec<Input> {
        std::mem::take(&mut self.notices)
    }

    /// Whether there was a frame for anybody since the last call.
    pub(super) fn take_has_sent(&mut self) -> bool {
        std::mem::take(&mut self.has_sent)
    }

    /// Carries out outputs, each kind in order; false when the member has stopped.
    pub(super) fn carry_out(&mut self, outputs: Vec<Output>) -> bool {
        let mut heard: BTreeMap<WatchStreamId, Vec<WatchResponse>> = BTreeMap::new();
        let mut end = None;
        let mut members = None;
        let mut frames = Vec::new();
        let mut answers = Vec::new();
        for output in outputs {
            match output {
                Output::Send { to, frame } => frames.push((to, frame)),
                Output::Disk(batch) => self.disk.send(batch),
                Output::Reply { id, header, result } => {
                    if let Some(waiting) = self.waiting.remove(&id) {
                        waiting.kind.count(&result, &self.metrics);
                        answers.push((waiting.answer, (header, result)));
                    }
                }
                Output::Watch(response) => {
                    self.metrics.store.told(response.events.len());
                    heard.entry(response.stream).or_default().push(response);
                }
                Output::Save(response) => {
                    if let Some(answers) = self.saves.get(&response.save) {
                        // A client that has gone is told of by itself.
                        let _ = answers.send(response.answer);
                    }
                }
                Output::Members(now) => members = Some(now),
                Output::Trace(event) => {
                    self.metrics.traced(&event.kind);
                    self.logger.trace(&event);
                }
                Output::Stopped { failure } => end = Some(failure),
            }
        }
        // The disk works meanwhile.
        for (to, frame) in frames {
            self.send(to, frame);
        }
        self.answer(answers);
        // A log that is read back tells of all that ever was: only how it ends counts.
        if let Some(members) = members {
            self.peers.set_members(members);
        }
        // All that a stream hears in one round is one wake-up of its task.
        for (stream, responses) in heard {
            self.tell_watch(stream, responses);
        }
        let Some(failure) = end else { return true };
        if let Some(stopped) = self.stopped.take() {
            let _ = stopped.send(failure);
        }
        false
    }

    /// Answers clients. Many are answered by a task of the runtime: to wake those who wait costs
    /// less from within.
    fn answer(&self, answers: Vec<(oneshot::Sender<Answer>, Answer)>) {
        let is_many = answers.len() > ANSWERED_AT_ONCE_MAX;
        let answer_all = || {
            for (client, answer) in answers {
                // One that has gone away needs no answer.
                let _ = client.send(answer);
            }
        };
        match is_many {
            true => drop(self.runtime.spawn(async { answer_all() })),
            false => answer_all(),
        }
    }

    fn tell_watch(&mut self, stream: WatchStreamId, responses: Vec<WatchResponse>) {
        let is_gone = self
            .watches
            .get(&stream)
            .is_none_or(|sender| !sender.send(responses));
        if is_gone {
            self.watches.remove(&stream);
            self.notices
                .push(Input::Watch(WatchRequest::Close { stream }));
        }
    }

    fn send(&mut self, to: MemberId, frame: Bytes) {
        self.has_sent = true;
        match self.peers.send(to, frame) {
            Sent::Queued => {
                // The queue has room again, on the same connection.
                if self.congested.remove(&to) {
                    self.notices.push(Input::PeerActive { peer: to });
                }
            }
            Sent::NoRoom => {
                if self.congested.insert(to) {
                    self.notices.push(Input::PeerUnreachable { peer: to });
                }
            }
            // That the connection is lost was said by whoever lost it; a member must hear of a
            // frame that went nowhere all the same, for its progress to that peer. Once in a
            // while is enough.
            Sent::NotConnected => {
                let lost = Input::PeerUnreachable { peer: to };
                self.congested.remove(&to);
                if !self.notices.contains(&lost) {
                    self.notices.push(lost);
                }
            }
        }
    }
}

impl RequestKind {
    fn of(command: &Command) -> Self {
        match command {
            Command::LeaseKeepAlive(_) => Self::KeepAlive,
            command if command.is_write() => Self::Write,
            _ => Self::Read,
        }
    }

    fn count(self, result: &Result<Reply, Error>, metrics: &Metrics) {
        match (self, result) {
            (Self::KeepAlive, Ok(_)) => metrics.store.renewed_lease(),
            (Self::KeepAlive, Err(_)) | (_, Ok(_)) => {}
            (Self::Write, Err(error)) => metrics.member.failed(true, error),
            (Self::Read, Err(error)) => metrics.member.failed(false, error),
        }
    }
}
