//! Bookmarks: telling a client how far it is when nothing happens.
//!
//! A bookmark says "all events up to this revision have been told". So it is told only when that
//! is true of every watch it speaks for: none is reading history (etcd issue 15220), and none
//! begins later (etcd issue 20221).

use super::{NO_WATCH, Watches};
use crate::command::WatchResponse;
use crate::id::{Revision, WatchStreamId};
use crate::known_bug::KnownBug;

impl Watches {
    /// A client asks how far its watches are. It is answered in [`Watches::answer_progress`],
    /// once however often it has asked until then.
    pub fn ask_progress(&mut self, stream: WatchStreamId) {
        self.streams.entry(stream).or_default();
        self.asking.insert(stream);
    }

    /// Answers the streams that ask and whose watches have all come to the newest revision. To be
    /// called after [`Watches::catch_up`].
    pub fn answer_progress(&mut self) {
        let next = Revision(self.told.0 + 1);
        let streams = self.asking.iter().copied();
        let is_careless = self.bugs.has(KnownBug::ProgressBeforeEvents);
        let can_be_answered = |id: &WatchStreamId| {
            self.streams.get(id).is_some_and(|stream| {
                let is_up_to_date = self.has_room(stream) && stream.unsynced.is_empty();
                (is_up_to_date || is_careless) && stream.latest_start <= next
            })
        };
        let answered: Vec<WatchStreamId> = streams.filter(can_be_answered).collect();
        for id in answered {
            self.asking.remove(&id);
            self.announce(self.response((id, NO_WATCH), self.told));
        }
    }

    /// A tick has passed: tells those that ask for it, and have heard nothing for long enough,
    /// that there was nothing to hear.
    pub fn tick(&mut self, now_ticks: u64) {
        self.now_ticks = now_ticks;
        let next = Revision(self.told.0 + 1);
        let interval_ticks = self.progress_ticks;
        while let Some(&(due_at_ticks, name)) = self.due.first() {
            if due_at_ticks > now_ticks {
                return;
            }
            self.due.pop_first();
            let stream = self.streams.get(&name.0);
            let has_room = stream.is_some_and(|stream| self.has_room(stream));
            let Some((_, watch)) = self.find_mut(name) else {
                continue;
            };
            let is_idle = watch.heard_at_ticks + interval_ticks <= now_ticks;
            let is_told = is_idle && has_room && watch.is_synced && watch.next <= next;
            if is_told {
                watch.heard_at_ticks = now_ticks;
            }
            watch.due_at_ticks = match is_idle {
                true => now_ticks + interval_ticks,
                false => watch.heard_at_ticks + interval_ticks,
            };
            let again = (watch.due_at_ticks, name);
            self.due.insert(again);
            if is_told {
                let bookmark: WatchResponse = self.response(name, self.told);
                self.announce(bookmark);
            }
        }
    }
}
