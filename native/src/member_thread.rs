//! The thread that a member lives on.
//!
//! The loop: take all inputs that wait, hand each to the member, then take its outputs once, so
//! that whatever came in together is proposed, written and answered together (group commit by
//! queue, without a timer). The thread waits for nothing but its inputs, and what the member does
//! in a round is bounded, so that its heartbeats go out in time: see [`inbox`] and [`clock`].
//!
//! The thread has a runtime of its own. What other members send is read there, between the rounds:
//! a frame wakes the thread that handles it, and no other one before.

mod clock;
mod described;
mod dispatch;
mod handle;
mod heartbeat;
mod inbox;
mod save;
mod start;
mod watch_stream;
mod work;

use std::io;
use std::thread::{self, JoinHandle};

use quorate_core::command::{SaveRequest, WatchRequest};
use quorate_core::member::{Figures, Role, Standing};
use quorate_core::{Input, Output};
use tokio::runtime::{self, Runtime};
use tokio::task::yield_now;

pub(crate) use clock::spawn_clock;
pub(crate) use described::{describe, size_bytes};
use dispatch::Dispatch;
pub(crate) use dispatch::Hosts;
pub(crate) use handle::{Answer, MemberHandle, channel};
use heartbeat::HeartbeatWatch;
pub(crate) use inbox::MemberInbox;
use inbox::{Batch, Event, Urgent};
pub(crate) use save::SavedStore;
pub(crate) use start::start_member;
pub(crate) use watch_stream::{WatchRequests, WatchResponses};
pub(crate) use work::WorkProbe;

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

/// What a member's thread will run on; what is spawned there before waits for the thread.
pub(crate) fn runtime() -> io::Result<Runtime> {
    runtime::Builder::new_current_thread().enable_all().build()
}

/// Runs a member until it stops, and with it all that is spawned on its runtime. What it has to do
/// before anybody says anything is done when this returns: so nobody dials, or is heard, before it
/// is known who the log says is a member.
///
/// 1. A member loses its data, and starts again with an empty disk.
/// 2. Another one starts on its old disk, and is dialled at once.
/// 3. It must refuse. As long as its log is not read it would take the first for a stranger, let
///    it in, and count its votes.
pub(crate) fn spawn(
    mut member: Box<dyn Machine>,
    inbox: MemberInbox,
    hosts: Hosts,
    runtime: Runtime,
) -> io::Result<JoinHandle<()>> {
    let heartbeats = HeartbeatWatch::new(&hosts);
    // The others are told whether it is new.
    inbox.standing.send_replace(member.standing());
    let mut dispatch = Dispatch::new(hosts);
    let is_running = dispatch.carry_out(member.take_outputs());
    thread::Builder::new()
        .name("member".to_owned())
        .spawn(move || runtime.block_on(run(member, inbox, dispatch, heartbeats, is_running)))
}

async fn run(
    mut member: Box<dyn Machine>,
    mut inbox: MemberInbox,
    mut dispatch: Dispatch,
    mut heartbeats: HeartbeatWatch,
    mut is_running: bool,
) {
    let mut batch = Batch::new();
    while is_running {
        let now = member.standing();
        inbox.standing.send_if_modified(|told| {
            let is_news = *told != now;
            *told = now;
            is_news
        });
        let is_open = if member.is_busy() {
            // Work that waits for nobody is done a little at a time, between what comes in.
            yield_now().await;
            inbox.take_waiting(&mut batch)
        } else {
            inbox.wait(&mut batch).await
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
        for urgent in batch.urgent.drain(..) {
            match urgent {
                Urgent::Input(input) => member.step(input),
                Urgent::Ticks(due) => {
                    // Who is alone has nobody to send heartbeats to.
                    let has_others = dispatch.take_has_sent();
                    heartbeats.ticked(|| has_others && member.figures().role == Role::Leader);
                    due.take().for_each(|input| member.step(input));
                }
            }
        }
        for event in batch.events.drain(..) {
            hand_over(event, member.as_mut(), &mut dispatch);
        }
        is_running = dispatch.carry_out(member.take_outputs());
    }
}

fn hand_over(event: Event, member: &mut dyn Machine, dispatch: &mut Dispatch) {
    match event {
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
        Event::Watch(request) => member.step(Input::Watch(request)),
        Event::WatchOpened { stream, responses } => dispatch.open_watch(stream, responses),
        Event::WatchClosed { stream } => {
            dispatch.close_watch(stream);
            member.step(Input::Watch(WatchRequest::Close { stream }));
        }
        Event::Save(request) => member.step(Input::Save(request)),
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use quorate_core::command::{Command, Reply, ReplyHeader};
    use quorate_core::error::Error;
    use quorate_core::id::{MemberId, RequestId};
    use tokio::sync::oneshot;

    use super::inbox::INPUTS_MAX;
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

    /// A host that nobody else belongs to; its directory, its disk, and who hears of its end.
    struct Host {
        member: MemberHandle,
        _folder: tempfile::TempDir,
        disk: Disk,
        has_stopped: oneshot::Receiver<Option<String>>,
    }

    impl Host {
        fn new() -> (Self, MemberInbox, Hosts) {
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
            let host = Self {
                member,
                _folder: folder,
                disk,
                has_stopped,
            };
            (host, inbox, hosts)
        }

        async fn stop(self, thread: JoinHandle<()>) {
            assert!(self.member.send(Input::Stop).await);
            assert_eq!(self.has_stopped.await, Ok(None));
            thread.join().expect("no panic");
            assert_eq!(
                self.member.ask(Command::Status).await.1,
                Err(Error::Stopped)
            );
            assert_eq!(self.member.figures().await, None);
            self.disk.finish();
        }

        /// Asks so often, each in a task of its own, and waits until all are in the queue.
        async fn asked(&self, count: usize) -> Vec<tokio::task::JoinHandle<Answer>> {
            let asked = (0..count)
                .map(|_| {
                    let member = self.member.clone();
                    tokio::spawn(async move { member.ask(Command::Status).await })
                })
                .collect();
            while self.member.events.capacity() > INPUTS_MAX - count {
                tokio::task::yield_now().await;
            }
            asked
        }
    }

    fn own_runtime() -> Runtime {
        runtime().expect("a runtime")
    }

    #[tokio::test]
    async fn requests_that_wait_together_are_handled_together() {
        let (host, inbox, hosts) = Host::new();
        let batches = Arc::new(Mutex::new(Vec::new()));
        let echo = Echo {
            // What it has found on its disk, say.
            waiting: vec![RequestId(0)],
            batches: batches.clone(),
            is_stopping: false,
        };
        // Before the thread runs: so they all wait when it begins. One client has gone again.
        let asked = host.asked(10).await;
        asked[3].abort();
        tokio::task::yield_now().await;
        let thread = spawn(Box::new(echo), inbox, hosts, own_runtime()).expect("a thread");
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
        let figures = host.member.figures().await;
        assert_eq!(figures.map(|figures| figures.pending_writes), Some(0));
        host.stop(thread).await;
    }

    /// Remembers what it is handed, and is held up by the first request.
    struct Slow {
        heard: Arc<Mutex<Vec<&'static str>>>,
        missed_ticks: Arc<AtomicU32>,
        ticks: Arc<AtomicU32>,
        held_up: Duration,
        outputs: Vec<Output>,
    }

    impl Machine for Slow {
        fn step(&mut self, input: Input) {
            let heard = match input {
                Input::Tick => {
                    self.ticks.fetch_add(1, Ordering::Relaxed);
                    "tick"
                }
                Input::Missed { ticks } => {
                    self.missed_ticks.fetch_add(ticks, Ordering::Relaxed);
                    "missed"
                }
                Input::Request { id, .. } => {
                    thread::sleep(std::mem::take(&mut self.held_up));
                    self.outputs.push(Output::Reply {
                        id,
                        header: ReplyHeader::default(),
                        result: Ok(Reply::Compact),
                    });
                    "request"
                }
                Input::PeerActive { .. } => "peer",
                Input::Stop => {
                    self.outputs.push(Output::Stopped { failure: None });
                    "stop"
                }
                _ => "other",
            };
            self.heard.lock().expect("no panic").push(heard);
        }

        fn take_outputs(&mut self) -> Vec<Output> {
            std::mem::take(&mut self.outputs)
        }

        fn standing(&self) -> Standing {
            Standing::default()
        }

        fn figures(&self) -> Figures {
            Figures::default()
        }

        fn is_busy(&self) -> bool {
            false
        }
    }

    #[tokio::test]
    async fn what_the_host_says_goes_before_what_clients_ask() {
        let (host, inbox, hosts) = Host::new();
        let asked = host.asked(5).await;
        let peer = MemberId(2);
        assert!(host.member.send(Input::PeerActive { peer }).await);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let slow = Slow {
            heard: heard.clone(),
            missed_ticks: Arc::default(),
            ticks: Arc::default(),
            held_up: Duration::ZERO,
            outputs: Vec::new(),
        };
        let thread = spawn(Box::new(slow), inbox, hosts, own_runtime()).expect("a thread");
        for asked in asked {
            assert_eq!(asked.await.expect("no panic").1, Ok(Reply::Compact));
        }
        let first = heard.lock().expect("no panic")[..2].to_vec();
        assert_eq!(first, ["peer", "request"]);
        host.stop(thread).await;
    }

    #[tokio::test]
    async fn no_tick_is_lost_and_none_comes_twice_at_once() {
        let (host, inbox, hosts) = Host::new();
        let (missed_ticks, ticks) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let slow = Slow {
            heard: Arc::default(),
            missed_ticks: missed_ticks.clone(),
            ticks: ticks.clone(),
            held_up: Duration::from_millis(60),
            outputs: Vec::new(),
        };
        let asked = host.asked(1).await;
        let thread = spawn(Box::new(slow), inbox, hosts, own_runtime()).expect("a thread");
        let begun = std::time::Instant::now();
        let (threads, _panics) = crate::threads::threads();
        let tick = Duration::from_millis(1);
        let clock = spawn_clock(tick, host.member.clone(), &threads).expect("a thread");
        for asked in asked {
            assert_eq!(asked.await.expect("no panic").1, Ok(Reply::Compact));
        }
        let passed = begun.elapsed().as_millis() as u32;
        // Those that passed while it was held up are told at last.
        let told = || missed_ticks.load(Ordering::Relaxed) + ticks.load(Ordering::Relaxed);
        while told() < passed {
            tokio::time::sleep(tick).await;
        }
        // It was held up for sixty, and took no two of those as ticks at the same time.
        assert!(missed_ticks.load(Ordering::Relaxed) > 0);
        assert!(ticks.load(Ordering::Relaxed) > 0);
        host.stop(thread).await;
        clock.join().expect("no panic");
    }
}
