//! The thread that a member lives on, and the handle by which all others speak to it.
//!
//! The loop: take all inputs that wait, hand each to the member, then take its outputs once, so
//! that whatever came in together is proposed, written and answered together (group commit by
//! queue, without a timer). The thread blocks on nothing but its inputs.

mod described;
mod dispatch;
mod heartbeat;
mod save;
mod start;
mod watch_stream;
mod work;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use quorate_core::command::{Command, Reply, ReplyHeader, SaveAnswer, SaveRequest, WatchRequest};
use quorate_core::error::Error;
use quorate_core::id::{SaveId, WatchStreamId};
use quorate_core::member::{Figures, Role, Standing};
use quorate_core::{Input, Output};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, oneshot, watch};

use crate::threads::Threads;
pub(crate) use described::{describe, size_bytes};
use dispatch::Dispatch;
pub(crate) use dispatch::Hosts;
use heartbeat::HeartbeatWatch;
pub(crate) use save::SavedStore;
pub(crate) use start::start_member;
use watch_stream::WatchSender;
pub(crate) use watch_stream::{WatchRequests, WatchResponses};
pub(crate) use work::WorkProbe;

/// Inputs that may wait; whoever has one more waits with it.
const INPUTS_MAX: usize = 16_384;
/// Inputs handed to the member before its outputs are taken.
const INPUTS_IN_BATCH_MAX: usize = 4_096;

/// What is run on the thread: `quorate_core`'s member, or a stand-in of a test.
pub(crate) trait Machine: Send + 'static {
    /// Handles one input.
    fn step(&mut self, input: Input);
    /// What the steps since the last call made to be done.
    fn take_outputs(&mut self) -> Vec<Output>;
    /// How it stands in the cluster now.
    fn standing(&self) -> Standing;
    /// The member in numbers.
    fn figures(&self) -> Figures;
    /// Whether there is work for the next call that no input has to come for.
    fn is_busy(&self) -> bool;
}

/// What waits for the member.
enum Event {
    Input(Input),
    Request {
        command: Command,
        answer: oneshot::Sender<Answer>,
    },
    /// A watch stream begins: before anything is asked on it.
    WatchOpened {
        stream: WatchStreamId,
        responses: WatchSender,
    },
    /// Nobody listens to a watch stream any more.
    WatchClosed {
        stream: WatchStreamId,
    },
    /// A client saves the store.
    SaveOpened {
        save: SaveId,
        answers: mpsc::UnboundedSender<SaveAnswer>,
    },
    /// It has all of it, or is gone.
    SaveClosed {
        save: SaveId,
    },
    /// Somebody wants to see the member in numbers.
    Look(oneshot::Sender<Figures>),
}

/// What a request is answered with.
pub(crate) type Answer = (ReplyHeader, Result<Reply, Error>);

/// Speaks to the member; clones speak to the same one.
#[derive(Clone)]
pub(crate) struct MemberHandle {
    events: mpsc::Sender<Event>,
    standing: watch::Receiver<Standing>,
    next_name: Arc<AtomicU64>,
}

/// The inputs of a member that has not been started.
pub(crate) struct MemberInbox {
    events: mpsc::Receiver<Event>,
    standing: watch::Sender<Standing>,
}

/// A handle, and what it fills.
pub(crate) fn channel() -> (MemberHandle, MemberInbox) {
    let (sender, receiver) = mpsc::channel(INPUTS_MAX);
    let (told, standing) = watch::channel(Standing::default());
    let handle = MemberHandle {
        events: sender,
        standing,
        next_name: Arc::new(AtomicU64::new(1)),
    };
    let inbox = MemberInbox {
        events: receiver,
        standing: told,
    };
    (handle, inbox)
}

impl MemberHandle {
    /// Hands over an input from a thread that may wait; false when the member is gone.
    pub(crate) fn blocking_send(&self, input: Input) -> bool {
        self.events.blocking_send(Event::Input(input)).is_ok()
    }

    /// Hands over an input; false when the member is gone.
    pub(crate) async fn send(&self, input: Input) -> bool {
        self.events.send(Event::Input(input)).await.is_ok()
    }

    /// Asks, and waits for the answer. The core bounds how long that takes. To drop the future
    /// is to give the answer up; a write may be carried out all the same.
    pub(crate) async fn ask(&self, command: Command) -> Answer {
        let stopped = || (ReplyHeader::default(), Err(Error::Stopped));
        let (answer, reply) = oneshot::channel();
        let event = Event::Request { command, answer };
        if self.events.send(event).await.is_err() {
            return stopped();
        }
        reply.await.unwrap_or_else(|_| stopped())
    }

    /// Begins a watch stream; nothing when the member is gone.
    pub(crate) async fn watch(&self) -> Option<(WatchRequests, WatchResponses)> {
        let stream = WatchStreamId(self.next_name());
        let (responses, requests, receiver) = watch_stream::open(stream, &self.events);
        let opened = Event::WatchOpened { stream, responses };
        self.events.send(opened).await.ok()?;
        Some((requests, receiver))
    }

    /// A number that this member has not been given as a name before.
    fn next_name(&self) -> u64 {
        self.next_name.fetch_add(1, Ordering::Relaxed)
    }

    /// How the member stands in the cluster, as of its last round.
    pub(crate) fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    /// The same, to wait for changes.
    pub(crate) fn standings(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// The member in numbers; nothing when it is gone.
    pub(crate) async fn figures(&self) -> Option<Figures> {
        let (answer, figures) = oneshot::channel();
        self.events.send(Event::Look(answer)).await.ok()?;
        figures.await.ok()
    }
}

impl MemberInbox {
    /// The next input, for a test that has no member.
    #[cfg(test)]
    pub(crate) async fn next_input(&mut self) -> Option<Input> {
        match self.events.recv().await? {
            Event::Input(input) => Some(input),
            _ => None,
        }
    }

    /// Takes what is there without waiting for more; false when nobody will send anything again.
    fn take_waiting(&mut self, batch: &mut Vec<Event>) -> bool {
        while batch.len() < INPUTS_IN_BATCH_MAX {
            match self.events.try_recv() {
                Ok(event) => batch.push(event),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return !batch.is_empty(),
            }
        }
        true
    }
}

/// Runs a member until it stops. What it has to do before anybody says anything is done when this
/// returns: so nobody dials, or is heard, before it is known who the log says is a member.
///
/// 1. A member loses its data, and starts again with an empty disk.
/// 2. Another one starts on its old disk, and is dialled at once.
/// 3. It must refuse. As long as its log is not read it would take the first for a stranger, let
///    it in, and count its votes.
pub(crate) fn spawn(
    mut member: Box<dyn Machine>,
    inbox: MemberInbox,
    hosts: Hosts,
) -> io::Result<JoinHandle<()>> {
    let heartbeats = HeartbeatWatch::new(&hosts);
    // The others are told whether it is new.
    inbox.standing.send_replace(member.standing());
    let mut dispatch = Dispatch::new(hosts);
    let is_running = dispatch.carry_out(member.take_outputs());
    thread::Builder::new()
        .name("member".to_owned())
        .spawn(move || run(member, inbox, dispatch, heartbeats, is_running))
}

fn run(
    mut member: Box<dyn Machine>,
    mut inbox: MemberInbox,
    mut dispatch: Dispatch,
    mut heartbeats: HeartbeatWatch,
    mut is_running: bool,
) {
    let mut batch = Vec::with_capacity(INPUTS_IN_BATCH_MAX);
    while is_running {
        let now = member.standing();
        inbox.standing.send_if_modified(|told| {
            let is_news = *told != now;
            *told = now;
            is_news
        });
        let is_open = if member.is_busy() {
            // Work that waits for nobody is done a little at a time, between what comes in.
            inbox.take_waiting(&mut batch)
        } else {
            let events = &mut inbox.events;
            events.blocking_recv_many(&mut batch, INPUTS_IN_BATCH_MAX) > 0
        };
        if !is_open {
            return;
        }
        // Told with the next inputs, not at once: whatever a member answers to this can fail to
        // be sent as well, and that must not become a loop of its own.
        if !batch.is_empty() {
            for input in dispatch.take_notices() {
                member.step(input);
            }
        }
        for event in batch.drain(..) {
            match event {
                Event::Input(input) => {
                    if input == Input::Tick {
                        // Who is alone has nobody to send heartbeats to.
                        let has_others = dispatch.take_has_sent();
                        heartbeats.ticked(|| has_others && member.figures().role == Role::Leader);
                    }
                    member.step(input);
                }
                Event::Look(answer) => {
                    // Who asked may have gone.
                    let _ = answer.send(member.figures());
                }
                Event::Request { command, answer } => {
                    // Nobody waits for the answer any more: then nothing need be done for it.
                    if !answer.is_closed() {
                        let id = dispatch.register(&command, answer);
                        member.step(Input::Request { id, command });
                    }
                }
                Event::WatchOpened { stream, responses } => {
                    dispatch.open_watch(stream, responses);
                }
                Event::WatchClosed { stream } => {
                    dispatch.close_watch(stream);
                    member.step(Input::Watch(WatchRequest::Close { stream }));
                }
                Event::SaveOpened { save, answers } => {
                    dispatch.open_save(save, answers);
                    member.step(Input::Save(SaveRequest::Begin(save)));
                }
                Event::SaveClosed { save } => {
                    dispatch.close_save(save);
                    member.step(Input::Save(SaveRequest::Close(save)));
                }
            }
        }
        is_running = dispatch.carry_out(member.take_outputs());
    }
}

/// Ticks until the member is gone. A tick that is late is not made up for: after a pause of the
/// process a burst of ticks would be an election nobody needs.
pub(crate) fn spawn_clock(
    tick: Duration,
    member: MemberHandle,
    threads: &Threads,
) -> io::Result<JoinHandle<()>> {
    threads.spawn("clock", move || {
        let mut next = Instant::now() + tick;
        loop {
            let now = Instant::now();
            if now < next {
                thread::sleep(next - now);
            }
            if !member.blocking_send(Input::Tick) {
                return;
            }
            next = (next + tick).max(Instant::now());
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use quorate_core::id::{MemberId, RequestId};

    use super::*;
    use crate::disk::{Disk, DiskSettings};
    use crate::log::Logger;
    use crate::metrics::{Facts, Metrics};
    use crate::peer::Peers;

    /// Answers all requests at once, and remembers how many came in each batch.
    struct Echo {
        waiting: Vec<RequestId>,
        batches: Arc<Mutex<Vec<usize>>>,
        is_stopping: bool,
    }

    impl Machine for Echo {
        fn step(&mut self, input: Input) {
            match input {
                Input::Request { id, .. } => self.waiting.push(id),
                Input::Stop => self.is_stopping = true,
                _ => {}
            }
        }

        fn take_outputs(&mut self) -> Vec<Output> {
            if !self.waiting.is_empty() {
                self.batches
                    .lock()
                    .expect("no panic")
                    .push(self.waiting.len());
            }
            let answers = self.waiting.drain(..).map(|id| Output::Reply {
                id,
                header: ReplyHeader::default(),
                result: Ok(Reply::Compact),
            });
            let mut outputs: Vec<Output> = answers.collect();
            if self.is_stopping {
                outputs.push(Output::Stopped { failure: None });
            }
            outputs
        }

        fn standing(&self) -> Standing {
            Standing::default()
        }

        fn figures(&self) -> Figures {
            Figures {
                pending_writes: self.waiting.len(),
                ..Figures::default()
            }
        }

        fn is_busy(&self) -> bool {
            false
        }
    }

    #[tokio::test]
    async fn requests_that_wait_together_are_handled_together() {
        let folder = tempfile::tempdir().expect("a directory");
        let (member, inbox) = channel();
        let metrics = Metrics::new(&Facts::of_test(MemberId(1)));
        let logger = Logger::silent();
        let settings = DiskSettings {
            root: folder.path(),
            is_unsafe: false,
            metrics: &metrics,
            logger: &logger,
            threads: &crate::threads::threads().0,
        };
        let (disk, sender) = Disk::start(&settings, &member).expect("threads");
        let (stopped, has_stopped) = oneshot::channel();
        let hosts = Hosts {
            peers: Peers::new(MemberId(1), Default::default(), &metrics).sender(),
            disk: sender,
            logger,
            metrics,
            tick: Duration::from_millis(100),
            stopped,
        };
        let batches = Arc::new(Mutex::new(Vec::new()));
        let echo = Echo {
            // What it has found on its disk, say.
            waiting: vec![RequestId(0)],
            batches: batches.clone(),
            is_stopping: false,
        };
        // Before the thread runs: so they all wait when it begins. One client has gone again.
        let asked: Vec<_> = (0..10)
            .map(|_| {
                let member = member.clone();
                tokio::spawn(async move { member.ask(Command::Status).await })
            })
            .collect();
        while member.events.capacity() > INPUTS_MAX - 10 {
            tokio::task::yield_now().await;
        }
        asked[3].abort();
        tokio::task::yield_now().await;
        let thread = spawn(Box::new(echo), inbox, hosts).expect("a thread");
        // Nobody need wait for that.
        assert_eq!(batches.lock().expect("no panic").first(), Some(&1));
        let mut answered = 0;
        for asked in asked {
            if let Ok((_, result)) = asked.await {
                assert_eq!(result, Ok(Reply::Compact));
                answered += 1;
            }
        }
        assert_eq!(answered, 9);
        assert_eq!(*batches.lock().expect("no panic"), [1, 9]);
        let figures = member.figures().await;
        assert_eq!(figures.map(|figures| figures.pending_writes), Some(0));
        assert!(member.send(Input::Stop).await);
        assert_eq!(has_stopped.await, Ok(None));
        thread.join().expect("no panic");
        assert_eq!(member.ask(Command::Status).await.1, Err(Error::Stopped));
        assert_eq!(member.figures().await, None);
        disk.finish();
    }
}
