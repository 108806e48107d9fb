//! Requests whose time has run out.

use super::Member;
use super::requests::{Reader, Waiter};
use super::view::Role;
use crate::error::Error;

impl Member {
    /// Ends the requests whose time has run out, as etcd words it.
    pub(super) fn time_out_requests(&mut self) {
        let timeout_ticks = u64::from(self.config.request_timeout_ticks());
        let Some(since_ticks) = self.now_ticks.checked_sub(timeout_ticks) else {
            return;
        };
        for open in self.writes.take_older(since_ticks) {
            match open.waiter {
                Waiter::Client(id) => {
                    let error = self.timeout_error(open.since_ticks);
                    self.reply(id, Err(error));
                }
                Waiter::Alarm(alarm) => self.alarm_settled(alarm),
                Waiter::Compactor(revision) => {
                    let error = self.timeout_error(open.since_ticks);
                    self.has_compacted_by_itself(revision, Err(error));
                }
                Waiter::Nobody => {}
            }
        }
        for read in self.reads.take_older(since_ticks) {
            match read.reader {
                Reader::Client(id, _) => {
                    let error = self.timeout_error(read.since_ticks);
                    self.reply(id, Err(error));
                }
                Reader::Check => self.give_check_up(),
            }
        }
        self.time_out_long_reads(since_ticks);
        self.time_out_lease_questions(since_ticks);
        self.time_out_changes(since_ticks);
        self.time_out_leader_moves(since_ticks);
    }

    pub(super) fn timeout_error(&self, since_ticks: u64) -> Error {
        let margin_ticks = u64::from(self.config.election_ticks) * 2;
        let lost = self
            .leader_lost_at_ticks
            .is_some_and(|lost_at_ticks| lost_at_ticks + margin_ticks >= since_ticks);
        let leader = self.consensus.leader();
        if lost && leader.is_some() {
            return Error::TimeoutLeaderFailure;
        }
        let leads = self.consensus.role() == Role::Leader;
        if leader.is_some() && !leads && !self.peers.is_active(leader) {
            return Error::TimeoutConnectionLost;
        }
        Error::Timeout
    }
}
