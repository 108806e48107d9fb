//! Watches at a member: what is asked on their streams, and when they are told.
//!
//! The watches themselves are `mvcc`'s. They are served from this member's own store, so a
//! follower serves them as well as the leader, only later.

use super::Member;
use crate::Output;
use crate::command::WatchRequest;
use crate::error::Error;

impl Member {
    /// Takes in what is asked on a watch stream.
    pub(super) fn watch(&mut self, request: WatchRequest) {
        match request {
            WatchRequest::Create(create) => match self.watch_refusal() {
                Some(error) => self.watches.refuse(create.stream, &error.to_string()),
                None => self.watches.create(&create, &self.store),
            },
            WatchRequest::Cancel { stream, watch } => self.watches.cancel(stream, watch),
            WatchRequest::Progress { stream } => match self.watch_refusal() {
                Some(error) => self.watches.refuse(stream, &error.to_string()),
                None => self.watches.ask_progress(stream),
            },
            WatchRequest::Taken { stream, responses } => self.watches.taken(stream, responses),
            WatchRequest::Close { stream } => self.watches.close(stream),
        }
        self.hand_out_watches();
    }

    /// Tells the watches what was written, before a compaction removes any of it.
    pub(super) fn tell_watches(&mut self) {
        self.watches.advance(&self.store);
        self.watches.catch_up(&self.store);
        self.watches.answer_progress();
        self.hand_out_watches();
    }

    /// Tells idle watches that nothing happened, when it is time.
    pub(super) fn tick_watches(&mut self) {
        self.watches.tick(self.now_ticks);
        self.hand_out_watches();
    }

    /// Ends all watches: the member stops.
    pub(super) fn end_watches(&mut self) {
        self.watches.end_all(&Error::Stopped);
        self.hand_out_watches();
    }

    /// Why no watch may begin here. etcd refuses a learner's stream as a whole.
    fn watch_refusal(&self) -> Option<Error> {
        if self.is_stopping() {
            Some(Error::Stopped)
        } else if self.is_learner() {
            Some(Error::NotSupportedForLearner)
        } else {
            None
        }
    }

    fn hand_out_watches(&mut self) {
        let header = self.reply_header();
        for mut response in self.watches.take_responses() {
            response.header.cluster = header.cluster;
            response.header.member = header.member;
            response.header.term = header.term;
            self.outputs.push(Output::Watch(response));
        }
    }
}
