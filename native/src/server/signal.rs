//! SIGTERM and SIGINT: stop; a second one: now.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a server was stopped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopSignal {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// The signals that stop a server.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    /// Go's name of it, as etcd logs it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            StopSignal::Interrupt => "interrupt",
            StopSignal::Terminate => "terminated",
        }
    }

    /// Ends the process by the signal itself, so that its parent sees 130 or 143, as with etcd.
    pub(crate) fn end_process(self) -> ! {
        let kind = match self {
            StopSignal::Interrupt => SignalKind::interrupt(),
            StopSignal::Terminate => SignalKind::terminate(),
        };
        let number = kind.as_raw_value();
        let _ = signal_hook::low_level::emulate_default_handler(number);
        // Only if the signal could not be raised.
        std::process::exit(128 + number)
    }
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for one.
    pub(super) async fn next(&mut self) -> StopSignal {
        tokio::select! {
            _ = self.interrupt.recv() => StopSignal::Interrupt,
            _ = self.terminate.recv() => StopSignal::Terminate,
        }
    }

    /// Whoever sends another one does not want to wait for a clean stop.
    pub(super) fn exit_at_the_next(mut self) {
        tokio::spawn(async move { self.next().await.end_process() });
    }
}
