//! One watcher: hears changes from one member, then goes on at another where it has stopped.

use std::time::Duration;

use quorate_core::command::{WatchCreate, WatchResponse};
use quorate_core::id::Revision;
use quorate_core::prng::Prng;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::client::{Client, WatchStream};
use crate::recorder::{Recorder, Session};

/// How long a watcher stays with one member, in milliseconds.
const STAY_MS: (u64, u64) = (100, 1_200);
/// How long a stream may take to come up.
const OPEN_LIMIT: Duration = Duration::from_millis(800);
/// The pause after nobody was there.
const PAUSE_ALONE: Duration = Duration::from_millis(20);
/// The pause between two questions how far the watch is.
const PROGRESS_PAUSE: Duration = Duration::from_millis(60);

/// A watcher.
pub(super) struct Watcher {
    prng: Prng,
    client_ports: Vec<u16>,
    recorder: Recorder,
    /// What it asks for the first time.
    create: WatchCreate,
}

/// How far a watch has heard all there is.
struct Place {
    /// From which revision it goes on; 0 for what comes from then on.
    next: Revision,
}

impl Watcher {
    pub(super) fn new(
        prng: Prng,
        client_ports: Vec<u16>,
        recorder: Recorder,
        create: WatchCreate,
    ) -> Self {
        Self {
            prng,
            client_ports,
            recorder,
            create,
        }
    }

    /// Hears until it has heard all up to a revision, once one is named.
    pub(super) async fn run(mut self, mut until: watch::Receiver<Option<Revision>>) {
        let number = self.recorder.begin_watch(self.create.clone());
        let mut place = Place {
            next: self.create.start_revision,
        };
        while !place.has_reached(*until.borrow_and_update()) {
            let node = self.prng.below(self.client_ports.len() as u64) as usize;
            let Some(client) = Client::connect(self.client_ports[node]).await else {
                sleep(PAUSE_ALONE).await;
                continue;
            };
            let create = WatchCreate {
                start_revision: place.next,
                ..self.create.clone()
            };
            let session = self.recorder.begin_session(number, place.next);
            let opened = timeout(OPEN_LIMIT, client.watch(&create)).await;
            if let Ok(Ok(stream)) = opened {
                self.stay(stream, &session, &mut place, &mut until).await;
            }
        }
    }

    /// Hears one stream, until it ends, it is time to go, or all is heard.
    async fn stay(
        &mut self,
        mut stream: WatchStream,
        session: &Session,
        place: &mut Place,
        until: &mut watch::Receiver<Option<Revision>>,
    ) {
        let stay_ms = self.prng.between(STAY_MS.0, STAY_MS.1);
        let leave_at = Instant::now() + Duration::from_millis(stay_ms);
        let mut ask_at = Instant::now() + PROGRESS_PAUSE;
        while !place.has_reached(*until.borrow_and_update()) {
            tokio::select! {
                response = stream.next() => {
                    let Some(response) = response else {
                        return;
                    };
                    let goes_on = place.hear(&response);
                    self.recorder.hear(session, response);
                    if !goes_on {
                        return;
                    }
                }
                () = tokio::time::sleep_until(ask_at) => {
                    stream.ask_progress();
                    ask_at = Instant::now() + PROGRESS_PAUSE;
                }
                () = tokio::time::sleep_until(leave_at) => return,
                _ = until.changed() => {}
            }
        }
    }
}

impl Place {
    /// Takes a response in; false when the watch has ended.
    fn hear(&mut self, response: &WatchResponse) -> bool {
        if response.canceled {
            // Its past was compacted away: it goes on with what is left.
            self.next = self.next.max(response.compact_revision);
            return false;
        }
        let told = match response.events.last() {
            Some(event) => event.key_value.mod_revision,
            // The answer to a start in the past tells of nothing yet.
            None if response.created && self.next.0 > 0 => return true,
            None => response.header.revision,
        };
        self.next = self.next.max(Revision(told.0 + 1));
        true
    }

    fn has_reached(&self, until: Option<Revision>) -> bool {
        until.is_some_and(|until| self.next > until)
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::command::ReplyHeader;

    use super::*;

    fn at(revision: i64) -> WatchResponse {
        WatchResponse {
            header: ReplyHeader {
                revision: Revision(revision),
                ..ReplyHeader::default()
            },
            ..WatchResponse::default()
        }
    }

    #[test]
    fn a_watch_goes_on_behind_what_it_has_been_told() {
        let created = WatchResponse {
            created: true,
            ..at(7)
        };
        let mut old = Place { next: Revision(3) };
        assert!(old.hear(&created));
        assert_eq!(old.next, Revision(3));
        assert!(old.hear(&at(5)));
        assert_eq!(old.next, Revision(6));
        let mut new = Place { next: Revision(0) };
        new.hear(&created);
        assert_eq!(new.next, Revision(8));
        assert!(new.has_reached(Some(Revision(7))));
        assert!(!new.has_reached(None));
        let compacted = WatchResponse {
            canceled: true,
            compact_revision: Revision(20),
            ..at(30)
        };
        assert!(!new.hear(&compacted));
        assert_eq!(new.next, Revision(20));
    }
}
